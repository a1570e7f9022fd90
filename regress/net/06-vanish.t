#!/usr/bin/python3 -B
"""
Servers that are not there at first, vanish and return.
"""
from lib import *


def test():
    switch, us, near, a, b = network("us", "near", "a", "b")
    d = Daemon(us, "server 10.9.0.3 poll 4-4", "server 10.9.0.4 poll 4-4",
        "listen on *")
    ok(d.wait_ready(), "the daemon starts", d.state)
    time.sleep(2)
    ok(not d.synchronized() and not any(p["reach"] for p in d.peers()),
        "no server is there, none is reached", d.state)

    servers = [NtpServer(a), NtpServer(b)]
    ok(d.wait_sync(40), "they come, it is synchronized", d.state)
    ok(wait_for(lambda: all(p["reach"] & 1 and p["received"] >= 4 for p in
        d.peers()), 30), "and reaches both", d.state)

    servers[0].silent = True
    ok(wait_for(lambda: not d.peer("10.9.0.3")["reach"] & 1, 25),
        "one falls silent: its reach register shows it", d.state)
    ok(d.synchronized(), "the other one is enough", d.state)
    b.ip("link", "set", "eth0", "down")
    ok(wait_for(lambda: not d.peer("10.9.0.4")["reach"] & 1, 25),
        "the other one's network goes", d.state)
    before = d.status()
    ok(before["synchronized"], "it stays synchronized for a while", before)
    answer, _ = ask(near, "10.9.0.1")
    ok(answer and answer.leap == 0, "and serves", answer and vars(answer))
    time.sleep(1)
    later = d.status()
    for bound in "likely_bound", "certain_bound":
        ok(later[bound] > before[bound], "but its %s grows" %
            bound.replace("_", " "), "%s %s" % (before[bound], later[bound]))

    servers[0].silent = False
    b.ip("link", "set", "eth0", "up")
    for address in "10.9.0.3", "10.9.0.4":
        ok(wait_for(lambda: d.peer(address)["reach"] & 1, 40),
            "%s is reached again" % address, d.state)
    ok(d.synchronized(), "and all is well", d.state)
    ok(len(d.log().splitlines()) < 60, "the log stayed short", d.state)
    d.check_end()


main(test)
