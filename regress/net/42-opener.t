#!/usr/bin/python3 -B
"""
A reference clock whose driver does not return from open(2): the daemon steers
the clock, answers and reloads meanwhile, says so once, and has the device when
it is there.  The driver is a file system of this test's.
"""
from lib import *
from device import *

def check(d, driver):
    ok(d.wait_ready() and wait_for(lambda: driver.opens == 1, 5),
        "a device is opened", d.state)
    ok(d.wait_sync(), "its driver does not answer: the clock is synchronized",
        d.state)
    opener, = d.children()["opener"]
    with open("/proc/%d/status" % opener) as f:
        st = dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)
    ok(int(st["CapEff"], 16) == 0 and st["NoNewPrivs"] == "1" and
        st["Seccomp"] == "2", "the opener is confined", st)
    ok(d.wait_log("ptp0 is not used: its driver takes more than", 10),
        "it says so", d.log)
    start = time.monotonic()
    ok(d.reconfigure(*LINES, "listen on 10.9.0.1") and serves(d.host,
        "10.9.0.1"), "it reloads, and serves", d.state)
    ok(time.monotonic() - start < 5, "at once")

    old, = d.children()["sensor"]
    os.kill(old, signal.SIGKILL)
    ok(wait_for(lambda: d.children().get("sensor", [old]) != [old], 10),
        "the sensor is replaced", d.state)
    ok(d.children()["opener"] == [opener] and driver.opens == 1,
        "nobody is asked again", lambda: (d.children(), driver.opens))
    ok(d.count("ptp0") == 1, "and nothing more is said", d.log)

    driver.holds.set()
    ok(wait_for(lambda: driver.opens > 1, 5),
        "when it is open, the new sensor gets it", d.state)
    ok(d.wait_log("ptp0 is there", 5), "which is said", d.log)
    ok(d.wait_log("ptp0 is gone, or is no such clock", 5),
        "and that it is no clock", d.log)
    driver.holds.clear()
    before = driver.opens
    ok(wait_for(lambda: driver.opens > before, 15),
        "it is tried again, and does not answer", d.state)
    start = time.monotonic()
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0 and time.monotonic() - start < 2,
        "the daemon ends, at once", d.log)
    driver.holds.set()
    ok(gone([opener]), "so does the opener")


LINES = "server 10.9.0.2", "sensor ptp0"


def test():
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("1..0 # SKIP no file systems of programs here")
        sys.exit(0)
    switch, us, a = network("us", "a")
    NtpServer(a)
    driver = Driver(workdir("driver"))
    try:
        check(Daemon(us, *LINES, prepare=DEVICES % driver.folder), driver)
    finally:
        driver.remove()


main(test)
