#!/usr/bin/python3 -B
"""
Names: DNS that is not there, fails, then works; servers NAME with many
addresses; an address of a name that stops answering is replaced.
"""
from lib import *


def test():
    switch, us, dns, many = network("us", "dns", "many")
    us.etc_file("resolv.conf", "nameserver 10.9.0.2\n"
        "options timeout:1 attempts:1\n")
    pool = ["10.9.0.%d" % n for n in range(31, 37)]
    small = ["10.9.0.%d" % n for n in range(41, 47)]
    dead, alive_ = "10.9.0.51", "10.9.0.52"
    fourth = ["10.9.0.21", dead, alive_] + pool + small
    many.address("eth0", "fd09::21/64", *(a + "/24" for a in fourth))
    for a in fourth + ["fd09::21"]:
        NtpServer(many, a, silent=a == dead)
    names = {"one.test": ["10.9.0.21"], "six.test": ["fd09::21"],
        "pool.test": pool, "small.test": small, "dead.test": [dead]}
    d = Daemon(us, "server one.test poll 4-4", "server six.test poll 4-4",
        "servers pool.test poll 4-4", "servers small.test max 2",
        "server dead.test poll 4-4", "server nowhere.test")
    ok(d.wait_ready(), "the daemon starts without DNS", d.state)
    time.sleep(2)
    ok(not d.synchronized() and not any(p["address"] for p in d.peers()) and
        d.status()["next"] == "resolve", "it waits for the names", d.state)
    resolver = DnsServer(dns, "10.9.0.2", names, rcode=2)
    ok(wait_for(lambda: resolver.questions, 30), "it asks again", d.state)
    time.sleep(2)
    ok(d.running() and not d.synchronized(), "SERVFAIL is no answer", d.state)
    resolver.rcode = 0
    ok(d.wait_sync(60), "DNS works, and it is synchronized", d.state)

    def addresses(name):
        return [p["address"] for p in d.peers() if p["name"] == name and
            p["address"]]

    ok(wait_for(lambda: addresses("one.test") == ["10.9.0.21"], 30),
        "server takes the address", d.state)
    ok(wait_for(lambda: addresses("six.test") == ["fd09::21"], 30),
        "also of IPv6", d.state)
    ok(wait_for(lambda: len(set(addresses("pool.test"))) == 4, 30),
        "servers takes four of six addresses", d.state)
    ok(wait_for(lambda: len(set(addresses("small.test"))) == 2, 30),
        "servers max 2 takes two", d.state)
    ok(len(addresses("pool.test")) == 4 and len(addresses("small.test")) == 2,
        "and no more", d.state)
    ok(not addresses("nowhere.test"), "what does not exist stays without",
        d.state)

    # The dead one's name gets another address; nobody tells the daemon.
    names["dead.test"] = [alive_]
    ok(wait_for(lambda: addresses("dead.test") == [alive_], 60),
        "a name that does not answer is looked up again", d.state)
    ok(len(d.log().splitlines()) < 80, "the log stayed short", d.state)
    d.check_end()


main(test)
