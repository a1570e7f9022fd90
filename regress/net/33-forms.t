#!/usr/bin/python3 -B
"""
What other people's programs read: the forms of ntpq, of OpenNTPD's ntpctl, of
Prometheus and of Nagios.  Each is read here as a program that is in use does.
"""
from lib import *

NTPQ = ["remote", "refid", "st", "t", "when", "poll", "reach", "delay",
    "offset", "jitter"]


def call(*args):
    """(exit status, output and errors) of a program."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
    return done.returncode, done.stdout


def billboard(out):
    """A collector's way: words by the heading, marks off the front."""
    rows = []
    for line in out.splitlines()[2:]:
        words = line[1:].split()
        rows.append(dict(zip(NTPQ, words), mark=line[0], n=len(words)))
    return rows


def seconds(text):
    return int(text.rstrip("mhd")) * {"m": 60, "h": 3600, "d": 86400}.get(
        text[-1], 1)


def variables(out):
    """name=value, with commas and newlines between them."""
    found = {}
    for part in re.split(r",\s+", out.strip().rstrip(",")):
        name, _, value = part.partition("=")
        found[name] = value
    return found


def ntpq(d, link):
    def q(*args):
        return call(link, "-S", d.socket, *args)
    status, out = q("-p", "-n")
    rows = billboard(out)
    ok(out.splitlines()[0].split() == NTPQ and
        set(out.splitlines()[1]) == {"="}, "ntpq -pn: the heading", out)
    ok(len(rows) == 2 and all(r["n"] == 10 for r in rows) and
        [r["remote"] for r in rows] == ["10.9.0.21", "10.9.0.99"],
        "a line for each server, ten words each", out)
    ok(rows[0]["mark"] == "*" and rows[0]["t"] == "u" and
        seconds(rows[0]["when"]) < 64 and seconds(rows[0]["poll"]) == 16 and
        int(rows[0]["reach"], 8) & 1 and float(rows[0]["delay"]) > 0,
        "the numbers of one that answers", out)
    ok(rows[1]["mark"] == " " and rows[1]["st"] == "16" and
        rows[1]["when"] == "-" and float(rows[1]["delay"]) == 0,
        "and of one that does not", out)
    ok(all(len(line) <= 78 for line in out.splitlines()), "78 columns", out)
    ok(len(billboard(q("-c", "peers", "localhost")[1])) ==
        len(billboard(q("-p")[1])) == 2, "-c peers is -p")
    status, out = q("-c", "rv")
    v = variables(out.split("\n", 1)[1])
    ok("sync_ntp" in out and v["stratum"] == "3" and v["peer"] == "1" and
        v["refid"] == "10.9.0.21", "rv: how the system is", out)
    ok(abs(float(v["offset"])) < 1000 and float(v["sys_jitter"]) >= 0 and
        re.match(r"[0-9a-f]{8}\.[0-9a-f]{8}  \w{3}$", v["clock"]),
        "and its clock", out)
    words = re.split(r", ?", " ".join(l for l in out.splitlines() if
        "jitter" in l))
    ok([w.split("=")[0] for w in words[2:5]] == ["offset", "frequency",
        "sys_jitter"], "in the order that is counted on", words)
    status, out = q("-c", "rv 0 offset,stratum")
    ok(sorted(variables(out)) == ["offset", "stratum"],
        "rv 0 with names: only these", out)
    status, out = q("-c", "rv &1 srcadr reach")
    ok(variables(out)["srcadr"] == "10.9.0.21", "rv &1: of the first", out)
    out = q("-c", "as")[1]
    ok(re.search(r"^ +1 +1 +961a +yes +yes +none +sys.peer +sys_peer +1$",
        out, re.M), "as: its association", out)
    ok(q("-c", "rv 3")[0] == 2 and q("-p", "10.9.0.21")[0] == 2 and
        q("-c", "reslist")[0] == 2 and q()[0] == 2,
        "what is not to be had is said so")
    ok(q("-S", "/nonexistent", "-p")[0] == 1, "nor is a daemon")


