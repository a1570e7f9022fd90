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


def holding(server, request, answer, client):
    """Far away, if one asks our clock; next door, by its own T3 - T2."""
    time.sleep(0.04)
    answer.transmit = (answer.receive + int(0.0399 * 2 ** 32)) % 2 ** 64
    return [answer]


def test():
    switch, us, other, a, b, c, e, late, fast, jumper, holder, third = \
        network("us", "other", "a", "b", "c", "e", "late", "fast", "jumper",
        "holder", "third")
    for host in a, b, c, e:
        NtpServer(host)
    NtpServer(late, shift=-0.1)
    NtpServer(fast, shift=3600.0)
    NtpServer(jumper, reply=jumping)
    d = Daemon(us, *("server 10.9.0.%d" % n for n in range(3, 10)))
    split = Daemon(other, "server 10.9.0.3", "server 10.9.0.7")
    NtpServer(holder, reply=holding)
    near = Daemon(third, "server 10.9.0.10")

    ok(d.wait_sync(), "four of seven agree, and it is synchronized", d.state)
    for n, what, offset in (7, "100 ms late", -0.1), (8, "an hour fast", 3600):
        address = "10.9.0.%d" % n
        ok(d.wait_tally(address, "x", 10), "%s: a falseticker" % what,
            d.state)
        ok(close_to(d.peer(address).get("offset"), offset, 0.02),
            "%s: that is its offset" % what, d.state)
        ok(address in d.log(), "%s: the log says who" % what, d.state)
    for n in 3, 4, 5, 6:
        ok(d.wait_tally("10.9.0.%d" % n, "*+-", 5),
            "10.9.0.%d is a truechimer" % n, d.state)
    ok(d.tally("10.9.0.9") in " x-", "one that jumps has no say",
        d.state)
    s = d.status()
    ok(close_to(s["offset"], 0, 0.002), "the offset is that of the honest", s)
    # 1 ms of dispersion, and half of 1 ms of delay.
    ok((s["certain_bound"] or 0) >= 0.0015,
        "the certain bound has the servers' own errors in it", s)

    ok(wait_for(lambda: split.status().get("next") == "majority", 20) and
        not split.synchronized(),
        "of two that disagree neither is believed", split.state)
    ok(not [p for p in split.peers() if p["tally"] in ("system_peer",
        "combined")], "neither has a tally mark that says so", split.state)
    ok(close_to(split.peer("10.9.0.7").get("offset"), -0.1, 0.02),
        "but what was measured is shown", split.state)

    # Whoever says that it held the packet is as far away as our clock says.
    ok(near.wait_sync(), "a server that holds packets is one, too", near.state)
    ok((near.peer("10.9.0.10").get("delay") or 1) < 0.035 and
        (near.status()["certain_bound"] or 0) >= 0.02,
        "but half of T4 - T1 is in the certain bound", near.state)

    d.check_end()
    split.check_end()
    near.check_end()


main(test)
