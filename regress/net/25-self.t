#!/usr/bin/python3 -B
"""
Nobody is a witness of himself: the daemon asks no address of this machine, and
takes no time from who has it from this machine.
"""
import hashlib

from lib import *

OURS = ("10.9.0.1", "10.9.0.71", "192.0.2.9", "198.51.100.7", "127.0.1.1",
    "fd09::1", "fd09::71", "2001:db8::9", "::1")


def give_addresses(us):
    us.address("eth0", "10.9.0.71/24", "fd09::71/64")
    us.address("lo", "192.0.2.9/32", "2001:db8::9/128")
    us.ip("route", "add", "local", "198.51.100.0/24", "dev", "lo")


def never_asked(d, addresses, what):
    ok(wait_for(lambda: all(d.is_self(a) for a in addresses), 10),
        "%s: it knows all of its addresses" % what, d.state)
    ok(all(d.peer(a)["sent"] == 0 for a in addresses),
        "and asks none of them", d.state)
    ok(all(d.count("engine: %s: is this machine itself: not asked$" %
        re.escape(a)) == 1 for a in addresses), "it says so once", d.state)


def own_addresses(us, server):
    """All addresses of this machine, which listens or does not."""
    lines = ["server %s poll 4-4" % a for a in OURS + ("10.9.0.21",)]
    d = Daemon(us, "listen on *", *lines)
    never_asked(d, OURS, "listening")
    ok(d.wait_used("10.9.0.21"), "a real server is used", d.state)
    ok(".SELF." in d.ntpctl("-s", "peers")[1], "ntpctl shows it", d.state)
    ok(not d.count("symbolic links"), "there is no riddle in the log",
        d.state)
    d.check_end()

    # Others may answer on this machine; it is asked from another address.
    us.exec("sysctl", "-q", "-w", "net.ipv4.ip_nonlocal_bind=1",
        "net.ipv6.ip_nonlocal_bind=1")
    other = NtpServer(us, "10.9.0.71")
    d = Daemon(us, "query from 10.9.0.1", "query from fd09::1", *lines)
    never_asked(d, OURS, "not listening, query from")
    ok(d.wait_used("10.9.0.21"), "a real server is used, though anybody may "
        "bind to its address", d.state)
    ok(not other.requests, "the other daemon is not asked", d.state)
    other.stop()
    d.check_end()
    us.exec("sysctl", "-q", "-w", "net.ipv4.ip_nonlocal_bind=0",
        "net.ipv6.ip_nonlocal_bind=0")


def moving_address(us, far):
    """A virtual address goes to another machine, and comes back."""
    us.address("eth0", "10.9.0.90/24")
    d = Daemon(us, "listen on *", "server 10.9.0.90 poll 4-4",
        "server 10.9.0.21 poll 4-4")
    ok(wait_for(lambda: d.is_self("10.9.0.90"), 10), "the virtual address is "
        "ours", d.state)
    us.ip("addr", "del", "10.9.0.90/24", "dev", "eth0")
    far.address("eth0", "10.9.0.90/24")
    server = NtpServer(far, "10.9.0.90")
    ok(d.wait_used("10.9.0.90", 40), "it moves to another machine: that is "
        "asked", d.state)
    ok(d.count("10.9.0.90: is not this machine any more: asking it") == 1,
        "it says so", d.state)
    far.ip("addr", "del", "10.9.0.90/24", "dev", "eth0")
    us.address("eth0", "10.9.0.90/24")
    ok(wait_for(lambda: d.is_self("10.9.0.90") and
        d.tally("10.9.0.90") == " ", 40), "it comes back: not asked, and what "
        "it said is forgotten", d.state)
    us.ip("addr", "del", "10.9.0.90/24", "dev", "eth0")
    server.stop()
    d.check_end()


def refid6(address):
    return hashlib.md5(socket.inet_pton(socket.AF_INET6,
        address)).digest()[:4]


def loops(us, far):
    """Servers that have their time from us, by any of our addresses."""
    refids = {"10.9.0.31": socket.inet_aton("10.9.0.71"),
        "10.9.0.32": refid6("fd09::71"), "10.9.0.33": refid6("fd09::99"),
        "10.9.0.34": socket.inet_aton("10.9.0.99"),
        "10.9.0.35": socket.inet_aton("127.127.1.1")}
    looped, fine = list(refids)[:2], list(refids)[2:]
    for address in refids:
        far.address("eth0", address + "/24")
    servers = [NtpServer(far, a, refid=r) for a, r in refids.items()]
    lines = ["server %s poll 4-4" % a for a in refids]
    d = Daemon(us, "listen on *", *lines)
    ok(all(d.wait_used(a) for a in fine), "servers with the time of others are "
        "used", d.state)
    ok(wait_for(lambda: all(d.count("%s: answers, but cannot be used: it has "
        "its time from this machine" % re.escape(a)) == 1 for a in looped),
        10), "those with ours are not, and the log says so", d.state)
    ok(all(d.peer(a)["received"] == 0 for a in looped), "for each answer",
        d.state)
    us.address("eth0", "fd09::99/64", "10.9.0.99/24")
    ok(wait_for(lambda: all(d.peer(a).get("reason") == "loop" for a in
        fine[:2]), 40), "nor are they by an address "
        "that we get later", d.state)
    us.ip("addr", "del", "fd09::99/64", "dev", "eth0")
    us.ip("addr", "del", "10.9.0.99/24", "dev", "eth0")
    d.check_end()
    d = Daemon(us, *lines)
    ok(all(d.wait_used(a) for a in refids), "if nobody can have it from us, "
        "all are used", d.state)
    d.check_end()
    for server in servers:
        server.stop()


def test():
    switch, us, s, far = network("us", "s", "far")
    s.address("eth0", "10.9.0.21/24")
    good = NtpServer(s, "10.9.0.21")
    give_addresses(us)
    own_addresses(us, good)
    moving_address(us, far)
    loops(us, far)


main(test)
