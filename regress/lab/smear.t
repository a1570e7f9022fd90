#!/usr/bin/env python3
"""Servers of which some smear a leap second, from noon to noon: those are set
apart, and the clock has its leap second by the kernel; if all do, it follows
them.  In TAP, in the time lab; each case takes a minute, so only with
CHECK_LONG."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

SERVERS = 4
HALF_DAY = 43200
NOON = 7200             # s
AT = NOON + HALF_DAY    # the leap second
LENGTH = AT + HALF_DAY + 1800
NEW_YEAR = 4007750400   # 2027, s since 1900

SCENARIO = """
duration = %d
settle = 3600
leapat = %d
leap = %%d
leapsecret = %%d
clock.freq = 20e-6
clock.wander = 1e-9
servers = %d
all.delay = 200e-6
all.jitter = 20e-6
""" % (LENGTH, AT, SERVERS)

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
(
	sleep %d
	"$NTPD_TREE/ntpctl/ntpctl" -S "$socket" -s selection \\
	    >/mnt/out/selection
) &
""" % (NEW_YEAR + 86400 * 90, NEW_YEAR - 86400 * 3652, NEW_YEAR, AT - 600)

LIST = 'leapfile "/tmp/list"\n'

# name, ntpd.conf, leap second, unannounced, servers that smear
CASES = (
    ("two of four, as listed", LIST, 1, 1, 2),
    ("two of four, as announced", "", -1, 0, 2),
    ("three of four, as listed", LIST, -1, 1, 3),
    ("all of four, as listed", LIST, 1, 1, 4),
)

# What most do is followed until it is clear that they smear, s.
FOLLOWED = 20e-3
GOOD = 1e-3


def run(share, conf, leap, secret, smear):
    """(errors by second, the selection before midnight) of a run."""
    lab.play(share, SCENARIO % (leap, secret) +
             "".join("s%d.smears = 1\n" % (i + 1) for i in range(smear)),
             DAEMON.replace("CONF", conf).replace("CHANGED", str(37 + leap)))
    return lab.played_errors(share), lab.played(share, "selection")


def shift(leap, t):
    """What a smear is ahead of UTC at T."""
    seconds = t - AT - (leap > 0)
    if abs(seconds) >= HALF_DAY:
        return 0
    return leap * ((seconds > 0) - (seconds + HALF_DAY) / (86400 + leap))


def what_is_wrong(errors, selection, leap, smear):
    """Why these are not as they should be; or None."""
    if smear == SERVERS:
        errors = [e - shift(leap, t) for t, e in enumerate(errors)]
    if len(errors) < LENGTH - 10:
        return "the run was cut off after %d s" % len(errors)
    before = max(abs(e) for e in errors[3600:NOON])
    noon = max(abs(e) for e in errors[NOON:NOON + 3600])
    middle = max(abs(e) for e in errors[NOON + 3600:AT - 2])
    after = max(abs(e) for e in errors[AT + 5:AT + HALF_DAY])
    print("# off by at most %.6f s before noon, %.6f s in an hour after, "
          "%.6f s until midnight, %.6f s after it" %
          (before, noon, middle, after))
    apart = selection.count("it smears a leap second")
    if apart != (smear if smear < SERVERS else 0):
        print("# " + selection.replace("\n", "\n# "))
        return "%d servers are set apart" % apart
    if max(before, middle, after) > GOOD or noon > FOLLOWED:
        return "the clock is wrong"
    return None


def main():
    if not os.environ.get("CHECK_LONG"):
        print("1..0 # SKIP a run of days, with CHECK_LONG only")
        return
    lab.require()
    os.environ.setdefault("LAB_TIMEOUT", "1800")
    failed = 0
    print("1..%d" % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as share:
        for i, (name, conf, leap, secret, smear) in enumerate(CASES):
            why = what_is_wrong(*run(share, conf, leap, secret, smear), leap,
                                smear)
            failed += why is not None
            print("%sok %d - %s" % ("not " if why else "", i + 1, name),
                  flush=True)
            if why:
                print("# " + why)
    sys.exit(1 if failed else 0)


main()
