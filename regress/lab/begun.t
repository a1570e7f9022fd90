#!/usr/bin/env python3
"""A clock that is slewed at the start is called synchronized when it is right,
not with the next answer, a minute later.  In TAP, in the time lab."""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

# s that the clock is ahead by.
OFFSETS = 0.3, 1, 8

# The kernel begins at the next second, and what is left takes another slew.
LATE = 6

SCENARIO = """
duration = 200
settle = 100
clock.offset = %g
clock.freq = 20e-6
clock.wander = 1e-9
servers = 1
all.delay = 200e-6
all.jitter = 20e-6
"""

# Each line of the log with the second in which it was written.  Nobody asks
# with ntpctl: that would be an event, too.
DAEMON = """
add_user _ntpd
mkdir -p /var/lib/ntpd /run/ntpd
cat >/tmp/ntpd.conf <<X
server 203.0.113.1
step never
driftfile "/var/lib/ntpd/drift"
socket "$socket"
X
"$NTPD_TREE/ntpd/ntpd" -d -f /tmp/ntpd.conf 2>&1 |
while IFS= read -r line; do
	read -r now rest </proc/uptime
	echo "$now $line"
done &
"""

SLEW = re.compile(r"^([0-9.]+) slewing the clock .* in (\d+) s$", re.M)
RIGHT = re.compile(r"^([0-9.]+) .*: clock synchronized to ", re.M)


def run(share, offset):
    """The daemon's log, from a clock that is OFFSET ahead."""
    lab.play(share, SCENARIO % offset, DAEMON)
    return lab.played(share, "daemon.log")


def main():
    lab.require()
    failed = 0
    print("1..%d" % len(OFFSETS), flush=True)
    with tempfile.TemporaryDirectory() as share:
        for i, offset in enumerate(OFFSETS):
            log = run(share, offset)
            slew, right = SLEW.search(log), RIGHT.search(log)
            good = slew and right and float(right[1]) <= \
                float(slew[1]) + int(slew[2]) + LATE
            failed += not good
            print("%sok %d - %g s off: synchronized when the slew ends" % (
                "" if good else "not ", i + 1, offset), flush=True)
            if not good:
                print("# " + log.replace("\n", "\n# "))
    sys.exit(1 if failed else 0)


main()
