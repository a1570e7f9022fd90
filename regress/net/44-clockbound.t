#!/usr/bin/python3 -B
"""
What clients of ClockBound see in its segments, while the daemon lives and when
it is frozen.
"""
from lib import *


def segment_ages(path, seconds):
    """How old a ClockBound segment was in that time, s."""
    ages, end = [], time.monotonic() + seconds
    while not ages or time.monotonic() < end:
        with open(path, "rb") as f:
            s, ns = struct.unpack_from("=qq", f.read(), 16)
        ages.append(time.monotonic() - s - ns / 1e9)
        time.sleep(0.1)
    return ages


def test():
    switch, us, s = network("us", "s")
    s.address("eth0", "10.9.0.21/24")
    server = NtpServer(s, "10.9.0.21")
    segment, segment1 = workdir("shm0"), workdir("shm")
    d = Daemon(us, "server 10.9.0.21 poll 4-4", 'clockbound "%s"' % segment,
        'clockbound version 1 "%s"' % segment1)
    ok(d.wait_ready(), "the daemon is there", d.state)
    with open(segment, "rb") as f:
        data = struct.unpack("=IIIHHqqqqqQIiB7x", f.read())
    ok(data[:4] == (0x414D5A4E, 0x43420200, 80, 2) and data[12] == 0,
        "the segment is there, and says that nothing is known", data)
    ok(d.wait_sync() and wait_for(lambda: max(segment_ages(segment, 0)) < 3,
        5), "the daemon is synchronized", d.state)
    with open(segment, "rb") as f:
        data = struct.unpack("=IIIHHqqqqqQIiB7x", f.read())
    ok(data[:4] == (0x414D5A4E, 0x43420200, 80, 2) and data[12] == 1 and
        0 < data[9] < 50e6 and data[11] >= 15000,
        "the segment says so", data)
    with open(segment1, "rb") as f:
        data = struct.unpack("=IIIHHqqqqqIIi4x", f.read())
    ok(data[:4] == (0x414D5A4E, 0x43420200, 72, 1) and data[12] == 1 and
        0 < data[9] < 50e6 and data[10] >= 15000,
        "and so does that of version 1", data)
    # Its clients take what is older than 5 s for free running.
    ok(max(segment_ages(segment, 4)) < 3, "which are told each second")
    d.signal(signal.SIGSTOP)
    time.sleep(4)
    ok(max(segment_ages(segment, 1)) > 4, "a frozen daemon tells nobody")
    d.signal(signal.SIGCONT)
    ok(wait_for(lambda: max(segment_ages(segment, 0)) < 3, 5),
        "when it goes on, it does so again")


main(test)
