#!/usr/bin/python3 -B
"""
The local clock as a last resort: alone, and as orphans that agree on one.
"""
from lib import *

LOCAL = b"\x7f\x7f\1\1"


def refid(host):
    return socket.inet_aton(host)


def served(asker, address):
    """(stratum, refid) that ADDRESS tells ASKER; None if no good time."""
    answer, _ = ask(asker, address, seconds=0.4)
    if answer is None or answer.leap == 3:
        return None
    return answer.stratum, answer.refid


def alone(us, near):
    """A daemon with no server, and one without the statement."""
    plain = Daemon(near, "listen on *", "server 10.9.0.99")
    d = Daemon(us, "listen on *", "local stratum 10")
    ok(wait_for(lambda: served(near, "10.9.0.1") == (10, LOCAL), 5),
        "without a server, the local clock is served at once", d.state)
    answer, _ = ask(near, "10.9.0.1")
    ok(answer.leap == 0 and answer.root_delay == 0 and
        0 < answer.root_dispersion < 0x2000 and 0 <= unix_time(
        answer.transmit) - unix_time(answer.reference) < 70,
        "with figures that a client can believe", vars(answer))
    status = d.status()
    ok(status.get("synchronized") is False and
        status.get("local") == "served" and status.get("stratum") == 10,
        "ntpctl knows that this is not synchronized", status)
    ok("NOT synchronized, the local clock is served as stratum 10" in
        d.ntpctl("-s", "status")[1], "and says so", d.state)
    ok(d.ntpctl("-w", "0")[0] == 1, "nobody waits for that", d.state)
    out = near.exec("timeout", "15", *NO_CLOCK, peer("chrony/usr/sbin/chronyd"),
        "-Q", "-t", "10", "-x", "-u", "root", "-f", "/dev/null",
        "pidfile " + workdir("chronyd.pid"), "cmdport 0", "bindcmdaddress /",
        "server 10.9.0.1 iburst maxsamples 1", check=False)
    ok("System clock wrong by" in out, "chronyd takes it", out)
    return plain, d


def orphans(daemons, asker):
    """{address: (stratum, refid)} of those that run."""
    return {a: served(asker, a) for a, d in daemons.items() if d.running()}


def led_by(daemons, asker, leader):
    """Does everybody follow LEADER, and only this one nobody?"""
    wanted = {a: (10, LOCAL) if a == leader else (11, refid(leader))
        for a, d in daemons.items() if d.running()}
    return orphans(daemons, asker) == wanted


def start_group(hosts):
    addresses = ["10.9.0.%d" % n for n in (3, 4, 5)]
    return {a: Daemon(host, "listen on *", "local stratum 10 orphan",
        *("server %s poll 4-4" % other for other in addresses + ["10.9.0.6"]
        if other != a)) for a, host in zip(addresses, hosts)}


def follower(host):
    """An orphan that believes that it adjusts the clock."""
    return Daemon(host, "server 10.9.0.3 poll 4-4", "local stratum 10 orphan",
        options=(), guard=USER_NAMESPACE, env=fake_clock())


def test():
    switch, us, near, a, b, c, real = network("us", "near", "a", "b", "c",
        "real")
    group = start_group((a, b, c))
    adjusts = follower(real)
    plain, d = alone(us, near)

    def state():
        return "\n".join([str(orphans(group, us))] +
            [x.state() for x in group.values()])

    ok(wait_for(lambda: led_by(group, us, "10.9.0.3"), 40, 0.5),
        "three orphans agree: the lowest address leads", state)
    status = group["10.9.0.4"].status()
    ok(status.get("synchronized") is False and
        status.get("local") == "follows" and
        status.get("system_address") == "10.9.0.3",
        "who follows is not synchronized, and says whom", status)
    ok(wait_for(lambda: adjusts.status().get("local") == "follows", 10),
        "so does one who adjusts its clock", adjusts.state)
    adjusts.check_end()
    ok(not os.path.exists(adjusts.driftfile),
        "but its drift file is for real servers", adjusts.state)
    ok(served(us, "10.9.0.2") is None,
        "without the statement, nothing is served", plain.state)
    plain.check_end()

    # It stays so: nobody changes sides without a reason.
    seen = [led_by(group, us, "10.9.0.3") for _ in range(10)
        if not time.sleep(0.3)]
    ok(all(seen), "and it stays so", state)

    group["10.9.0.3"].kill()
    ok(wait_for(lambda: led_by(group, us, "10.9.0.4"), 60, 0.5),
        "the leader dies: the next one leads", state)

    server = NtpServer(real, stratum=1, refid=b"GPS\0")
    ok(wait_for(lambda: set(orphans(group, us).values()) ==
        {(2, refid("10.9.0.6"))}, 60, 0.5), "a real server: all go to it",
        state)
    for x in list(group.values())[1:]:
        ok(x.synchronized() and x.status()["local"] == "off" and
            not x.count("must have stood still"),
            "and are synchronized", x.state)
    ok(all(len(x.log().splitlines()) < 40 for x in group.values()),
        "the logs stayed short", state)
    server.stop()
    d.check_end()
    for x in list(group.values())[1:]:
        x.check_end()


main(test)
