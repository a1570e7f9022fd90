#!/usr/bin/python3 -B
"""
This daemon as a client of real servers: it follows chronyd and the ntpd of
ntpsec, over IPv4 and IPv6, and says so to those who ask ntpctl.
"""
from lib import *


def test():
    switch, us, chrony, sec = network("us", "chrony", "sec")
    servers = [chronyd(chrony), ntpsec(sec)]
    for server in servers:
        ok(serves(us, "10.9.0.%d" % (2 + servers.index(server))),
            "%s serves" % server.name, server.log)
        ok(not server.can_set_clock(), "%s cannot set the clock" %
            server.name)
    addresses = "10.9.0.2", "10.9.0.3", "fd09::2", "fd09::3"
    d = Daemon(us, *("server " + a for a in addresses))
    ok(d.wait_ready(), "the daemon starts", d.state)
    ok(not d.can_set_clock(), "and cannot set the clock, either")

    status, out, err = d.ntpctl("-w", "30", timeout=40)
    ok(status == 0, "ntpctl -w waits until it is synchronized",
        lambda: "status %s %s%s\n%s" % (status, out, err, d.state()))
    for a in addresses:
        ok(d.wait_tally(a, "*+-", 15), "%s is a truechimer" % a, d.state)
    system = [p for p in d.peers() if p["tally"] == "system_peer"]
    ok(len(system) == 1, "one of them is the system peer", d.state)
    for p in d.peers():
        ok(close_to(p["offset"], 0, 0.002) and
            close_to(p["delay"], 0, 0.05) and
            p["sent"] >= p["received"] >= 3 and p["rejected"] == 0 and
            p["stratum"] == (3 if p["address"].endswith("2") else 4),
            "%s: offset, delay, stratum and counts are as they must be" %
            p["address"], p)
        ok(bin(p["reach"]).count("1") == min(p["received"], 8),
            "%s: the reach register has a bit for each answer" % p["address"],
            p)
    s = d.status()
    ok(s["synchronized"] and s["leap"] == "none" and s["stratum"] in (4, 5),
        "leap and stratum follow from the servers'", s)
    ok(close_to(s["offset"], 0, 0.001) and s["read_only"] and
        close_to(s["likely_bound"], 0, 0.01) and
        close_to(s["certain_bound"], 0, 0.5),
        "it is right, and knows within what bounds", s)
    ok(abs(s["offset"] or 0) <= (s["likely_bound"] or 0) <=
        (s["certain_bound"] or 0),
        "the likely one is not below the offset, nor above the certain", s)
    ok(s["state"] == "following", "its state: it follows its servers", s)
    status, out, _ = d.ntpctl("-s", "peers")
    ok(status == 0 and len([l for l in out.splitlines() if l[:1] in "*+-" and
        len(l.split()) == 9]) == 4, "ntpctl -s peers has a line for each", out)
    d.check_end()

    # What it cannot use here it would keep: this user namespace gives all.
    looker = Daemon(us, "server 10.9.0.2", guard=USER_NAMESPACE)
    ok(looker.wait_ready() and not looker.can_set_clock(),
        "with -x it gives up the right to set the clock", looker.state)
    looker.check_end()
    status, out, err = d.ntpctl("-s", "status")
    ok(status not in (0, None) and len((out + err).splitlines()) == 1,
        "ntpctl says in a line that no daemon runs",
        lambda: "status %s %s%s" % (status, out, err))


main(test)
