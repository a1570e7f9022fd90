#!/usr/bin/python3 -B
"""
This daemon as a server of real clients: chronyd, the ntpd and the ntpdig of
ntpsec, and openntpd accept its time.
"""
from lib import *


def test():
    switch, us, upstream, chrony, sec, open_ = network("us", "upstream",
        "chrony", "sec", "open")
    server = NtpServer(upstream)
    d = Daemon(us, "server 10.9.0.2", "listen on *")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)

    # openntpd takes longest: four answers, five seconds apart.
    client = openntpd(open_, "server 10.9.0.1", "server fd09::1")
    reference = ntpsec(sec, "server 10.9.0.1 iburst", "server fd09::1 iburst")

    digger = peer("ntpsec-ntpdig/usr/bin/ntpdig")
    for address in "10.9.0.1", "fd09::1":
        out = chrony.exec(digger, "-j", address, check=False)
        try:
            seen = json.loads(out.splitlines()[-1])
        except (ValueError, IndexError):
            seen = {}
        ok(close_to(seen.get("offset"), 0, 0.05) and seen.get("stratum") == 3,
            "ntpdig believes %s" % address, out)
        once = Program(chrony, "chronyd", [peer("chrony/usr/sbin/chronyd"),
            "-x", "-Q", "-t", "10", "-u", "root", "-f", "/dev/null",
            "server %s iburst" % address])
        status = once.wait(15)
        found = re.search(r"wrong by (-?[\d.]+) seconds", once.log())
        ok(status == 0 and found and abs(float(found[1])) < 0.05,
            "chronyd -Q believes %s" % address, once.log)

    follower = chronyd(chrony, "server 10.9.0.1 iburst",
        "server fd09::1 iburst", "log tracking", "logdir /run", "allow",
        "makestep 1 0")
    ok(wait_for(lambda: synchronized(chrony, us), 15),
        "chronyd, following it, serves as stratum 4", follower.log)
    ok(wait_for(lambda: follower.count("Selected source"), 5),
        "chronyd says that it selected it", follower.log)

    ok(wait_for(lambda: synchronized(sec, us), 20),
        "ntpsec's ntpd, following it, serves as stratum 4", reference.log)
    for address in "10.9.0.1", "fd09::1":
        ok(client.wait_log(r"reply from %s: offset [-\d.]+" %
            re.escape(address), 10), "openntpd takes answers of %s" % address,
            client.log)
        ok(client.wait_log(r"peer %s now valid" % re.escape(address), 25),
            "openntpd says that %s is valid" % address, client.log)
    for program in client, reference, follower:
        ok(not program.can_set_clock(), "%s cannot set the clock" %
            program.name)
    d.check_end()


def synchronized(host, asker):
    address = host.ip("-o", "-4", "addr", "show", "eth0").split()[3]
    answer, _ = ask(asker, address.split("/")[0])
    return answer and answer.leap == 0 and answer.stratum == 4


main(test)
