#!/usr/bin/python3 -B
"""
Requests that nobody should send, by the ten thousand: the server answers
what it must, never more than it was asked, and the daemon stays well.
"""
import random

from lib import *

NOISE = 30000


def request(**fields):
    return Packet(transmit=0x1234567890abcdef, **fields)


def field(kind, length, body=None):
    """An NTPv4 extension field that says it has LENGTH bytes."""
    body = bytes(max(length - 4, 0)) if body is None else body
    return struct.pack(">HH", kind, length) + body


def drain(s):
    """All answers that are there: their lengths."""
    lengths = []
    with contextlib.suppress(OSError):
        while True:
            lengths.append(len(s.recv(4096)))
    return lengths


def test():
    switch, us, near, upstream = network("us", "near", "upstream")
    NtpServer(upstream)
    d = Daemon(us, "server 10.9.0.3", "listen on *")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)

    for version in 1, 2, 3, 4:
        answer, _ = ask(near, "10.9.0.1", packet=bytes(request(
            version=version, poll=7)))
        ok(answer and answer.version == version and answer.mode == 4 and
            answer.origin == 0x1234567890abcdef and answer.stratum == 3 and
            answer.leap == 0 and answer.poll == 7 and
            abs(unix_time(answer.transmit) - time.time()) < 1 and
            answer.receive <= answer.transmit and
            answer.refid == socket.inet_aton("10.9.0.3"),
            "version %d is answered" % version,
            lambda: answer and vars(answer))

    silent = [("version %d" % v, request(version=v)) for v in (0, 5, 6, 7)]
    silent += [("mode %d" % m, request(mode=m)) for m in (0, 1, 2, 4, 5, 6,
        7)]
    silent += [("%d bytes" % n, bytes(request())[:n]) for n in (0, 1, 4, 12,
        47)]
    silent += [("a monlist request", b"\x17\0\x03\x2a" + bytes(188)),
        ("a readvar request", b"\x16\x02\0\1" + bytes(8))]
    for name, packet in silent:
        answer, _ = ask(near, "10.9.0.1", packet=bytes(packet), seconds=0.15)
        ok(answer is None, "%s is not answered" % name,
            lambda: vars(answer))

    # What follows a good header may be anything; it must not be echoed.
    for name, tail in (
        ("an unknown extension field", field(0x4444, 28)),
        ("a field that is longer than the packet", field(0x4444, 600,
            bytes(24))),
        ("a field of length zero", field(0x4444, 0, bytes(24))),
        ("a MAC", bytes(20)),
        ("a kilobyte", bytes(1000)),
        ("60000 bytes", bytes(60000))):
        with near.socket(socket.AF_INET) as s:
            s.settimeout(0.2)
            s.connect(("10.9.0.1", 123))
            s.send(bytes(request()) + tail)
            lengths = drain(s)
        ok(len(lengths) <= 1 and all(n <= 48 + len(tail) for n in lengths),
            "%s: at most one answer, not longer" % name, lengths)

    random.seed(5905)
    before = len(d.log().splitlines())
    longest = sent = 0
    with near.socket(socket.AF_INET) as s, near.socket(
        socket.AF_INET6) as s6:
        s.connect(("10.9.0.1", 123))
        s6.connect(("fd09::1", 123))
        for x in s, s6:
            x.setblocking(False)
        for i in range(NOISE):
            length = random.choice((0, 1, 47, 48, 48, 52, 68, 72, 200, 1400))
            packet = random.randbytes(length)
            if i % 7 == 0:              # replayed
                packet = bytes(request())
            elif length and i % 3 == 0: # nearly right
                packet = bytes([0x23]) + packet[1:]
            where = s6 if i % 5 == 0 else s
            with contextlib.suppress(BlockingIOError):
                where.send(packet)
                sent += 1
            longest = max([longest] + drain(s) + drain(s6))
    ok(sent > NOISE * 0.9, "%d random packets are sent" % sent)
    ok(longest <= 1400, "no answer is longer than a request", longest)

    # From addresses that are nobody's, or the server's own.
    for source, port in (("10.9.0.1", 123), ("127.0.0.1", 123),
        ("255.255.255.255", 123), ("0.0.0.0", 7), ("224.0.1.1", 123),
        ("10.9.0.3", 123), ("10.9.0.77", 0)):
        spoof(near, source, port, "10.9.0.1", 123, [bytes(request())] * 500)
    ok(d.running(), "spoofed requests do no harm", d.state)
    answer, _ = ask(near, "10.9.0.1")
    ok(answer and answer.stratum == 3, "it still answers",
        lambda: d.state())
    ok(d.synchronized() and d.tally("10.9.0.3") == "*",
        "it is still synchronized", d.state)
    ok(len(d.log().splitlines()) - before < 30, "the log stayed short",
        d.state)
    d.check_end()


main(test)
