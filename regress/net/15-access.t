#!/usr/bin/python3 -B
"""
Who may ask: allow and deny, by the first rule that matches, for IPv4 and
IPv6, after a reload and in a server that was replaced, ten thousand of them.
"""
from lib import *

MANY = 10000


def may(host, *addresses):
    """Does everyone of ADDRESSES of HOST get the time?"""
    return all(asks(host, a, 2) for a in addresses)


def may_not(host, *addresses):
    return not any(asks(host, a, 0.2) for a in addresses)


def asks(host, source, seconds):
    answer, _ = ask(host, "fd09::1" if ":" in source else "10.9.0.1",
        source=source, seconds=seconds)
    return answer is not None


def test():
    _, us, near = network("us", "near")
    near.address("eth0", "10.9.0.66/24", "10.9.0.67/24", "fd09::66/64",
        "fd09::67/64")
    d = Daemon(us, "listen on *")
    ok(answers(near, "10.9.0.1") and
        may(near, "10.9.0.2", "10.9.0.66", "fd09::2", "fd09::66"),
        "without rules everybody may ask", d.state)

    ok(d.reconfigure("listen on *", "deny from 10.9.0.66",
        "deny from fd09::66/128"), "the configuration is loaded again", d.state)
    ok(may_not(near, "10.9.0.66", "fd09::66"), "who is denied gets nothing")
    ok(may(near, "10.9.0.2", "10.9.0.67", "fd09::2", "fd09::67"),
        "all others get the time", d.state)

    ok(d.reconfigure("listen on *", "allow from 10.9.0.66",
        "deny from 10.9.0.64/26", "allow from 10.9.0.0/24"),
        "the configuration is loaded again", d.state)
    ok(may(near, "10.9.0.2", "10.9.0.66"), "the first rule that matches "
        "decides: it allows", d.state)
    ok(may_not(near, "10.9.0.67"), "the first rule that matches decides: it "
        "denies")
    ok(may_not(near, "fd09::2"), "as some are allowed, all others are not")

    d.reconfigure("listen on *", "deny from fd09::66", "allow from any")
    ok(may(near, "10.9.0.66", "fd09::2") and may_not(near, "fd09::66"),
        "any is both families", d.state)

    os.kill(d.children()["server"][0], signal.SIGKILL)
    ok(wait_for(lambda: may(near, "fd09::2"), 5), "another server is there",
        d.state)
    ok(may_not(near, "fd09::66"), "and it denies as the one before")

    many = ["deny from 10.%d.%d.%d/32" % (10 + n // 65536, n // 256 % 256,
        n % 256) for n in range(MANY - 2)]
    ok(d.reconfigure("listen on *", *many, "deny from 10.9.0.66",
        "deny from fd09::66"), "%d rules are loaded" % MANY, d.state)
    ok(may(near, "10.9.0.2", "fd09::2") and
        may_not(near, "10.9.0.66", "fd09::66"), "and obeyed", d.state)
    for _ in range(3):
        d.reload()
    ok(may(near, "10.9.0.2") and may_not(near, "10.9.0.66"),
        "and loaded again and again", d.state)

    d.configure("listen on *", "deny from 10.9.0.66/24")
    d.signal(signal.SIGHUP)
    ok(d.wait_log("has bits set beyond its prefix, write 10.9.0.0/24", 5),
        "a network with host bits is refused, with the right one", d.log)
    ok(may(near, "10.9.0.2") and may_not(near, "10.9.0.66"),
        "and the rules before are kept", d.state)
    d.check_end()


main(test)
