#!/usr/bin/python3 -B
"""
Answers that nobody should believe, by the ten thousand: nothing that fails a
test changes any state, and the true answer is found among them.
"""
import random

from lib import *

PER_REQUEST = 2500


def second(n):
    """N seconds, as timestamps have them."""
    return n << 32


# Answers to our own request, each with one thing that is wrong: what, and
# how it comes of the right answer.
FALSE = {
    "a zero transmit timestamp": lambda a: a.but(transmit=0),
    "a zero receive timestamp": lambda a: a.but(receive=0),
    "sent before it came": lambda a: a.but(transmit=a.receive - second(1)),
    "an hour on the way": lambda a: a.but(receive=a.transmit - second(3600)),
    "a reference time to come": lambda a: a.but(reference=a.transmit +
        second(3600)),
    "leap 3": lambda a: a.but(leap=3),
    "stratum 16": lambda a: a.but(stratum=16),
    "stratum 255": lambda a: a.but(stratum=255),
    "a root delay of 18 hours": lambda a: a.but(root_delay=0xffffffff),
    "a root delay of 40 s": lambda a: a.but(root_delay=40 << 16),
    "a root dispersion of 18 hours": lambda a: a.but(
        root_dispersion=0xffffffff),
    "version 5": lambda a: a.but(version=5),
    "version 0": lambda a: a.but(version=0),
    "mode 5": lambda a: a.but(mode=5),
    "47 bytes": lambda a: bytes(a)[:47],
    "an extension field that is too long": lambda a: bytes(a) +
        struct.pack(">HH", 0x204, 4000) + bytes(24),
    "an extension field of length 0": lambda a: bytes(a) +
        struct.pack(">HH", 0x204, 0) + bytes(24),
    "5000 bytes": lambda a: bytes(a) + bytes(4952),
}


def false(bend):
    def reply(server, request, answer, client):
        return [bend(answer)]
    return reply


def junk(server, request, answer, client):
    """What people may send who do not know the number in the request."""
    x = request.transmit
    good = bytes(answer.but(origin=x ^ 1))
    old, server.old = getattr(server, "old", None), bytes(answer)
    yield good
    yield answer.but(origin=0)
    yield answer.but(origin=(x + second(1)) % 2 ** 64)
    yield answer.but(origin=0, transmit=0, receive=0)
    yield request
    for mode in range(8):
        yield answer.but(origin=x ^ 1, mode=mode)
    for version in range(8):
        yield answer.but(origin=x ^ 1, version=version)
    for code in b"DENY", b"RSTR", b"RATE", b"\0\0\0\0":
        yield answer.but(leap=3, stratum=0, refid=code, origin=x ^ 1)
        yield answer.but(leap=3, stratum=0, refid=code, origin=0)
    if old:
        yield old               # replayed
    for n in 0, 1, 4, 20, 40, 47:
        yield good[:n]
    for tail in (b"\0", bytes(3), bytes(20), bytes(1000), bytes(5000),
        struct.pack(">HH", 0x204, 3) + bytes(24)):
        yield good + tail
    while True:
        yield random.randbytes(random.choice((0, 1, 47, 48, 48, 68, 500,
            1400)))


def only_junk(server, request, answer, client):
    every = junk(server, request, answer, client)
    for n, packet in zip(range(PER_REQUEST), every):
        server.junk += 1
        if n % 50 == 49:        # no more than its socket can hold
            time.sleep(0.001)
        yield packet


def junk_then_good(server, request, answer, client):
    yield from only_junk(server, request, answer, client)
    # From elsewhere, with all the secrets; from here, without the number.
    lie = answer.but(transmit=answer.transmit + second(100),
        receive=answer.receive + second(100))
    for source, port in (server.address, 124), ("10.9.0.77", 123):
        spoof(server.host, source, port, client[0], client[1],
            [bytes(lie)] * 50)
    spoof(server.host, server.address, 123, client[0], client[1],
        [bytes(lie.but(origin=request.transmit ^ 1))] * 50)
    # The time of the true answer must not suffer from the others.
    now = ntp_time(time.time_ns())
    yield answer.but(transmit=now)
    # And once more, and with another time: one answer for each request.
    yield answer.but(transmit=now)
    yield lie


