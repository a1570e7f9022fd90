#!/usr/bin/python3 -B
"""
"listen on" an interface: the daemon answers there, whatever addresses it has
or gets, and nowhere else, also when the interface comes late or comes back.
"""
from lib import *


def test():
    switch, us, near = network("us", "near")
    us.join(switch, "eth1", "10.9.1.1/24", "fd09:1::1/64")
    near.address("eth0", "10.9.1.2/24", "fd09:1::2/64", "10.9.2.2/24",
        "fd09:2::2/64", "10.9.3.2/24")
    d = Daemon(us, "listen on eth0", "listen on eth2")
    ok(d.wait_ready(), "the daemon starts without eth2", d.state)

    for address in "10.9.0.1", "fd09::1":
        ok(answers(near, address), "it answers at %s of eth0" % address,
            d.state)
    link = link_local(us, "eth0")
    ok(answers(near, link + "%eth0"), "and at its link-local address",
        d.state)
    for address in "10.9.1.1", "fd09:1::1":
        ok(not answers(near, address, seconds=0.5),
            "it does not answer at %s of eth1" % address)
    ok(not answers(us, "127.0.0.1", seconds=0.5), "nor at 127.0.0.1")
    ok(not answers(us, "::1", seconds=0.5), "nor at ::1")

    # A packet for eth0's address that comes in by eth1 is not eth0's.
    near.ip("route", "replace", "10.9.0.1/32", "via", "10.9.1.1")
    switch.ip("link", "set", "us-eth0", "down")
    everywhere = NtpServer(us, port=1123)
    ok(answers(near, "10.9.0.1", port=1123), "the way through eth1 is good")
    ok(not answers(near, "10.9.0.1", seconds=0.5),
        "nor does it answer at eth0's address when asked through eth1")
    everywhere.stop()
    switch.ip("link", "set", "us-eth0", "up")
    near.ip("route", "del", "10.9.0.1/32")

    us.address("eth0", "10.9.3.1/24", "fd09::99/64")
    for address in "10.9.3.1", "fd09::99":
        ok(answers(near, address), "it answers at %s, added later" % address,
            d.state)

    us.join(switch, "eth2", "10.9.2.1/24", "fd09:2::1/64")
    for address in "10.9.2.1", "fd09:2::1":
        ok(answers(near, address), "it answers at %s of eth2, which came "
            "later" % address, d.state)
    us.ip("link", "del", "eth2")
    ok(wait_for(lambda: answers(near, "10.9.0.1"), 5),
        "eth2 is gone, eth0 still answers", d.state)
    us.join(switch, "eth2", "10.9.2.1/24", "fd09:2::1/64")
    for address in "10.9.2.1", "fd09:2::1":
        ok(answers(near, address), "eth2 is back, and answers at %s" % address,
            d.state)
    us.ip("link", "set", "eth2", "down")
    us.ip("link", "set", "eth2", "up")
    ok(answers(near, "10.9.2.1"), "it answers when eth2 was down and up",
        d.state)
    for _ in range(20):
        us.ip("link", "del", "eth2")
        us.join(switch, "eth2", "10.9.2.1/24")
    ok(answers(near, "10.9.2.1"), "and when eth2 went and came 20 times",
        d.state)
    ok(len(d.log().splitlines()) < 200, "the log stayed short", d.state)
    d.check_end()

    d = Daemon(us, "interface ignore wildcard", "interface listen eth0")
    ok(answers(near, "10.9.0.1") and answers(near, "fd09::1"),
        "\"interface listen eth0\" has the same meaning", d.state)
    ok(not answers(near, "10.9.1.1", seconds=0.5),
        "\"interface ignore wildcard\", too")
    d.check_end()


def link_local(host, interface):
    out = host.ip("-o", "-6", "addr", "show", "dev", interface, "scope",
        "link")
    return out.split()[3].split("/")[0]


main(test)
