#!/usr/bin/python3 -B
"""
hwtimestamp where no network card stamps packets, as those of a namespace, or
there is none: it is said once, and the kernel's time stamps are used.  With a
card that a library plays (card.c), it is set, read and used, and set back.
"""
from lib import *


LIBRARY = os.path.join(TOP, "obj/regress/net/card.so")

# A machine whose card stamps: the library plays its driver and clock.
CARD = """
mount -t tmpfs -o mode=755 none /mnt && for d in null urandom; do
cp -a /dev/$d /mnt || exit 1; done && touch /mnt/ptp0 &&
mount --move /mnt /dev && mount -t tmpfs -o mode=755 none /mnt &&
cp -a /etc/. /mnt && cp %s /mnt/card.so && echo /etc/card.so \
>/mnt/ld.so.preload && mount --move /mnt /etc"""


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

    d = Daemon(us, "server 10.9.0.2 poll 4-4", "hwtimestamp on *",
        options=("-x", "-v"), guard=["unshare", "--mount", "sh", "-c",
        CARD % LIBRARY + ' && exec "$@"', "sh", *NO_CLOCK])
    ok(d.wait_log(r"stamper: \S+ stamps: 1, 15$", 10),
        "the card is made to stamp", d.log)
    ok(d.wait_log("hardware time stamps are used", 30), "that is used", d.log)
    ok(d.wait_sync() and d.peer("10.9.0.2")["stamps"] == "hardware",
        "for samples, too", d.state)
    status, out, _ = d.ntpctl("-s", "selection")
    ok("stamped by the network card" in out, "ntpctl says so", out)
    ok(abs(d.peer("10.9.0.2")["offset"]) < 1e-3, "the time is right",
        d.state)
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0 and d.wait_log(r"stamper: \S+ stamps: 0, 0$", 5),
        "in the end the card is set back", d.log)


main(test)
