#!/usr/bin/python3 -B
"""
Collectors that are in use, each written here as it reads: telegraf's inputs
ntpq and openntpd, LibreNMS's scripts, greps of scripts.  What they are given is
of no server, one that answers, one that does not, IPv6, a long name, many.
"""
import re

from lib import *

MARKS = "*#o+x.-"
COLUMNS = {"when": "i", "poll": "i", "reach": "i", "delay": "f",
    "offset": "f", "jitter": "f"}
UNITS = {"h": 3600, "d": 86400, "m": 60}


def number(kind, text):
    """As strictly as Go reads it."""
    if not re.fullmatch(r"[+-]?\d+" if kind == "i" else
            r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text):
        raise ValueError(text)
    return float(text)


def telegraf_ntpq(out):
    """The servers, by the columns of the heading; raises where it errs."""
    heading, servers = None, []
    for line in out.splitlines():
        mark = line[0]          # an empty line ends telegraf
        if mark in MARKS:
            line = line.lstrip(MARKS)
        words = re.sub(r"\s+\(\S*", "", line).split()
        if len(words) < 2:
            continue
        if heading is None:
            heading = words
            continue
        if len(words) != len(heading):
            continue
        row = dict(zip(heading, words), mark=mark)
        for column, kind in COLUMNS.items():
            text = row[column]
            if text == "-":
                del row[column]
            elif column in ("when", "poll") and text[-1] in UNITS:
                row[column] = number("i", text[:-1]) * UNITS[text[-1]]
            else:
                row[column] = number(kind, text)
        servers.append(row)
    return servers


def telegraf_status(line, status):
    """One line; what it does not know makes the clock not synced."""
    synced = 0
    for part in line.split(", "):
        if part.endswith("peers valid"):
            status["valid"], status["total"] = [number("i", n) for n in
                part.split()[0].split("/")]
        elif part.startswith("constraint offset "):
            status["constraint"] = number("i", part[18:].removesuffix("s"))
        elif part == "clock synced":
            synced = 1
        elif part.startswith("stratum "):
            status["stratum"] = number("i", part[8:])
    status["synced"] = synced


def telegraf_peer(name, line):
    """Two lines are a peer."""
    words = name.split()
    peer = {"remote": words[-1] if words[0] == "not" else words[0]}
    words = line.split()
    if "*" in words[0]:
        peer["mark"] = words.pop(0)
    for column, at in {"wt": 0, "tl": 1, "next": 3, "poll": 4}.items():
        if words[at] != "-":
            peer[column] = number("i", words[at].removesuffix("s"))
    for column, at in {"offset": 5, "delay": 6, "jitter": 7}.items():
        if at < len(words) and words[at] not in ("----", "peer", "not",
                "valid", "-"):
            peer[column] = number("f", words[at].removesuffix("ms"))
    return peer


def telegraf_openntpd(out):
    """(what it says of the clock, its peers)"""
    status, peers, section, skip = {}, [], "", False
    lines = iter(out.splitlines())
    for line in lines:
        if line.strip() == "":
            continue
        if line.strip() in ("peer", "sensor"):
            section, skip = line.strip(), True
        elif skip:
            skip = False
        elif section == "":
            telegraf_status(line.strip(), status)
        elif section == "peer":
            peers.append(telegraf_peer(line, next(lines)))
    return status, peers


def shell(script, path):
    """What a script says, with our ntpq in its PATH."""
    done = subprocess.run(["sh", "-c", script], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=20,
        env=dict(os.environ, PATH=path + ":" + os.environ["PATH"]))
    return done.stdout.strip(), done.stderr.strip(), done.returncode


def tools(d, name):
    """A folder with ntpq and ntpctl that ask D, as they are called there."""
    folder = workdir(name)
    os.mkdir(folder)
    os.mkdir(folder + "/real")
    os.symlink(NTPCTL, folder + "/real/ntpq")
    os.symlink(NTPCTL, folder + "/real/ntpctl")
    for program in "ntpq", "ntpctl":
        with open("%s/%s" % (folder, program), "w") as f:
            f.write('#!/bin/sh\nexec %s/real/%s -S %s "$@"\n' % (folder,
                program, d.socket))
        os.chmod("%s/%s" % (folder, program), 0o755)
    return folder


LIBRENMS = """
for v in offset frequency sys_jitter clk_jitter clk_wander; do
	ntpq -c rv 127.0.0.1 | grep "$v" | awk -F$v= '{print $2}' |
	    awk -F, '{print $1}'
done
"""
LIBRENMS_ARRAY = """
ntpq -c rv | grep -Eow 'stratum=[0-9]+' | cut -d = -f 2
set -- $(ntpq -c rv | grep jitter | tr '\\n' ' ' | tr -s ', ' ' ')
shift 2
echo "$1 $2 $3 $4 $5"
"""


