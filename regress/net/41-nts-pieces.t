#!/usr/bin/python3 -B
"""
Agreeing on NTS keys over connections that are slow, in pieces, or cut, and with
a clock that jumps meanwhile: this daemon on both sides.
"""
from nts import *


def test():
    switch, us, middle, server = network("us", "middle", "server")
    ca = Authority()
    s = Daemon(server, "listen on *", "local stratum 5", 'nts certificate "%s" '
        'key "%s"' % ca.certify("10.9.0.2"), options=("-x", "-v"))
    ok(wait_for(lambda: listens(server), 10), "a server", s.log)
    sent = whole(us, middle, s, ca)
    cut(us, s, sent)
    jump(us, middle, s, ca)
    slow(us, middle, s, ca)
    ok(s.count("the ke process") == 0, "the same process did all that", s.log)
    s.check_end()


def counted(s, name):
    return s.show().get("server", {}).get("ke_" + name, 0)


def whole(us, middle, s, ca):
    """Every byte in a segment of its own; what the client has sent."""
    relay = TcpRelay(middle, "10.9.0.3")
    d = Daemon(us, "server 10.9.0.2 nts ca " + ca.file, options=("-x", "-v"))
    ok(d.wait_log("10.9.0.2: NTS keys agreed on, 8 cookies", 15),
        "keys are agreed on byte by byte", d.log)
    ok(wait_for(lambda: counted(s, "agreed") == 1, 5) and not
        counted(s, "failed"), "in one session", s.show)
    d.check_end()
    relay.stop()
    return bytes(relay.clients[0])


def cut(us, s, sent):
    """The connection ends after each of the bytes that are SENT."""
    failed = counted(s, "failed")
    for n in range(0, len(sent), 2):
        with us.socket(socket.AF_INET, socket.SOCK_STREAM) as c:
            c.connect(("10.9.0.3", 4460))
            c.sendall(sent[:n])
    ok(wait_for(lambda: counted(s, "failed") - failed +
        counted(s, "crowded") >= len(sent) // 2, 8), "a session that is cut "
        "after any byte fails, which is counted", s.show)


def jump(us, middle, s, ca):
    """In the middle of the exchange our clock falls back by 400 days."""
    relay = TcpRelay(middle, "10.9.0.3", delay=0.02, size=16)
    library = shift_library("jump.so", 400 * 86400, after=2)
    d = Daemon(us, "server 10.9.0.2 nts ca " + ca.file, options=("-x", "-v"),
        prepare=shifted(library))
    ok(d.wait_log("10.9.0.2: NTS keys agreed on, 8 cookies", 25),
        "keys are agreed on while the clock jumps", d.log)
    d.check_end()
    relay.stop()


def slow(us, middle, s, ca):
    late = counted(s, "late")
    relay = TcpRelay(middle, "10.9.0.3", delay=0.02)
    d = Daemon(us, "server 10.9.0.2 nts ca " + ca.file, options=("-x", "-v"))
    ok(d.wait_log("10.9.0.2: no NTS keys: ", 15), "one that takes too long is "
        "given up", d.log)
    ok(wait_for(lambda: counted(s, "late") == late + 1, 5), "by both sides",
        s.show)
    d.check_end()
    relay.stop()


main(test)
