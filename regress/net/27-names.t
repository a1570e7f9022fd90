#!/usr/bin/python3 -B
"""
Names that take their time: who decides meanwhile, who waits for whom, and how
long it takes when the network is back.  One machine, two addresses: one vote.
"""
from lib import *

YEAR = 365 * 86400.0


def still(server, request, answer, client):
    """A server whose clock is set once a minute, and lies by 100 ms."""
    now = time.time_ns() + 10 ** 8
    answer.receive = answer.transmit = ntp_time(now)
    answer.reference = ntp_time(now - now % (60 * 10 ** 9) + 123456789)
    if now % (60 * 10 ** 9) < 10 ** 9:
        answer.reference = ntp_time(now - 500 * 10 ** 6)
    return [answer]


def test():
    switch, late, slow, cut, two, dns, many, early = network("late", "slow",
        "cut", "two", "dns", "many", "early")
    good = ["10.9.0.21", "10.9.0.22", "10.9.0.23"]
    mute = ["10.9.0.41", "10.9.0.42", "10.9.0.43"]
    many.address("eth0", "10.9.0.66/24", "10.9.0.31/24", "fd09::31/64",
        *(a + "/24" for a in good + mute))
    muted = [NtpServer(many, a, silent=True) for a in mute]
    for a in good:
        NtpServer(many, a)
    NtpServer(many, "10.9.0.66", shift=YEAR)
    for a in "10.9.0.31", "fd09::31":
        NtpServer(many, a, reply=still)
    names = {"a.test": good[:1], "b.test": good[1:2], "c.test": good[2:],
        "twin.test": ["10.9.0.31", "fd09::31"]}
    dead = ["dead%d.test" % n for n in range(4)]
    brief = "nameserver 10.9.0.5\noptions timeout:1 attempts:1\n"
    for host in late, cut, two:
        host.etc_file("resolv.conf", brief)
    slow.etc_file("resolv.conf", "nameserver 10.9.0.5\n")
    cut.ip("link", "set", "eth0", "down")

    # There is no DNS for 12 s.
    hasty = Daemon(late, "server 10.9.0.66", "server a.test",
        "server b.test", "server c.test")
    offline = Daemon(cut, "server 10.9.0.21 poll 4-4", "server b.test")
    # Three of four servers do not answer for longer than a quick start lasts.
    first = Daemon(early, "server 10.9.0.66", *("server " + a for a in mute))
    time.sleep(12)
    resolver = DnsServer(dns, "10.9.0.5", names, dead=dead)
    ok(hasty.wait_log("waiting up to 60 s for 3 names", 1),
        "one of four servers waits for the names of the others", hasty.state)
    ok(hasty.wait_sync(45), "with them, it is synchronized", hasty.state)
    ok(hasty.count("would set the clock") == 0,
        "the first one alone did not set the clock", hasty.state)
    ok(hasty.wait_tally("10.9.0.66", "x", 20), "it is a falseticker",
        hasty.state)
    hasty.check_end()

    wait_for(lambda: False, 8)
    for server in muted:
        server.silent = False
    ok(first.wait_sync(45), "silent servers are waited for, too", first.state)
    ok(first.count("would set the clock") == 0 and
        first.wait_tally("10.9.0.66", "x", 20),
        "and outvote the one that answered first", first.state)
    first.check_end()

    # Names without an answer, by the C library's own patience 10 s each.
    began = time.monotonic()
    d = Daemon(slow, *("server %s" % n for n in dead), "server a.test")
    ok(wait_for(lambda: d.peer("a.test").get("reach"), 20),
        "four dead names do not hold up the fifth for long", d.state)
    note("after %.1f s" % (time.monotonic() - began))
    ok(d.wait_sync(60), "nor the first decision", d.state)
    d.kill()

    # A server with two addresses of one name.
    d = Daemon(two, "servers twin.test poll 4-4", "server a.test poll 4-4")
    ok(d.wait_log("by another address, asking it no more", 30),
        "one machine's other address is noticed", d.state)
    ok(sum(p["name"] == "twin.test" for p in d.peers()) == 1,
        "it is asked by one of them", d.state)
    d.check_end()

    # The link comes back long after the names were given up for now.
    wait_for(lambda: False, 65 - (time.monotonic() - began) + 5)
    asked = len(resolver.questions)
    cut.ip("link", "set", "eth0", "up")
    cut.ip("addr", "replace", "10.9.0.3/24", "dev", "eth0")
    ok(wait_for(lambda: offline.peer("10.9.0.21").get("reach"), 20),
        "the link is back, and a server answers", offline.state)
    ok(wait_for(lambda: offline.peer("b.test").get("reach"), 6),
        "names are looked up at once then", offline.state)
    ok(len(resolver.questions) < asked + 10, "without a flood of questions",
        resolver.questions[asked:])
    offline.check_end()


main(test)
