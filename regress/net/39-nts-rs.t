#!/usr/bin/python3 -B
"""
Network Time Security with ntpd-rs, in both directions, where it is:
regress/debian13.sh fetches it.
"""
from nts import *

SERVER = """
[[source]]
mode = "server"
address = "10.9.0.4"
[synchronization]
minimum-agreeing-sources = 1
[[server]]
listen = "0.0.0.0:1123"
[[nts-ke-server]]
listen = "0.0.0.0:4460"
ntp-port = 1123
certificate-chain-path = "%s"
private-key-path = "%s"
"""

CLIENT = """
[[source]]
mode = "nts"
address = "us.test"
certificate-authority = "%s"
[synchronization]
minimum-agreeing-sources = 1
[observability]
log-level = "debug"
"""


def test():
    switch, us, server, client, upstream = network("us", "server", "client",
        "upstream")
    ca = Authority()
    files = ca.certify("10.9.0.2", "rs.test")
    source = NtpServer(upstream)
    s = ntpd_rs(server, SERVER % files, guard=USER_NAMESPACE)
    ok(wait_for(lambda: listens(server), 10), "ntpd-rs serves NTS", s.log)
    for host, line in (us, "10.9.0.2 rs.test"), (client, "10.9.0.1 us.test"):
        host.etc_file("hosts", line + "\n127.0.0.1 localhost\n")
    d = Daemon(us, "server rs.test nts poll 4-4 ca " + ca.file, "listen on *",
        "local stratum 5", 'nts certificate "%s" key "%s"' % ca.certify(
        "us.test"), options=("-x", "-v"))
    ok(d.wait_log("10.9.0.2: NTS keys agreed on, 8 cookies", 10),
        "we agree on keys with ntpd-rs", lambda: d.state() + s.log())
    ok(d.wait_sync(60), "and believe it, at the port that it names",
        lambda: d.state() + s.log())
    c = ntpd_rs(client, CLIENT % ca.file, guard=USER_NAMESPACE)
    ok(c.wait_log("accept packet", 15), "ntpd-rs believes us",
        lambda: c.log()[-3000:])
    seen = d.show()["server"]
    ok(seen["ke_agreed"] == 1 and seen["nts"] >= 1 and seen["nts_naked"] == 0,
        "by NTS", seen)
    source.stop()
    d.check_end()


if has_debian13():
    main(test)
