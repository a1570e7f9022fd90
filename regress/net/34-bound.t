#!/usr/bin/python3 -B
"""
The page with the bound: what readers see while the daemon lives, is stopped,
is killed and comes back, and while servers lie.
"""
from lib import *

sys.path.insert(0, os.path.join(TOP, "libntptime"))
import ntptime


def page_drift(path):
    with open(path, "rb") as f:
        return struct.unpack_from("=I", f.read(), 80)[0]


def test():
    switch, us, s = network("us", "s")
    for n in (21, 22, 23):
        s.address("eth0", "10.9.0.%d/24" % n)
    honest = [NtpServer(s, "10.9.0.21"), NtpServer(s, "10.9.0.22")]
    liar = NtpServer(s, "10.9.0.23", shift=0.5)
    lines = ["server 10.9.0.%d poll 4-4" % n for n in (21, 22, 23)]
    config = lines + ["maxdrift 100 ppm"]
    d = Daemon(us, *config)
    ok(d.wait_ready(), "the daemon is there", d.state)
    t = ntptime.open(d.bound)
    ok(t.now().status == ntptime.UNKNOWN or d.synchronized(),
        "at first nothing is known")
    ok(d.wait_sync() and wait_for(lambda: t.now().status ==
        ntptime.SYNCHRONIZED, 5), "synchronized is said in the page", d.state)

    wrong, widest = 0, 0
    end = time.monotonic() + 5
    while time.monotonic() < end:
        before = time.time_ns()
        now = t.now()
        # The honest servers have this machine's own clock: it is true.
        if not now.earliest <= time.time_ns() or not before <= now.latest:
            wrong += 1
        widest = max(widest, now.latest - now.earliest)
    ok(wrong == 0, "true time is in the interval, though one of three lies")
    ok(0 < widest < 100e6, "which is narrower than the lie", widest)
    now = t.now()
    ok(now.earliest <= now.likely_earliest <= now.likely_latest <=
        now.latest, "the likely one is in the certain one", now)
    def differ():
        now = t.now()
        return abs((now.latest - now.earliest) / 2e9 -
            d.status()["certain_bound"])
    ok(wait_for(lambda: differ() < 1e-4, 20), "it is what ntpctl says",
        d.state)
    # Until the frequency is known it is more.
    ok(wait_for(lambda: 100000 <= page_drift(d.bound) < 150000, 90),
        "and what maxdrift says is what bounds grow by", page_drift(d.bound))
    # Whoever looks at it now has another CLOCK_BOOTTIME.
    status = us.exec("unshare", "--time", "--boottime", "100", "--fork",
        sys.executable, "-B", "-c", "import sys; sys.path.insert(0, %r); "
        "import ntptime; print(ntptime.open(%r).now().status)" %
        (os.path.join(TOP, "libntptime"), d.bound))
    ok(status.strip() == str(ntptime.DISRUPTED),
        "in another time namespace nothing is said to be certain", status)
    d.signal(signal.SIGTERM)
    ok(d.wait(10) is not None and t.now().status == ntptime.FREE_RUNNING,
        "after the end it is free running")
    now = t.now()
    time.sleep(0.2)
    later = t.now()
    ok(later.latest - later.earliest > now.latest - now.earliest,
        "and grows")
    # The next daemon writes what the reader has mapped.
    d = Daemon(us, *config, bound=d.bound)
    ok(d.wait_sync() and wait_for(lambda: t.now().status ==
        ntptime.SYNCHRONIZED, 5), "the next daemon goes on in it", d.state)
    d.kill()
    ok(t.now().status == ntptime.SYNCHRONIZED,
        "killed, it holds until three minutes after its last word")
    with open(d.bound, "r+b") as f:
        f.write(b"something else")
    try:
        ntptime.open(d.bound)
        ok(False, "what is no page is refused")
    except OSError:
        ok(True, "what is no page is refused")
    d = Daemon(us, *config, bound=d.bound)
    ok(d.wait_ready() and ntptime.open(d.bound).now().status in
        (ntptime.UNKNOWN, ntptime.SYNCHRONIZED), "and begun anew", d.state)
    # What is removed is not written any more.
    os.unlink(d.bound)
    old = t
    d.signal(signal.SIGTERM)
    d.wait(10)
    d = Daemon(us, *config, bound=d.bound)
    ok(d.wait_sync() and wait_for(lambda: ntptime.open(d.bound).now().status
        == ntptime.SYNCHRONIZED, 5) and old.now().status !=
        ntptime.SYNCHRONIZED, "a new file has to be opened", d.state)
    os.mkdir(workdir("dir"))
    d = Daemon(us, *lines, bound=workdir("dir"))
    ok(d.wait_log("cannot be written", 5) and d.wait_ready(),
        "without a page it runs, and says so", d.state)
    t.close()


main(test)
