#!/usr/bin/python3 -B
"""
Children that do nothing any more, not even end: each that can be is replaced
within seconds.  Nobody is taken for such a one while the machine sleeps or has
much to do, and the resolver not while it looks a name up.

CHECK_LONG: much to do for a minute.
"""
from nts import *

WITHIN = 22                     # s; 12 to 18, and a second for another
PAUSE = 18                      # s
LONG = bool(os.environ.get("CHECK_LONG"))


def stop(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def go_on(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def replaced(d, name, old):
    now = d.children().get(name, [])
    return len(now) == len(old) and not set(now) & set(old)


def check_replaced(d, old, names):
    for name in names:
        ok(wait_for(lambda: replaced(d, name, old[name]), WITHIN),
            "%s is held up: there is another" % name, d.state)
        ok(d.count("the %s is held up" % name), "the log says why", d.log)
    ok(gone(sum((old[n] for n in names), [])), "the old ones are gone",
        d.state)
    ok(d.children().get("engine") == old["engine"] and
        wait_for(d.synchronized, 5), "the clock was not neglected", d.state)
    ok(serves(d.host, "127.0.0.1"), "clients are answered", d.state)


def silent(host, address):
    """A name server that says nothing."""
    s = host.socket(socket.AF_INET)
    s.bind((address, 53))
    return s


def unharmed(d, kids, what):
    ok(d.children() == kids and not d.count("held up|starting another"),
        what, d.state)


def load(seconds):
    """Twenty programs that want a CPU each."""
    programs = [subprocess.Popen(["timeout", str(seconds), "sh", "-c",
        "while :; do :; done"]) for _ in range(20)]
    for p in programs:
        p.wait()


def test():
    switch, us, two, three, a = network("us", "two", "three", "a")
    NtpServer(a)
    ca = Authority()
    common = "server 10.9.0.4", "listen on *"
    nts = Daemon(us, *common, "workers 2", 'nts certificate "%s" key "%s"' %
        ca.certify("10.9.0.1"))
    binder = Daemon(two, *common)
    three.etc_file("resolv.conf", "nameserver 10.9.0.4\n"
        "options timeout:30 attempts:2\n")
    asked = silent(a, "10.9.0.4")
    asked.settimeout(10)
    looking = Daemon(three, *common, "server dead.test")
    for d in nts, binder:
        ok(d.wait_sync(), "a daemon is synchronized", d.state)
    ok(looking.wait_ready() and asked.recv(512), "a lookup has begun",
        looking.state)
    kids = nts.children(), binder.children(), looking.children()
    ok(all(len(kids[0].get(n, [])) == count for n, count in (("ke", 1),
        ("server", 2))), "they serve", nts.state)

    # The machine of this one sleeps.
    everybody = looking.everybody()
    stop(everybody)
    begin = time.monotonic()
    held = "server", "control", "resolver", "ke"
    stop(sum((kids[0][n] for n in held), []))
    stop(kids[1]["binder"])
    check_replaced(nts, kids[0], held)
    check_replaced(binder, kids[1], ["binder"])
    time.sleep(max(0, PAUSE - (time.monotonic() - begin)))
    go_on([looking.pid])        # it wakes first
    time.sleep(0.5)
    go_on(everybody)
    if LONG:
        load(60)
    else:
        time.sleep(2)
    unharmed(looking, kids[2], "nobody is held up for the machine's sleep, or "
        "a lookup")
    for d in nts, binder, looking:
        d.check_end()


main(test)