def one_that_works(path, table):
    by = {row["remote"]: row for row in table}
    ok(by["10.9.0.21"]["mark"] == "*" and by["10.9.0.21"]["reach"] >= 1 and
        by["10.9.0.21"]["delay"] > 0 and by["10.9.0.21"]["st"] == "2",
        "telegraf's ntpq: the one that answers", str(table))
    ok(by["10.9.0.99"]["mark"] == " " and "when" not in by["10.9.0.99"] and
        by["10.9.0.99"]["reach"] == 0, "and one that does not", str(table))
    ok(len(table) == 16, "all of them", str(table))
    out = shell(LIBRENMS, path)[0].splitlines()
    ok(len(out) == 5 and all(number("f", n) is not None for n in out),
        "LibreNMS's ntp-client: five numbers", str(out))
    out = shell(LIBRENMS_ARRAY, path)[0].splitlines()
    ok(out[0] == "3" and [w.split("=")[0] for w in out[1].split()] ==
        ["offset", "frequency", "sys_jitter", "clk_jitter", "clk_wander"],
        "LibreNMS's ntp-server: the same by position", str(out))
    out = shell("ntpq -np | grep '^\\*'; ntpq -p | grep -c '^\\*'; "
        "ntpq -p | grep '*' | awk '{print $1, $9}'", path)[0].splitlines()
    ok(len(out) == 3 and out[1] == "1" and
        re.fullmatch(r"\*10\.9\.0\.21 [+-][0-9.]+", out[2]),
        "greps for the system peer", str(out))
    ok(shell("ntpctl -s status | grep -q 'clock synced'", path)[2] == 0 and
        shell("ntpctl -s status | grep -qi 'synced\\|peer'", path)[2] == 0,
        "greps for the clock")


def dashboard(d):
    """Each name that Grafana's dashboard asks for is one that there is."""
    with open(os.path.join(TOP, "dist/examples/grafana.json")) as f:
        board = json.load(f)
    queries = [target["expr"] for panel in board["panels"] for target in
        panel["targets"]]
    wanted = set(re.findall(r"ntpd_\w+", " ".join(queries)))
    there = set(re.findall(r"^(ntpd_\w+)", d.ntpctl("-o", "prometheus")[1],
        re.M))
    ok(len(queries) > 20 and len(wanted) > 15 and wanted <= there,
        "the dashboard: all that it asks for is there",
        str(wanted - there))
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    ok(all(a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or
        a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1] for i, a in
        enumerate(places) for b in places[:i]) and
        all(p[0] + p[2] <= 24 for p in places),
        "and its panels have room", str(places))


def test():
    switch, us, s = network("us", "s")
    s.address("eth0", "10.9.0.21/24")
    NtpServer(s, "10.9.0.21")
    us.etc_file("hosts", "10.9.0.98 a-server-with-quite-a-long-name.example\n")
    d = Daemon(us, "listen on 10.9.0.1", "server 10.9.0.21 poll 4-4",
        "server 10.9.0.99",
        "server fd00:1234:5678:9abc:def0:1234:5678:9abc",
        "server a-server-with-quite-a-long-name.example",
        *["server 10.9.0.%d" % n for n in range(101, 113)])
    empty = Daemon(s, "listen on 127.0.0.1 port 1123")
    ok(d.wait_sync() and wait_for(lambda: d.tally("10.9.0.21") == "*", 30),
        "synchronized", d.state)
    path, alone = tools(d, "many"), tools(empty, "none")

    one_that_works(path, telegraf_ntpq(shell("ntpq -p -n", path)[0]))
    table = telegraf_ntpq(shell("ntpq -p", path)[0])
    ok(len(table) == 16 and any(row["remote"] == "a-server-with-q" for row
        in table), "with names, as long as the column", str(table))

    status, peers = telegraf_openntpd(
        shell("ntpctl -o openntpd -s all", path)[0])
    ok(status == {"valid": 1, "total": 16, "synced": 1, "stratum": 3},
        "telegraf's openntpd: the clock", str(status))
    by = {p["remote"]: p for p in peers}
    ok(len(by) == 16 and by["10.9.0.21"]["mark"] == "*" and
        "offset" in by["10.9.0.21"] and "offset" not in by["10.9.0.99"] and
        "10.9.0.98" in by,
        "and the peers", str(peers))
    with open(os.path.join(TOP, "dist/examples/ntpctl-openntpd")) as f:
        wrapper = f.read().replace("/usr/sbin/ntpctl", "ntpctl")
    again = telegraf_openntpd(shell(wrapper.replace('"$@"', "-s all"),
        path)[0])
    ok(again[0] == status and [p["remote"] for p in again[1]] == list(by),
        "the example for telegraf gives it that", str(again))

    dashboard(d)
    out, errors, code = shell("ntpq -p", alone)
    ok(code == 0 and out == "" and
        errors == "No association ID's returned", "no servers: ntpq says it",
        out + errors)
    ok(telegraf_ntpq(out) == [], "telegraf's ntpq has none")
    status, peers = telegraf_openntpd(
        shell("ntpctl -o openntpd -s all", alone)[0])
    ok(status["synced"] == 0 and peers == [], "telegraf's openntpd has none",
        str(status))
    ok(shell("ntpctl -s status | grep -q 'clock synced'", alone)[2] == 1,
        "a grep finds that it is not synced")


if __name__ == "__main__":
    main(test)
