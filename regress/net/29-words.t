#!/usr/bin/python3 -B
"""
What an operator reads when something is wrong: ntpctl says in a line why the
clock is not synchronized, its counts agree with each other, servers that cannot
be used are named with the reason, and the log says each event once, in order.
"""
from lib import *


def line(d, label):
    """What stands after LABEL in ntpctl -s status; None if it is not there."""
    found = re.search(r"^ *%s: +(.*)$" % label, d.ntpctl("-s", "status")[1],
        re.M)
    return found and found[1]


def says(d, label, pattern, seconds=15):
    """Does the line LABEL come to match PATTERN?"""
    return wait_for(lambda: re.search(pattern, line(d, label) or ""), seconds,
        0.5)


def counts(d):
    """Configured, answering, usable, agreeing: each of the one before."""
    s = d.status()
    return [s.get(k) for k in ("peers", "reachable", "usable", "truechimers")]


def is_falling(numbers):
    return None not in numbers and sorted(numbers, reverse=True) == numbers


def no_majority(hosts):
    NtpServer(hosts[1], shift=2.5)
    NtpServer(hosts[2], shift=-2.5)
    d = Daemon(hosts[0], "server 10.9.0.2", "server 10.9.0.3",
        "listen on 10.9.0.1")
    ok(says(d, "why", r"no majority: 2 servers answer, no two of them agree, "
        r"they are up to (5\.000|4\.999|5\.001) s apart; a third"),
        "no majority: how many there are, and how far apart", d.state)
    ok(d.status().get("why") == "no_majority", "JSON says so, too", d.state)
    ok(d.count(r"by 10\.9\.0\.2 the clock is (2\.500|2\.499) s behind, by "
        r"10\.9\.0\.3 (2\.500|2\.501) s ahead") == 1,
        "the log says once what each of them says", d.state)
    ok(line(d, "clients") == "are told that the clock is not synchronized",
        "clients are not given the time, and ntpctl says so", d.state)
    ok(counts(d) == [2, 2, 2, 0] and "2 configured, 2 answer, 0 agree" ==
        line(d, "servers"), "two answer, none agrees", d.state)
    status, _, err = d.ntpctl("-w", "0")
    ok(status == 1 and "no majority: 2 servers" in err,
        "ntpctl -w says why", err)
    ok(not re.search(r"[+-]\d+\.\d+ s\b", d.log()),
        "no offset in the log has a sign", d.log)
    return d


def nobody_reachable(hosts):
    """No way, no interface, no name; and one that answers, but is of no use."""
    hosts[0].etc_file("resolv.conf", "nameserver 10.9.0.99\n"
        "options timeout:1 attempts:1\n")
    NtpServer(hosts[3], leap=3, stratum=16)
    d = Daemon(hosts[0], "server 172.16.1.1 poll 4-4",
        "server fe80::1%eth9 poll 4-4", "server nosuch.test",
        "server 10.9.0.4 poll 4-4")
    ok(wait_for(lambda: [d.peer(p).get("reason") for p in ("172.16.1.1",
        "fe80::1%eth9", "nosuch.test", "10.9.0.4")] == ["unsendable",
        "no_interface", "unresolved", "unsynchronized"], 15, 0.5),
        "each of four servers has its reason", d.state)
    _, out, _ = d.ntpctl("-s", "peers")
    for text in ("172.16.1.1 cannot be used: requests to it cannot leave: "
        "Network is unreachable", "fe80::1%eth9 cannot be used: its interface "
        "is not there", "nosuch.test cannot be used: its name has no address: "
        "Temporary failure in name resolution"):
        ok("# " + text in out, "ntpctl: %s" % text, out)
    ok(says(d, "why", "^1 server answers and cannot be used"),
        "that is why it is not synchronized", d.state)
    ok(wait_for(lambda: counts(d) == [4, 1, 0, 0], 5),
        "one of four answers, none can be used", d.state)
    return d


def nothing_sent_nothing_missed(d):
    """Called when D has run for more than nine requests."""
    ok(d.count("no answer") == 0,
        "where nothing was sent, no answer is missed", d.state)
    ok(d.count(r"fe80::1%eth9") == 1 and d.count(r"172\.16\.1\.1") == 1,
        "one event is one line, with the whole name", d.state)


