#!/usr/bin/python3 -B
"""
SIGHUP: what did not change keeps its state; a bad file changes nothing.
"""
from lib import *


def moves(us, near):
    """One worker, whose old socket has the port that the new one needs."""
    d = Daemon(us, "listen on 10.9.0.1")
    ok(answers(near, "10.9.0.1"), "it starts with listen on 10.9.0.1", d.state)
    for lines in (("*",), ("10.9.0.1",), ("0.0.0.0",), ("eth0",),
        ("eth0", "10.9.0.1"), ("*",), ("eth0",), ("10.9.0.1",), ("eth0",),
        ("*",), ("eth0", "10.9.0.1"), ("10.9.0.1",)):
        d.reconfigure(*["listen on " + where for where in lines])
        start = time.monotonic()
        ok(answers(near, "10.9.0.1", seconds=2), "listen on %s: it answers "
            "after %.1f s" % (" and ".join(lines), time.monotonic() - start),
            d.state)
    ok(not d.count("cannot listen"), "nothing was in the way", d.state)
    # The worker is slow to close what it has.
    worker, = d.children()["server"]
    os.kill(worker, signal.SIGSTOP)
    d.reconfigure("listen on *")
    time.sleep(0.5)
    os.kill(worker, signal.SIGCONT)
    ok(answers(near, "10.9.0.1", seconds=1) and
        not d.count("cannot listen"), "neither if the worker is slow",
        d.state)
    d.check_end()


def many(us):
    """More sockets than the parent may have descriptors."""
    d = Daemon(us, "listen on 10.9.0.1", "workers 64")
    ok(wait_for(lambda: len(us.udp_ports()) == 64, 30),
        "64 workers: each has its socket", d.state)
    d.reconfigure("workers 64", *["listen on eth0 port %d" % port
        for port in range(2000, 2032)])
    ok(wait_for(lambda: len(us.udp_ports()) == 64 * 32 * 2, 30) and
        not d.count("cannot listen"), "each has its 64 sockets",
        lambda: "%d\n%s" % (len(us.udp_ports()), d.state()))
    d.check_end()


def intervals(us):
    """A shorter interval is not kept waiting by the longer one before it."""
    d = Daemon(us, "server 10.9.0.3 poll 10-10")
    ok(wait_for(lambda: d.peer("10.9.0.3").get("next_in", 0) > 500, 60),
        "poll 10-10: the next request is minutes away", d.state)
    d.reconfigure("server 10.9.0.3 poll 4-4")
    ok(wait_for(lambda: d.peer("10.9.0.3").get("next_in", 1000) <= 16, 2),
        "poll 4-4: it is seconds away", d.state)
    d.check_end()


def ports(us, host):
    """Two servers of one host, by their ports; one of them is named twice."""
    NtpServer(host, port=1123)
    NtpServer(host, port=1124)
    d = Daemon(us, "server 10.9.0.3 port 1123", "server 10.9.0.3 port 1124",
        "server 10.9.0.3 port 1124")
    ok(wait_for(lambda: sorted(p.get("received", 0) > 0 for p in d.peers())
        == [False, True, True], 10), "each port is asked, and once", d.state)
    ok(d.count("is already in line 2"), "a warning says so", d.state)
    d.check_end()


def test():
    switch, us, near, a, b, c = network("us", "near", "a", "b", "c")
    for host in a, b, c:
        NtpServer(host)
    old = "server 10.9.0.3", "server 10.9.0.4"
    d = Daemon(us, *old)
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    wait_for(lambda: all(p["received"] >= 4 for p in d.peers()), 20)
    before = {p["address"]: p for p in d.peers()}
    engine = d.children().get("engine")

    d.configure(*old, "server 10.9.0.5", "listen on eth0")
    d.reload()
    ok(wait_for(lambda: len(d.peers()) == 3, 5), "a server is added", d.state)
    now = {p["address"]: p for p in d.peers()}
    ok(d.synchronized(), "it stays synchronized", d.state)
    for address in "10.9.0.3", "10.9.0.4":
        was, is_ = before[address], now.get(address, {})
        ok(is_.get("sent", 0) >= was["sent"] and is_.get("received", 0) >=
            was["received"] and bin(is_.get("reach", 0)).count("1") >=
            bin(was["reach"]).count("1") and is_.get("offset") is not None,
            "%s keeps its samples and its reach" % address, d.state)
    ok(d.wait_tally("10.9.0.5", "*+-", 20), "the new one is used", d.state)
    ok(answers(near, "10.9.0.1"), "and it listens now", d.state)
    ok(d.children().get("engine") == engine, "the engine is the same",
        d.children)

    for name, lines, mode, says in (
        ("nonsense", old + ("serverr 10.9.0.5",), 0o644, r"\.conf:3: "),
        ("two errors", ("server", "weight 3") + old, 0o644, r"\.conf:2: "),
        ("a file that anybody may write", old, 0o666, r"\.conf.*writ")):
        d.configure(*lines)
        os.chmod(d.conf, mode)
        count = d.count(says)
        d.reload()
        ok(d.wait_log(says, 5, count + 1), "%s: the log says why not" % name,
            d.state)
        ok(wait_for(lambda: len(d.peers()) == 3 and d.synchronized(), 2),
            "%s: everything stays" % name, d.state)
    os.unlink(d.conf)
    d.reload()
    time.sleep(0.5)
    ok(d.running() and len(d.peers()) == 3, "no file: everything stays",
        d.state)

    d.configure("server 10.9.0.3")
    d.reload()
    ok(wait_for(lambda: [p["address"] for p in d.peers()] == ["10.9.0.3"],
        5), "servers are taken away", d.state)
    ok(d.peer("10.9.0.3").get("received", 0) >=
        before["10.9.0.3"]["received"], "the one that stays keeps its state",
        d.state)
    ok(wait_for(lambda: not us.udp_ports(), 5), "it listens no more",
        us.udp_ports)
    for _ in range(50):
        d.reload()
        time.sleep(0.01)
    ok(wait_for(lambda: [p["address"] for p in d.peers()] == ["10.9.0.3"], 5)
        and d.synchronized(), "50 signals at once do no harm", d.state)
    d.check_end()

    # Workers that end and others that start have the same numbers.
    lines = "server 10.9.0.3", "listen on *"
    d = Daemon(us, *lines, "workers 4")
    ok(d.wait_ready(), "it starts with 4 workers", d.state)
    for workers in 2, 4:
        d.configure(*lines, "workers %d" % workers)
        d.reload()
        ok(wait_for(lambda: len(us.udp_ports()) == 2 * workers and
            len(d.children().get("server", [])) == workers, 5),
            "%d workers: each has its sockets" % workers,
            lambda: "%s\n%s" % (us.udp_ports(), d.state()))
    d.check_end()
    moves(us, near)
    many(us)
    intervals(us)
    ports(us, a)


main(test)
