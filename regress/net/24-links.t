#!/usr/bin/python3 -B
"""
Addresses of one link, fe80::1%eth0: the interface has a name, and its number
changes when it is made anew.  It need not be there when the daemon starts.
"""
from lib import *


def link_local(host, interface):
    out = host.ip("-o", "-6", "addr", "show", "dev", interface, "scope",
        "link")
    return out.split()[3].split("/")[0]


def number(host, interface):
    with host.inside():
        return socket.if_nametoindex(interface)


def anew(host, switch, interface, *addresses):
    """Have INTERFACE go and come back; is its number another one?"""
    before = number(host, interface)
    host.ip("link", "del", interface)
    time.sleep(1)
    host.join(switch, interface, *addresses)
    return number(host, interface) != before


def listener(switch, us, near):
    link = link_local(us, "eth0")
    d = Daemon(us, "listen on %s%%eth0" % link, "listen on fe80::77%eth1")
    ok(d.wait_ready(), "the daemon starts without eth1", d.state)
    ok(answers(near, link + "%eth0"), "it answers on %s%%eth0" % link,
        d.state)
    ok(anew(us, switch, "eth0", "10.9.0.1/24"), "eth0 is made anew")
    ok(answers(near, link + "%eth0"), "it answers again", d.state)
    us.join(switch, "eth1", "fe80::77/64")
    ok(answers(near, "fe80::77%eth0"), "eth1 comes late: it answers there",
        d.state)
    ok(d.reconfigure("listen on %s%%eth0" % link) and
        answers(near, link + "%eth0") and
        not answers(near, "fe80::77%eth0", seconds=0.5),
        "it keeps what stays in the configuration", d.state)
    ok(len(d.log().splitlines()) < 30, "the log stayed short", d.state)
    d.check_end()
    us.ip("link", "del", "eth1")


def asks(server, d, seconds=20):
    """Does SERVER get another request within SECONDS?"""
    before = len(server.requests)
    return wait_for(lambda: len(server.requests) > before, seconds)


def client(switch, us, near, far):
    server, late = NtpServer(near, "::"), NtpServer(far, "::")
    link, late_link = link_local(near, "eth0"), link_local(far, "eth0")
    own = link_local(us, "eth0")
    d = Daemon(us, "server %s%%eth0 poll 4-4" % link,
        "server %s%%eth1 poll 4-4" % late_link)
    ok(d.wait_sync(20), "it is synchronized to %s%%eth0" % link, d.state)
    ok(d.count("eth1 is not there: will ask %s%%eth1" % late_link),
        "and says that eth1 is not there", d.state)
    ok(anew(us, switch, "eth0", "10.9.0.1/24"), "eth0 is made anew")
    ok(asks(server, d, 8), "the server is asked again soon", d.state)
    ok(wait_for(lambda: d.tally(link + "%eth0") in "*+", 20),
        "and believed", d.state)
    us.join(switch, "eth1")
    ok(wait_for(lambda: d.tally(late_link + "%eth1") in "*+", 30),
        "eth1 comes late: the server there is asked", d.state)
    d.check_end()

    d = Daemon(us, "query from %s%%eth0" % own,
        "server %s%%eth0 poll 4-4" % link)
    ok(d.wait_sync(20), "it asks from an address of one link", d.state)
    ok(anew(us, switch, "eth0", "10.9.0.1/24"), "eth0 is made anew")
    ok(asks(server, d, 8), "it asks from there again", d.state)
    ok(server.requests[-1][1][0].split("%")[0] == own,
        "from that very address", server.requests[-1])
    d.check_end()


def test():
    switch, us, near, far = network("us", "near", "far")
    time.sleep(0.5)
    listener(switch, us, near)
    client(switch, us, near, far)


main(test)
