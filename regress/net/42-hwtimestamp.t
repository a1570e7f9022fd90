#!/usr/bin/python3 -B
"""
hwtimestamp where no network card stamps packets, as those of a namespace, or
there is none: it is said once, and the kernel's time stamps are used.
"""
from lib import *


def test():
    us, a = network("us", "a")[1:]
    NtpServer(a)
    d = Daemon(us, "server 10.9.0.2 poll 4-4", "hwtimestamp on *",
        "hwtimestamp on eth7", options=("-x", "-v"))
    ok(d.wait_ready() and d.wait_sync(), "it is synchronized", d.state)
    ok(d.count("no network card stamps packets") == 1 and
        d.wait_log("cannot open the clock of eth7", 5),
        "what there is not is said", d.log)
    ok(d.wait_log("there are no hardware time stamps", 20) and
        d.wait_log("cannot have the card of eth7 stamp packets", 5) and
        d.count("hardware time stamps") == 1 and d.count("eth7") == 2,
        "once", d.log)
    ok(d.peer("10.9.0.2")["stamps"] == "kernel",
        "the kernel stamps the packets", d.state)
    status, out, _ = d.ntpctl("-s", "selection")
    ok(status == 0 and "used, the system peer\n" in out and
        "stamped" not in out, "ntpctl -s selection says nothing of it", out)
    ok(d.reconfigure("server 10.9.0.2 poll 4-4", "hwtimestamp on eth0") and
        d.wait_log("hwtimestamp takes effect after a restart only", 5),
        "other cards take a restart", d.log)
    d.check_end()


main(test)
