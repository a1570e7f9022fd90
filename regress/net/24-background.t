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

    for name, file, options, reason in (
        ("no directory for the socket", changed("socket.conf",
            'socket "', 'socket "/nonexistent'), ["-x"],
            "fatal: .*/nonexistent/.*its directory does not exist"),
        ("no such user", changed("user.conf", 'user "_ntpd"',
            'user "nobodyhere"'), ["-x"], "no user nobodyhere"),
        ("no right to set the clock", d.conf, [],
            "cannot adjust the clock: Operation not permitted"),
        ("no configuration", "/nonexistent/ntpd.conf", ["-x"],
            "/nonexistent/ntpd.conf")):
        last = lambda: (said.splitlines() or [""])[-1]
        status, said, took = start(us, file, "-d", *options)
        ok(status == 1 and re.search(reason, last()),
            "%s: in the foreground it is said last" % name, (status, said))
        status, said, took = start(us, file, *options)
        ok(status == 1, "%s: status 1" % name, (status, said))
        ok(re.search(reason, last()), "%s: and why" % name, said)
        ok(took < 5, "%s: at once" % name, took)
        ok(wait_for(lambda: not us.pids(), 2), "%s: nobody is left" % name,
            us.pids)
    ok(not d.faults(), "no fault in its log", d.log)


main(test)
