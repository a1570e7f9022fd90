#!/usr/bin/python3 -B
"""
Servers that answer, but cannot be used: the log and ntpctl name them and say
why, once, and when that ends.
"""
from lib import *


def test():
    switch, us, one, s = network("us", "one", "s")
    tricks = {
        "root_distance": ("its root distance is 3 s or more",
            lambda a: a.but(root_dispersion=4 << 16)),
        "unsynchronized": ("it says that it is not synchronized",
            lambda a: a.but(leap=3, stratum=16)),
        "timestamps": ("out of order",
            lambda a: a.but(transmit=a.receive - (1 << 30))),
        "reference": ("clock was last set after it answered",
            lambda a: a.but(reference=a.transmit + (5 << 32))),
        "version": ("its version is not 3 or 4",
            lambda a: a.but(version=2)),
        "stratum": ("its stratum is 15", lambda a: a.but(stratum=15)),
    }
    honest = set()

    def trick(word, change):
        def reply(server, request, answer, client):
            answer.transmit = ntp_time(time.time_ns())
            return [answer if word in honest else change(answer)]
        return reply

    where = {}
    for n, (word, (_, change)) in enumerate(tricks.items()):
        where[word] = "10.9.0.%d" % (31 + n)
        s.address("eth0", where[word] + "/24")
        NtpServer(s, where[word], reply=trick(word, change))
    s.address("eth0", "10.9.0.21/24")
    NtpServer(s, "10.9.0.21")

    d = Daemon(us, "server 10.9.0.21 poll 4-4", *("server %s poll 4-4" % a for
        a in where.values()))
    alone = Daemon(one, "server %s poll 4-4" % where["root_distance"])
    ok(d.wait_sync(), "the good one is enough", d.state)
    for word, (text, _) in tricks.items():
        a = where[word]
        ok(wait_for(lambda: d.peer(a).get("reason") == word, 10),
            "%s: ntpctl says why" % word, d.state)
        ok(d.wait_log(re.escape(a) + ": answers, but cannot be used: .*" +
            text, 10), "so does the log", d.state)
    status, out, _ = d.ntpctl("-s", "peers")
    ok("# %s cannot be used: its root distance" % where["root_distance"] in
        out, "in words, too", out)
    ok(d.peer("10.9.0.21").get("reason", 0) is None, "the good one has none",
        d.state)

    ok(alone.wait_log("cannot be used", 10) and
        alone.status().get("next") == "unusable",
        "with no other one, that is what is said", alone.state)
    ok("cannot be used" in alone.ntpctl("-s", "status")[1], "in words, too",
        alone.state)

    # Nine polls without a useful answer: it was never silent.
    wait_for(lambda: False, 20)
    ok(all(d.count(re.escape(a) + ": answers, but") == 1 for a in
        where.values()), "it is said once", d.state)
    honest.update(tricks)
    ok(alone.wait_sync(75), "its server can be used now, and is", alone.state)
    ok(alone.wait_log("can be used now", 40), "and the log says that it ended",
        alone.state)
    ok(alone.count("no answer") == 0, "it was never called silent",
        alone.state)
    ok(wait_for(lambda: all(d.peer(a).get("reason", 0) is None for a in
        where.values()), 60), "so can the others", d.state)
    ok(len(d.log().splitlines()) < 40, "the log stayed short", d.state)
    d.check_end()
    alone.check_end()


main(test)
