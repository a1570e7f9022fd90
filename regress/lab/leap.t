#!/usr/bin/env python3
"""Leap seconds by "leap" and "leapfile" in ntpd.conf: by the kernel, and by
slewing; by a list, and by what servers announce.  In TAP, in the time lab."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

AT = 2000               # s, the leap second
LENGTH = 3000
NEW_YEAR = 4007750400   # 2027, s since 1900

# The kernel's second is over in this time, s; ntpd(8) says how long a slew is.
SOON = 3
SLEWED = 600
GOOD = 1e-3             # s

SCENARIO = """
duration = %d
settle = 1000
leapat = %d
leap = %%d
leapsecret = %%d
clock.freq = 20e-6
clock.wander = 1e-9
servers = 3
all.delay = 2e-3
all.jitter = 50e-6
""" % (LENGTH, AT)

DAEMON = """
add_user _ntpd
mkdir -p /var/lib/ntpd /run/ntpd
for s in $SERVERS; do
	echo "server $s"
done >/tmp/ntpd.conf
cat >>/tmp/ntpd.conf <<X
CONF
driftfile "/var/lib/ntpd/drift"
socket "$socket"
X
cat >/tmp/list <<X
#@ %d
%d 37
%d CHANGED
X
"$NTPD_TREE/ntpd/ntpd" -d -f /tmp/ntpd.conf &
at_end()
{
	python3 -c 'import time; print(round(time.clock_gettime(11) -
	    time.time()))' >/mnt/out/tai
}
""" % (NEW_YEAR + 86400 * 90, NEW_YEAR - 86400 * 3652, NEW_YEAR)

LIST = 'leapfile "/tmp/list"\n'

# name, ntpd.conf, leap second, unannounced, by slewing, TAI - UTC at the end
CASES = (
    ("by the kernel, as listed", LIST, 1, 1, False, 38),
    ("left out by the kernel, as listed", LIST, -1, 1, False, 36),
    ("by slewing, as listed", LIST + "leap slew", 1, 1, True, 38),
    ("left out by slewing, as listed", LIST + "leap slew", -1, 1, True, 36),
    ("by slewing, as announced", "leap slew", 1, 0, True, None),
    ("ignored", "leap ignore", 1, 0, True, None),
)


def run(share, conf, leap, secret):
    """(errors by second, TAI - UTC at the end) of a run."""
    lab.play(share, SCENARIO % (leap, secret),
             DAEMON.replace("CONF", conf).replace("CHANGED", str(37 + leap)))
    return lab.played_errors(share), int(lab.played(share, "tai"))


def what_is_wrong(errors, slewed):
    """Why the clock did not have the leap second as it should; or None."""
    before = max(abs(e) for e in errors[1000:AT - 2])
    over = AT + (SLEWED if slewed else SOON)
    after = max(abs(e) for e in errors[over:])
    middle = errors[AT + SOON:over]
    jumps = max((abs(b - a) for a, b in zip(middle, middle[1:])), default=0)
    print("# off by at most %.6f s before, %.6f s when it is over; by %.3f s "
          "in between, in steps of %.6f s" % (before, after, max(
              (abs(e) for e in middle), default=0), jumps))
    if before > GOOD:
        return "the clock was not right before"
    if after > GOOD:
        return "it is not over"
    if slewed and max(abs(e) for e in middle) < 0.5:
        return "the kernel had it"
    return "the clock was stepped" if jumps > 0.11 else None


def main():
    lab.require()
    failed = 0
    print("1..%d" % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as share:
        for i, (name, conf, leap, secret, slewed, wanted) in enumerate(CASES):
            errors, tai = run(share, conf, leap, secret)
            why = what_is_wrong(errors, slewed)
            if why is None and wanted is not None and tai != wanted:
                why = "TAI - UTC is %d s" % tai
            failed += why is not None
            print("%sok %d - %s" % ("not " if why else "", i + 1, name),
                  flush=True)
            if why:
                print("# " + why)
    sys.exit(1 if failed else 0)


main()
