#!/usr/bin/python3 -B
"""
Servers that lie.  The majority decides, a liar is marked x, and without a
majority there is no time.
"""
from lib import *


def jumping(server, request, answer, client):
    """Right and wrong in turns, by a tenth of a second."""
    if len(server.requests) % 2:
        by = int(0.1 * 2 ** 32)
        answer.receive = (answer.receive + by) % 2 ** 64
        answer.transmit = (answer.transmit + by) % 2 ** 64
    return [answer]


def test():
    switch, us, other, a, b, c, late, fast, jumper = network("us", "other",
        "a", "b", "c", "late", "fast", "jumper")
    for host in a, b, c:
        NtpServer(host)
    NtpServer(late, shift=0.1)
    NtpServer(fast, shift=-3600.0)
    NtpServer(jumper, reply=jumping)
    d = Daemon(us, *("server 10.9.0.%d" % n for n in (3, 4, 5, 6, 7, 8)))
    split = Daemon(other, "server 10.9.0.3", "server 10.9.0.6")

    ok(d.wait_sync(), "three of six agree, and it is synchronized", d.state)
    ok(d.wait_tally("10.9.0.6", "x", 10), "100 ms off: a falseticker", d.state)
    ok(d.wait_tally("10.9.0.7", "x", 10), "an hour off: a falseticker",
        d.state)
    for n in 3, 4, 5:
        ok(d.wait_tally("10.9.0.%d" % n, "*+-", 5),
            "10.9.0.%d is a truechimer" % n, d.state)
    ok(d.tally("10.9.0.8") != "*", "one that jumps is not the system peer",
        d.state)
    s = d.status()
    ok(abs(s["offset"]) < 0.002, "the offset is that of the honest", s)
    ok(s["bound"] >= s["root_delay"] / 2 and s["bound"] >= 0.001,
        "the bound has the servers' own errors in it", s)
    ok("10.9.0.6" in d.log() and "10.9.0.7" in d.log(),
        "the log names the liars", d.state)

    wait_for(lambda: all(p["received"] >= 4 for p in split.peers()), 20)
    ok(not split.synchronized() and split.status().get("next") == "majority",
        "of two that disagree neither is believed", split.state)
    ok(not [p for p in split.peers() if p["tally"] == "system_peer"],
        "none of them is the system peer", split.state)

    d.check_end()
    split.check_end()


main(test)
