#!/usr/bin/python3 -B
"""
Started in the background: whoever starts the daemon learns by the exit status
whether it runs, and on standard error why it does not.
"""
from lib import *


def start(host, conf, *options):
    """
    ntpd in the background, as a boot script would start it.  Its status, what
    it wrote, and how long that took; without a status it hung.
    """
    begin = time.monotonic()
    try:
        done = subprocess.run(["ip", "netns", "exec", host.ns, "sh", "-c",
            "mount -t tmpfs -o mode=755 none /run && exec \"$@\"", "sh",
            *NO_CLOCK, NTPD, *options, "-f", conf], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None, "", 60
    return done.returncode, done.stdout + done.stderr, \
        time.monotonic() - begin


def journal(host, conf, *options):
    """
    ntpd with standard error where the journal reads it.  Its status, and its
    lines.
    """
    with tempfile.TemporaryFile("w+") as lines:
        where = os.fstat(lines.fileno())
        done = subprocess.run(["ip", "netns", "exec", host.ns, NTPD, *options,
            "-f", conf], stdin=subprocess.DEVNULL, stderr=lines, timeout=60,
            env={**os.environ,
                "JOURNAL_STREAM": "%d:%d" % (where.st_dev, where.st_ino)})
        lines.seek(0)
        return done.returncode, lines.read().splitlines()


def test():
    switch, us, server = network("us", "server")
    NtpServer(server, "10.9.0.2")
    # Never run itself: it makes the files, and asks at the socket.
    d = Daemon(us, "server 10.9.0.2")
    d.kill()
    wait_for(lambda: not us.pids(), 5)
    with open(d.conf) as f:
        conf = f.read()
    changed = lambda name, old, new: config_file(name, conf.replace(old, new))

    status, said, took = start(us, d.conf, "-x")
    ok(status == 0, "it starts, and says so by status 0", (status, said))
    ok(said == "", "nothing is wrong, nothing is said", said)
    ok(d.ntpctl("-s", "status")[0] == 0, "and it answers at once",
        lambda: d.ntpctl("-s", "status"))
    running = us.pids()

    status, said, took = start(us, d.conf, "-x")
    ok(status == 1, "a second one fails", (status, said))
    ok("another ntpd is running" in said, "and says why", said)
    ok(sorted(us.pids()) == sorted(running), "the first one is still alone",
        us.pids)
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    ok(gone(running), "SIGTERM ends it", us.pids)

    for name, file, options, right, reason in (
        ("no directory for the socket", changed("socket.conf",
            'socket "', 'socket "/nonexistent'), ["-x"], 1,
            "fatal: .*/nonexistent/.*its directory does not exist"),
        ("no such user", changed("user.conf", 'user "_ntpd"',
            'user "nobodyhere"'), ["-x"], os.EX_CONFIG,
            "no user nobodyhere"),
        ("no right to set the clock", d.conf, [], os.EX_NOPERM,
            "not permitted to adjust the clock: CAP_SYS_TIME is missing"),
        ("no configuration", "/nonexistent/ntpd.conf", ["-x"],
            os.EX_CONFIG, "/nonexistent/ntpd.conf")):
        last = lambda: (said.splitlines() or [""])[-1]
        status, said, took = start(us, file, "-d", *options)
        ok(status == right and re.search(reason, last()),
            "%s: in the foreground it is said last" % name, (status, said))
        status, said, took = start(us, file, *options)
        ok(status == right, "%s: status %d" % (name, right),
            (status, said))
        ok(re.search(reason, last()), "%s: and why" % name, said)
        ok(took < 5, "%s: at once" % name, took)
        ok(wait_for(lambda: not us.pids(), 2), "%s: nobody is left" % name,
            us.pids)

    bad = config_file("bad.conf", "pool 192.0.2.1\n")
    for options in (["-n"], ["-d", "-x"]):
        status, lines = journal(us, bad, *options)
        ok(status == os.EX_CONFIG, "an error in the configuration, %s: "
            "status %d" % (options[0], os.EX_CONFIG), (status, lines))
        ok([line[:3] for line in lines if "unknown statement" in line] ==
            ["<3>"], "... is one in the journal, too", lines)
    status, lines = journal(us, d.conf, "-y")
    ok(status == os.EX_USAGE, "an unknown option: status %d" % os.EX_USAGE,
        (status, lines))
    ok(not d.faults(), "no fault in its log", d.log)


main(test)
