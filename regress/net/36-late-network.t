#!/usr/bin/python3 -B
"""
A network that comes after the daemon, or goes for a while: what is asked for
in vain is asked again as soon as it is there.
"""
from lib import *

SERVERS = ["10.9.0.%d" % n for n in (21, 22, 23)]


def up(host):
    """Have the interface and its address; when was that?"""
    host.ip("addr", "add", "10.9.0.1/24", "dev", "eth0")
    host.ip("link", "set", "eth0", "up")
    return time.monotonic()


def down(host):
    host.ip("addr", "flush", "dev", "eth0")
    host.ip("link", "set", "eth0", "down")


def received(d):
    return sum(p["received"] for p in d.peers())


def churn(host):
    """Addresses that come and go, 20 times in 5 s."""
    for n in range(20):
        host.ip("addr", "add", "10.77.0.%d/24" % n, "dev", "lo")
        time.sleep(0.25)


def test():
    switch, us, s = network("us", "s")
    for a in SERVERS:
        s.address("eth0", a + "/24")
        NtpServer(s, a)
    down(us)
    d = Daemon(us, *("server %s poll 4-4" % a for a in SERVERS))
    ok(d.wait_ready() and wait_for(lambda: all(p["reason"] == "unsendable" for
        p in d.peers()), 30), "without a network nothing can be sent", d.state)
    begin = up(us)
    ok(wait_for(lambda: received(d) > 0, 6),
        "when it is there the servers answer within seconds", d.state)
    ok(d.wait_sync(15), "and the clock is synchronized soon", d.state)
    note("%.1f s after the network" % (time.monotonic() - begin))
    wait_for(lambda: all(p["next_in"] > 9 for p in d.peers()), 40)
    down(us)
    ok(wait_for(lambda: any(p["reason"] == "unsendable" for p in d.peers()),
        20), "a network that goes is noticed", d.state)
    before = received(d)
    up(us)
    ok(wait_for(lambda: received(d) > before, 7),
        "and its return, within seconds", d.state)
    wait_for(lambda: all(p["next_in"] > 9 for p in d.peers()), 40)
    before = sum(p["sent"] for p in d.peers())
    churn(us)
    ok(sum(p["sent"] for p in d.peers()) - before <= 2,
        "who answers is not asked more often for it", d.state)


main(test)