def test():
    random.seed(5905)
    switch, us, a, b, c, many = network("us", "a", "b", "c", "many")
    victim = NtpServer(a, "10.9.0.2", reply=junk_then_good)
    hopeless = NtpServer(b, "10.9.0.3", reply=only_junk)
    honest = NtpServer(c, "10.9.0.4")
    liars = {}
    for n, (what, bend) in enumerate(FALSE.items(), 101):
        many.address("eth0", "10.9.0.%d/24" % n)
        liars[what] = NtpServer(many, "10.9.0.%d" % n, reply=false(bend))
    for server in victim, hopeless:
        server.junk = 0
        server.address = server.sock.getsockname()[0]
    d = Daemon(us, "server 10.9.0.2 poll 4-4", "server 10.9.0.3 poll 4-4",
        "server 10.9.0.4 poll 4-4", *("server %s poll 4-4" %
        s.sock.getsockname()[0] for s in liars.values()))
    ok(d.wait_sync(40), "the daemon is synchronized", d.state)
    ok(wait_for(lambda: victim.junk + hopeless.junk >= 20000, 60),
        "more than 20000 false answers were sent",
        lambda: victim.junk + hopeless.junk)

    p = d.peer("10.9.0.3")
    ok(d.running() and p.get("received") == 0 and p.get("reach") == 0 and
        p.get("offset") is None and p.get("tally") == "unusable",
        "nothing of them is ever used", d.state)
    ok(p.get("rejected", 0) > 100, "but it was counted", d.state)
    ok(p.get("state") in ("starting", "polling") and
        p.get("poll", 99) <= 16,
        "and nothing changes the association", d.state)
    ok(p.get("sent", 0) >= 3, "it is asked on", d.state)
    for what, server in liars.items():
        p = d.peer(server.sock.getsockname()[0])
        ok(len(server.requests) >= 3 and p.get("received") == 0 and
            p.get("reach") == 0 and p.get("offset") is None and
            p.get("tally") == "unusable" and p.get("rejected", 0) >= 3,
            "%s: no answer" % what, p)
    q = d.peer("10.9.0.2")
    ok(q.get("received", 0) >= 3 and q.get("received", 0) <= q.get("sent", 0)
        and q.get("tally") in ("system_peer", "combined", "outlier"),
        "the true answer among the false is found", d.state)
    ok(q.get("received", 0) <= len(victim.requests),
        "one answer is accepted for each request", d.state)
    ok(close_to(q.get("offset"), 0, 0.02), "its offset is right", d.state)
    s = d.status()
    ok(s.get("synchronized") and close_to(s.get("offset"), 0, 0.01),
        "the daemon stays synchronized", d.state)

    ports = [client[1] for _, client, _ in honest.requests]
    stamps = [Packet(data).transmit for _, _, data in honest.requests]
    ok(len(set(ports)) > len(ports) / 2 and 123 not in ports,
        "each request comes from another port", ports)
    ok(len(set(stamps)) == len(stamps) and all(abs(unix_time(x) -
        time.time()) > 3600 for x in stamps),
        "with a random number for a transmit timestamp", stamps)
    ok(all(len(data) == 48 and Packet(data).mode == 3 and
        Packet(data).version == 4 for _, _, data in honest.requests),
        "as an NTPv4 client's 48 bytes")
    first = Packet(honest.requests[0][2])
    ok(first.stratum == first.root_delay == first.root_dispersion ==
        first.reference == first.origin == first.receive == 0 and
        first.refid == bytes(4), "which tell nothing of the daemon",
        vars(first))
    ok(len(d.log().splitlines()) < 80, "the log stayed short", d.state)
    d.check_end()


main(test)
