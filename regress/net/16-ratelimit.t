#!/usr/bin/python3 -B
"""
Who asks too often is not answered, or told so; who does not never notices,
whatever others do, or do in his name.
"""
from lib import *


def volley(host, source, n, server="10.9.0.1", ports=1):
    """N requests at once from SOURCE; the answers."""
    got = []
    with contextlib.ExitStack() as stack:
        sockets = [host.socket(family_of(server)) for _ in range(ports)]
        for s in sockets:
            stack.enter_context(s)
            s.bind((source, 0))
            s.setblocking(False)
        for i in range(n):
            sockets[i % ports].sendto(bytes(Packet(transmit=1000 + i)),
                (server, 123))
        time.sleep(0.4)
        for s in sockets:
            with contextlib.suppress(BlockingIOError):
                while True:
                    got.append(Packet(s.recv(1024)))
    return got


def good(answers):
    return sum(a.stratum == 3 for a in answers)


def kisses(answers):
    return [a for a in answers if a.refid == b"RATE"]


def test():
    _, us, near, upstream = network("us", "near", "upstream")
    near.address("eth0", "10.9.0.66/24", "10.9.0.67/24", "fd09::66/64")
    NtpServer(upstream)
    d = Daemon(us, "server 10.9.0.3", "listen on *")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    ok(good(volley(near, "10.9.0.66", 200)) == 200,
        "without a limit everything is answered", d.state)

    ok(d.reconfigure("server 10.9.0.3", "listen on *",
        "ratelimit interval 60 burst 10 leak 0"),
        "the configuration is loaded again", d.state)
    got = volley(near, "10.9.0.66", 1000)
    ok(good(got) == 10, "10 of 1000 requests at once are answered",
        "%d" % good(got))
    told = kisses(got)
    ok(10 <= len(told) <= 60, "a few are told so, by a RATE kiss",
        "%d" % len(told))
    ok(all(k.stratum == 0 and k.leap == 3 and k.poll == 6 and
        k.origin == k.transmit and len(bytes(k)) == 48 for k in told),
        "that has a poll exponent and no time in it",
        lambda: told and vars(told[0]))
    ok(good(volley(near, "10.9.0.66", 100, ports=20)) == 0,
        "another port is the same client")
    ok(good(volley(near, "10.9.0.67", 5)) == 5,
        "another address is another client", d.state)
    ok(good(volley(near, "fd09::66", 100, "fd09::1")) == 10,
        "IPv6 is limited likewise")
    ok(good(volley(near, "fd09::2", 100, "fd09::1")) == 0,
        "an address of the same /64 is the same client")

    d.reconfigure("server 10.9.0.3", "listen on *",
        "ratelimit interval 500 ms burst 2 leak 4 prefix6 128")
    time.sleep(1.1)
    got = volley(near, "10.9.0.66", 1000)
    ok(180 <= good(got) <= 330, "a leak of 4: a fourth is answered all the "
        "same", "%d" % good(got))
    steady = 0
    for _ in range(6):
        time.sleep(0.6)
        steady += asks(near, "10.9.0.67")
    ok(steady == 6, "once in each interval is always answered", steady)
    ok(good(volley(near, "fd09::2", 2, "fd09::1")) == 2 and
        good(volley(near, "fd09::66", 2, "fd09::1")) == 2,
        "prefix6 128: each address is a client", d.state)

    # A flood from forged addresses.  Its answers go nowhere.
    d.reconfigure("server 10.9.0.3", "listen on *",
        "ratelimit interval 1 burst 4 leak 0")
    us.ip("route", "add", "blackhole", "10.64.0.0/10")
    end = time.monotonic() + 4
    n = steady = asked = 0
    next_question = 0
    while time.monotonic() < end:
        for _ in range(200):
            n += 1
            spoof(near, "10.64.%d.%d" % (n // 256 % 256, n % 256), 123,
                "10.9.0.1", 123, [bytes(Packet(transmit=n))])
        if time.monotonic() > next_question:
            next_question = time.monotonic() + 1.1
            asked += 1
            steady += asks(near, "10.9.0.67")
    ok(n > 2000 and steady == asked, "while %d forged requests come, who "
        "keeps to the limit is answered" % n, "%d of %d" % (steady, asked))
    d.check_end()


def asks(host, source):
    answer, _ = ask(host, "10.9.0.1", source=source, seconds=1)
    return answer is not None and answer.stratum == 3


main(test)
