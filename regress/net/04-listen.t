#!/usr/bin/python3 -B
"""
"listen on" addresses, ports and everything; without it, nothing is open.  An
answer comes from the address that was asked.
"""
from lib import *


def open_at(host, port=123):
    return [a for a in host.udp_ports() if a.endswith(":%d" % port)]


def asked(host, address):
    """Who answers one request to ADDRESS, for each answer."""
    senders = []
    with host.socket(family_of(address)) as s:
        s.sendto(bytes(Packet(transmit=7)), (address, 123))
        s.settimeout(0.15)
        with contextlib.suppress(OSError):
            while True:
                senders.append(s.recvfrom(2048)[1][0])
    return senders


def overlaps(us, near, addresses):
    """Statements that have addresses and a port in common."""
    for workers in "workers 1", "workers 2":
        for lines in (("listen on eth0", "listen on 10.9.0.11",
            "listen on fd09::12"),
            ("listen on 0.0.0.0", "listen on 10.9.0.11", "listen on eth0",
            "listen on ::", "listen on fd09::12")):
            d = Daemon(us, *lines, workers)
            ok(d.wait_ready() and answers(near, "fd09::1"),
                "the daemon starts with %s and %s" % (", ".join(lines),
                workers), d.state)
            for address in addresses:
                found = [asked(near, address) for _ in range(4)]
                ok(found == [[address]] * 4, "asked at %s, it answers once "
                    "and from there" % address,
                    lambda: "%s\n%s" % (found, d.state()))
            ok(not d.count("cannot listen"), "nothing is in the way", d.state)
            d.check_end()


def test():
    switch, us, near = network("us", "near")
    us.address("eth0", "10.9.0.11/24", "10.9.0.12/24", "fd09::11/64",
        "fd09::12/64")
    all_ = ("10.9.0.1", "10.9.0.11", "10.9.0.12", "fd09::1", "fd09::11",
        "fd09::12")

    d = Daemon(us, "server 10.9.0.2")
    ok(d.wait_ready(), "the daemon starts without listen on", d.state)
    time.sleep(3)
    ok(not open_at(us), "no UDP port 123 is open", us.udp_ports)
    ok(not answers(near, "10.9.0.1", seconds=0.5), "nobody answers there")
    ok("server" not in d.children(), "no server process runs", d.children)
    d.check_end()

    d = Daemon(us, "listen on *", "workers 2")
    ok(d.wait_ready(), "the daemon starts with listen on *", d.state)
    for address in all_:
        for _ in range(4):      # both workers
            answer, sender = ask(near, address)
            if sender != address:
                break
        ok(sender == address, "asked at %s, it answers from there" % address,
            lambda: "from %s\n%s" % (sender, d.state()))
    ok(len(d.children().get("server", [])) == 2, "two workers run",
        d.children)
    answer, _ = ask(near, "10.9.0.1")
    ok(answer and answer.leap == 3 and answer.stratum in (0, 16),
        "unsynchronized, it says so: leap 3, stratum 16",
        lambda: answer and vars(answer))
    d.check_end()

    d = Daemon(us, "listen on 10.9.0.11", "listen on fd09::12 port 1123")
    ok(d.wait_ready(), "the daemon starts with two addresses", d.state)
    ok(answers(near, "10.9.0.11"), "it answers at 10.9.0.11", d.state)
    ok(answers(near, "fd09::12", port=1123),
        "it answers at fd09::12 port 1123", d.state)
    for address, port in (("10.9.0.1", 123), ("fd09::1", 123),
        ("fd09::12", 123), ("10.9.0.11", 1123)):
        ok(not answers(near, address, port=port, seconds=0.5),
            "it does not answer at %s port %d" % (address, port))
    d.check_end()

    taken = us.socket(socket.AF_INET)
    taken.bind(("0.0.0.0", 123))
    d = Daemon(us, "listen on *")
    ok(d.wait_ready() and answers(near, "fd09::1"),
        "IPv4 port taken by another: it answers over IPv6", d.state)
    time.sleep(1)
    ok(d.count(r"cannot listen on \* \(IPv4\)") == 1, "it says so, once",
        d.state)
    taken.close()
    ok(wait_for(lambda: answers(near, "10.9.0.1", seconds=0.5), 15),
        "the other is gone: it answers over IPv4, too", d.state)
    d.check_end()
    overlaps(us, near, all_)

    later = "10.9.0.21", "fd09::21"
    d = Daemon(us, *["listen on " + a for a in later], "listen on 10.9.0.1")
    ok(answers(near, "10.9.0.1"), "two of three addresses are not there yet",
        d.state)
    for address in later:
        ok(d.count("does not have the address %s yet" % address) == 1 and
            d.count("does not have the address") == 2,
            "it says that %s is not there" % address, d.state)
        us.address("eth0", address + ("/64" if ":" in address else "/24"))
        ok(answers(near, address), "when it is there, it is answered on",
            d.state)
    d.check_end()


main(test)
