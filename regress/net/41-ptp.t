#!/usr/bin/python3 -B
"""
A PTP clock, by a driver of the test's: it is read by the best way that the
driver can, TAI becomes UTC by the list of leap seconds, and it is used again
when it has come back.  PTP_SYS_OFFSET cannot be answered from here: by its
number the kernel passes nothing back.
"""
from lib import *
from device import *

PRECISE, EXTENDED = 0xc0403d08, 0xc4c03d09
EOPNOTSUPP, ENODEV = 95, 19
TAI = 37


def stamp(ns):
    return struct.pack("=qII", ns // 10 ** 9, ns % 10 ** 9, 0)


class Clock:
    def __init__(self):
        self.can = {PRECISE, EXTENDED}
        self.gone = False
        self.asked = []

    def control(self, request, data):
        self.asked.append(request)
        if self.gone:
            return ENODEV, b""
        if request not in self.can:
            return EOPNOTSUPP, b""
        if request == PRECISE:
            raw = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
            now = time.time_ns()
            return 0, (stamp(now + TAI * 10 ** 9) + stamp(now) + stamp(raw) +
                bytes(16))
        n, = struct.unpack_from("=I", data)
        answer = data[:16]
        for _ in range(n):
            before, now, after = (time.time_ns() for _ in range(3))
            answer += stamp(before) + stamp(now + TAI * 10 ** 9) + stamp(after)
        return 0, answer.ljust(len(data), b"\0")

    def last(self):
        return self.asked[-1:]


def check(d, clock):
    ok(d.wait_sync() and d.wait_tally("ptp0", "*+-", 20),
        "it agrees with the servers", d.state)
    ok(close_to(d.peer("ptp0").get("offset"), 0, 1e-3),
        "TAI is made UTC", d.state)
    ok(set(clock.asked) == {PRECISE}, "the best way is tried first",
        clock.asked[:10])
    clock.can = {EXTENDED}
    ok(wait_for(lambda: clock.last() == [EXTENDED], 3), "then the second best",
        clock.last)
    before = len(clock.asked)
    ok(wait_for(lambda: len(clock.asked) > before + 4, 5) and
        set(clock.asked[before:]) == {EXTENDED},
        "and no more what it cannot do", lambda: clock.asked[before:])
    clock.gone = True
    ok(d.wait_log("ptp0 is gone", 3), "one that is gone is missed", d.state)
    clock.gone = False
    clock.can = {PRECISE}
    ok(d.wait_log("ptp0 is there", 12) and wait_for(lambda:
        clock.last() == [PRECISE], 3), "and read the best way when it is back",
        d.state)
    d.check_end()


def test():
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("1..0 # SKIP no file systems of programs here")
        sys.exit(0)
    switch, us, a, b = network("us", "a", "b")
    NtpServer(a)
    NtpServer(b)
    leaps = config_file("leaps", "#@ %d\n%d 36\n%d %d\n" % (
        time.time() + ERA + 10 ** 7, ERA + 1435708800, ERA + 1483228800, TAI))
    clock = Clock()
    driver = Driver(workdir("driver"), clock.control)
    driver.holds.set()
    try:
        check(Daemon(us, "server 10.9.0.2 poll 4-4", "server 10.9.0.3 poll 4-4",
            "sensor ptp0 tai", 'leapfile "%s"' % leaps,
            prepare=DEVICES % driver.folder), clock)
    finally:
        driver.remove()


main(test)
