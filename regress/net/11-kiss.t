#!/usr/bin/python3 -B
"""
Kiss-o'-death: RATE lengthens the poll interval, DENY and RSTR end the asking,
another address of the name takes over; only if the origin timestamp is right.
"""
from lib import *


def kiss(code):
    def reply(server, request, answer, client):
        return [answer.but(leap=3, stratum=0, refid=code)]
    return reply


def forged(code):
    """A kiss that does not know the request, then the answer."""
    def reply(server, request, answer, client):
        return [answer.but(leap=3, stratum=0, refid=code,
            origin=request.transmit ^ 1), answer]
    return reply


def test():
    switch, us, dns, many = network("us", "dns", "many")
    us.etc_file("resolv.conf", "nameserver 10.9.0.2\n"
        "options timeout:1 attempts:1\n")
    many.address("eth0", *("10.9.0.%d/24" % n for n in range(21, 30)))
    deny, rstr, rate, fdeny, frate, other, good, second = [NtpServer(many,
        "10.9.0.%d" % n, reply=r) for n, r in ((21, kiss(b"DENY")),
        (22, kiss(b"RSTR")), (23, kiss(b"RATE")), (24, forged(b"DENY")),
        (25, forged(b"RATE")), (26, kiss(b"WXYZ")), (27, None), (28, None))]
    named = NtpServer(many, "10.9.0.29", reply=kiss(b"DENY"))
    DnsServer(dns, "10.9.0.2", {"two.test": ["10.9.0.29", "10.9.0.28"]})
    d = Daemon(us, *("server 10.9.0.%d poll 4-8" % n for n in range(21, 28)),
        "server two.test poll 4-8", options=("-x", "-v"))
    ok(d.wait_sync(), "the daemon is synchronized", d.state)

    for server, address, code in ((deny, "10.9.0.21", "DENY"),
        (rstr, "10.9.0.22", "RSTR")):
        ok(wait_for(lambda: d.peer(address).get("state") == "denied", 5),
            "%s: the association is denied" % code, d.state)
        ok(d.count(r"%s: denies us" % re.escape(address)) == 1,
            "%s: the log says so" % code, d.state)
    asked = len(deny.requests), len(rstr.requests)
    ok(asked == (1, 1), "they were asked once", asked)

    ok(wait_for(lambda: d.peer("10.9.0.23").get("poll", 0) > 16, 5),
        "RATE: the poll interval is longer", d.state)
    ok(d.peer("10.9.0.23").get("state") != "denied" and
        not d.peer("10.9.0.23").get("received"),
        "RATE: it is no sample, and no end", d.state)
    slow = len(rate.requests)
    ok(slow <= 2, "RATE: the quick start is over", slow)

    for address in "10.9.0.24", "10.9.0.25":
        p = d.peer(address)
        ok(p.get("state") != "denied" and p.get("poll", 99) <= 16 and
            p.get("received", 0) >= 3 and p.get("tally") in ("system_peer",
            "combined", "outlier"), "%s: a kiss with a false origin is "
            "nothing" % address, d.state)
    p = d.peer("10.9.0.26")
    ok(p.get("state") != "denied" and not p.get("received"),
        "a kiss of unknown code is no sample, and no end", d.state)
    ok(wait_for(lambda: d.peer("10.9.0.26").get("reason") ==
        "unsynchronized", 10), "but is what a server says that is not "
        "synchronized", d.state)
    ok(wait_for(lambda: d.count(r"10\.9\.0\.26: answers, but cannot be used: "
        "it says that it is not synchronized") == 1, 10), "the log says so, once", d.state)
    ok(wait_for(lambda: d.peer("10.9.0.28").get("received", 0) >= 2, 20),
        "two.test: the other address takes over", d.state)
    ok(len(named.requests) <= 2, "two.test: the denying one is left alone",
        len(named.requests))

    time.sleep(6)
    ok((len(deny.requests), len(rstr.requests)) == asked,
        "who denied is not asked again")
    ok(len(rate.requests) == slow, "who cried RATE is not asked so soon",
        "%d, %d" % (slow, len(rate.requests)))
    ok(d.synchronized() and d.status()["reachable"] >= 4,
        "the others go on", d.state)
    d.reload()
    ok(wait_for(lambda: len(deny.requests) == 2, 5) and
        len(rate.requests) == slow, "SIGHUP: who denied is asked once more",
        d.state)
    d.check_end()


main(test)