def beyond_the_limit(hosts):
    server = NtpServer(hosts[4], reply=lambda s, r, a, c: [a.but(
        transmit=ntp_time(time.time_ns() + int(s.shift * 1e9)))])
    d = Daemon(hosts[0], "server 10.9.0.5 poll 4-4", "step limit 1 s",
        "listen on 10.9.0.1 port 1123")
    if not ok(d.wait_sync(), "synchronized", d.state):
        return d
    server.shift = 30.0
    # After the first such answer it is in doubt, and may be 30 s off.
    ok(wait_for(lambda: d.status().get("synchronized") is False, 90, 0.2),
        "by its server 30 s off, it is not synchronized", d.state)
    answer, _ = ask(hosts[1], "10.9.0.1", port=1123)
    ok(answer and answer.leap == 3, "clients are told so at once", d.state)
    ok(d.wait_log("no longer synchronized: it may be off by (30|29)", 1),
        "so is the log, with the reason", d.state)
    ok(line(d, "state") == "in doubt, 1 of 1 server says something else than "
        "was expected", "ntpctl says that there is a doubt", d.state)
    ok(says(d, "why", r"the clock is (30\.000|29\.999) s behind, more than "
        r"the step limit of 1 s: check the servers", 90),
        "beyond the step limit: how far, and what an operator can do",
        d.state)
    ok(d.status().get("why") == "step_limit", "JSON says so, too", d.state)
    ok(wait_for(lambda: d.count("more than the step limit of 1 s") == 1, 5),
        "the log says it once", d.state)
    return d


def left_alone(hosts):
    """-x, and 0.4 s off; then the server is silent."""
    server = NtpServer(hosts[5], shift=0.4)
    d = Daemon(hosts[0], "server 10.9.0.6 poll 4-4")
    ok(says(d, "why", r"the clock is (400|399)\.\d+ ms behind, and ntpd -x "
        "leaves it so"), "-x is named as the reason", d.state)
    server.shift, server.silent = 0.4, True
    return d, server


def silent(d):
    ok(wait_for(lambda: counts(d)[1:] == [0, 0, 0], 170, 0.5),
        "who is silent answers not, and so agrees with nobody", d.state)
    ok(d.wait_log("no answer to 8 requests", 30), "the log says so", d.state)
    ok(d.wait_log("no server can be used any more: the clock coasts", 5),
        "and that the clock coasts", d.state)
    ok(says(d, "state", "coasting, no server can be used"),
        "ntpctl, too", d.state)


def no_socket(hosts):
    taken = hosts[0].socket(socket.AF_INET)
    taken.bind(("127.0.0.1", 123))
    NtpServer(hosts[6])
    d = Daemon(hosts[0], "server 10.9.0.7", "listen on 127.0.0.1")
    ok(d.wait_sync() and line(d, "clients") ==
        "none, no socket could be opened, the log says why",
        "without a socket no client is given the time", d.state)
    ok(d.status().get("serving") is False, "JSON says so, too", d.state)
    taken.close()
    ok(says(d, "clients", "^are given the time$"), "now they are", d.state)
    before = d.count("listening on")
    os.kill(d.children()["server"][0], signal.SIGKILL)
    ok(d.wait_log(r"^server \(pid \d+\) was killed by signal 9\nstarting "
        "another server in 1 s", 5), "the cause comes before the effect",
        d.state)
    ok(wait_for(lambda: d.status().get("serving") is True and
        d.children().get("server"), 5), "there is another one", d.state)
    ok(d.count("listening on") == before,
        "that it listens is not said again", d.state)
    return d


def starts_that_fail(hosts):
    d = Daemon(hosts[0], "server 10.9.0.7", guard=["setpriv",
        "--bounding-set", "-setuid,-sys_time", "--inh-caps", "-all"])
    ok(d.wait(10) == 1 and re.search(r"fatal: cannot become user _ntpd: "
        r"Operation not permitted\n.*did not start: ending", d.log()),
        "a process that never ran is not \"gone\"", d.log)
    d = Daemon(hosts[0], "server 10.9.0.7")
    d.kill()
    with open(d.conf) as f:
        text = f.read().replace(d.socket, "/nonexistent/socket")
    out = hosts[0].exec(NTPD, "-d", "-x", "-f", config_file("bad.conf", text),
        check=False)
    ok("fatal: cannot make the control socket /nonexistent/socket: its "
        "directory does not exist" in out, "what is missing is named", out)
    ok(d.ntpctl("-V")[1].startswith("ntpctl "), "ntpctl has a version")


def test():
    switch, *hosts = network("us", "two", "three", "four", "five", "six",
        "seven")
    unreachable = nobody_reachable(hosts)
    alone, server = left_alone(hosts)
    split = no_majority(hosts)
    limit = beyond_the_limit(hosts)
    listens = no_socket(hosts)
    starts_that_fail(hosts)
    silent(alone)
    nothing_sent_nothing_missed(unreachable)
    server.shift, server.silent = 0.0, False
    ok(alone.wait_log(r"10\.9\.0\.6: answers again", 30),
        "it answers again, and the log says so", alone.state)
    for d in unreachable, alone, split, limit, listens:
        ok(is_falling(counts(d)), "no count contradicts another", d.state)
        d.check_end()


main(test)
