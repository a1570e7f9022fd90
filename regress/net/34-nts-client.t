#!/usr/bin/python3 -B
"""
This daemon as a client with Network Time Security: it believes chronyd and the
ntpd of ntpsec, and notices when one has lost its keys.
"""
from nts import *


def test():
    switch, us, chrony, sec, pool = network("us", "chrony", "sec", "pool")
    ca = Authority()
    servers = [
        nts_chronyd(chrony, *ca.certify("10.9.0.2", "fd09::2", "c.test")),
        nts_ntpsec(sec, *ca.certify("10.9.0.3", "fd09::3"))]
    us.etc_file("hosts", "10.9.0.2 c.test\n127.0.0.1 localhost\n")
    names = "c.test", "10.9.0.3", "fd09::2", "fd09::3"
    d = Daemon(us, *("server %s nts ca %s poll 4-4" % (n, ca.file) for n in
        names),
        options=("-x", "-v"))
    ok(d.wait_sync(20), "it is synchronized by NTS",
        lambda: d.state() + servers[0].log())
    for a in "10.9.0.2", "10.9.0.3", "fd09::2", "fd09::3":
        ok(d.wait_tally(a, "*+-", 15), "%s is a truechimer" % a, d.state)
    ok(not d.count("does not answer"), "all answers are authentic", d.log)
    ok(d.count("NTS keys agreed on") == 4, "each took one exchange", d.log)
    status, out, _ = d.ntpctl("-s", "auth")
    ok(status == 0 and len(re.findall(r"# \S+: 8 cookies, NTS keys", out)) ==
        4, "ntpctl -s auth shows it", out)
    several(pool, ca)
    new_cookie_keys(d, chrony, servers, ca)
    d.check_end()


def several(host, ca):
    """A name with two addresses, of which one has no right to it."""
    host.etc_file("hosts", "10.9.0.2 c.test\n10.9.0.3 c.test\n")
    d = Daemon(host, "servers c.test nts poll 4-4 ca " + ca.file)
    ok(d.wait_log("10.9.0.3: no NTS keys: .*mismatch", 10),
        "of the addresses of a name, one without its certificate is refused",
        d.state)
    ok(d.wait_sync(15) and d.tally("10.9.0.2") == "*",
        "and is not waited for", d.state)
    d.check_end()


def new_cookie_keys(d, chrony, servers, ca):
    """A server that has lost its cookie keys says so, and is asked anew."""
    servers[0].kill()
    chrony.exec("rm", "-f", "/run/ntskeys")
    before = {p["address"]: p["received"] for p in d.peers()}
    servers[0] = nts_chronyd(chrony, *ca.certify("10.9.0.2", "fd09::2",
        "c.test", as_name="again"))
    ok(wait_for(lambda: d.count(r"10\.9\.0\.2: NTS keys agreed on") == 2, 60),
        "after a NAK there are new keys", d.state)
    ok(wait_for(lambda: d.peer("10.9.0.2")["received"] >
        before["10.9.0.2"], 30), "and answers again", d.state)
    ok(d.peer("10.9.0.2")["tally"] in ("system_peer", "combined", "outlier"),
        "whose samples were kept", d.state)


main(test)