def openntpd(d):
    status, out = d.ntpctl("-s", "status")[:2]
    ok(re.match(r"1/2 peers valid, clock synced, stratum 3\n", out),
        "-s status begins with OpenNTPD's line", out)
    out = d.ntpctl("-o", "openntpd", "-s", "all")[1]
    lines = out.splitlines()
    ok(lines[0].endswith("clock synced, stratum 3") and lines[1] == "" and
        lines[2] == "peer", "-o openntpd: its tables", out)
    words = lines[5].split()
    ok(lines[4] == "10.9.0.21" and words[0] == "*" and words[3] == "2" and
        words[4].endswith("s") and float(words[6].removesuffix("ms")) > -1e3
        and float(words[7].removesuffix("ms")) > 0,
        "two lines for a server that answers", out)
    ok(lines[6] == "10.9.0.99" and "---- peer not valid ----" in lines[7] and
        lines[7].split()[2] == "-", "and for one that does not", out)


def prometheus(d):
    status, out = d.ntpctl("-o", "prometheus")[:2]
    helped, typed, seen = set(), {}, []
    for line in out.splitlines():
        words = line.split(" ", 3)
        if line.startswith("# HELP"):
            helped.add(words[2])
        elif line.startswith("# TYPE"):
            typed[words[2]] = words[3]
        else:
            seen.append(re.fullmatch(r"([a-z0-9_]+)(\{(?:\w+=\"[^\"\\]*\",?)+"
                r"\})? (-?[0-9.e+-]+)", line))
    ok(status == 0 and all(seen), "-o prometheus: each line is a sample", out)
    names = {m[1] for m in seen}
    ok(names == helped == set(typed), "each metric with HELP and TYPE", out)
    ok(all((typed[n] == "counter") == n.endswith("_total") for n in names),
        "what is counted ends so", names)
    ok(len({(m[1], m[2]) for m in seen}) == len(seen), "none twice", out)
    ok("ntpd_synchronized 1" in out and "ntpd_stratum 3" in out and
        re.search(r'ntpd_peer_stratum\{name="10.9.0.99",.*\} 16', out),
        "and with the values", out)


def nagios(d, late):
    def check(which, *args):
        return call(NTPCTL, "check", "-S", which, *args)
    status, out = check(d.socket)
    text, data = out.split("|")
    ok(status == 0 and text.startswith("NTP OK: synchronized to 10.9.0.21 "),
        "check: all is well", out)
    ok(all(re.fullmatch(r"\w+=-?[0-9.]+s?(;[0-9.]*){0,4}", p) for p in
        data.split()), "with performance data", out)
    status, out = check(d.socket, "-w", "0.0000001")
    ok(status == 1 and "WARNING" in out, "a warning from -w on", out)
    status, out = check(d.socket, "-w", "0.0000001", "-c",
        "0.0000002")
    ok(status == 2 and "CRITICAL" in out, "critical from -c on", out)
    status, out = check("/nonexistent")
    ok(status == 3 and "UNKNOWN" in out, "without a daemon unknown", out)
    ok(check(d.socket, "-w", "0")[0] == 3 and
        check(d.socket, "-w", "9", "-c", "8")[0] == 3, "nonsense as well")
    ok(call("sh", "-c", "%s check -S %s >/dev/full" % (NTPCTL, d.socket))[0]
        == 3, "and what nobody can read")
    out = check(d.socket, "-w", "9", "-c", "8")[1]
    ok("-w 9 is above -c 8" in out, "and which nonsense it is", out)
    status, out = check(late.socket)
    ok(status == 2 and "not synchronized, no server" in out,
        "not synchronized is critical", out)


def test():
    switch, us, s = network("us", "s")
    s.address("eth0", "10.9.0.21/24")
    NtpServer(s, "10.9.0.21")
    d = Daemon(us, "server 10.9.0.21 poll 4-4", "server 10.9.0.99 poll 4-4")
    late = Daemon(s, "server 10.9.0.98 poll 4-4")
    ok(d.wait_sync() and wait_for(lambda: d.tally("10.9.0.21") == "*" and
        d.peer("10.9.0.21")["poll"] == 16, 30), "synchronized", d.state)
    os.mkdir(workdir("bin"))
    link = workdir("bin/ntpq")
    os.symlink(NTPCTL, link)
    ntpq(d, link)
    openntpd(d)
    prometheus(d)
    nagios(d, late)
    ok(re.match(r"0/1 peers valid, clock unsynced\n",
        late.ntpctl("status")[1]), "OpenNTPD's word for it is unsynced")
    ok(variables(call(link, "-S", late.socket, "-c", "rv")[1])["stratum"] ==
        "16", "ntpq's is stratum 16")


main(test)
