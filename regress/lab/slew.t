#!/usr/bin/env python3
"""A slew ends by itself: the parent is stopped or killed in the middle of one,
and the clock does not run on.  In TAP, in the time lab."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

# What ntpd(8) says: within a minute a slew is over, ...
ENDS = 60
# ... and has moved the clock by no more than in so many seconds before, s: in
# 5 of a clock that runs 10 % slow.
MOVES = 5.56

# An oscillator's own error need not be corrected yet, s/s.
DRIFT = 25e-6

SCENARIO = """
duration = %d
settle = 100
clock.offset = %s
clock.freq = 20e-6
clock.wander = 1e-9
servers = 1
all.delay = 200e-6
all.jitter = 20e-6
%s
"""

# The guest stops or kills the parent when ntpctl says that the clock is slewed
# by at least MIN ppm, and writes down when that was.  A minute is a long time
# for a service manager, too.
DAEMON = """
raw()
{
	python3 -c 'import time; print(time.clock_gettime(4))' >>/mnt/out/raw
}
raw
add_user _ntpd
mkdir -p /var/lib/ntpd /run/ntpd
cat >/tmp/ntpd.conf <<X
server 203.0.113.1
step never
driftfile "/var/lib/ntpd/drift"
socket "$socket"
X
"$NTPD_TREE/ntpd/ntpd" -d -f /tmp/ntpd.conf &
parent=$!
slewing()
{
	"$NTPD_TREE/ntpctl/ntpctl" -S "$socket" -s status |
	    awk '$1 == "slewing:" && $3 >= MIN { f = 1 } END { exit !f }'
}
(
	sleep STEP
	until slewing; do sleep 5; done
	sleep 10
	kill -SIGNAL $parent
	raw
	CONTINUE
) &
"""

# When it is to be slewed, s, and the scenario for that: it is off at the start,
# or the server's time changes.
FAST = 0, "-30", ""
SLOW = 600, "0", "all.stepat = 600\nall.step = 0.1"

# name, signal, scenario, ppm of the slew, and whether the parent goes on later
CASES = (
    ("10 %, killed", "KILL", FAST, 100000, False),
    ("10 %, stopped", "STOP", FAST, 100000, False),
    ("10 %, stopped for 600 s", "STOP", FAST, 100000, True),
    ("500 ppm, killed", "KILL", SLOW, 500, False),
    ("500 ppm, stopped", "STOP", SLOW, 500, False),
)


def run(share, signal, scenario, least, goes_on):
    """(errors by second, second of the signal) of a run."""
    lab.play(share, SCENARIO % ((2200,) + scenario[1:]),
             DAEMON.replace("SIGNAL", signal).replace("MIN", str(least))
             .replace("STEP", str(scenario[0]))
             .replace("CONTINUE", "sleep 600; kill -CONT $parent"
                      if goes_on else ""))
    start, *at = map(float, lab.played(share, "raw").split())
    return lab.played_errors(share), int(at[0] - start) if at else None


def what_is_wrong(errors, at, rate, goes_on):
    """Why this is no end of a slew of RATE; None if it is one."""
    if at is None or at + 1000 > len(errors):
        return "there was no such slew"
    if goes_on and abs(errors[-1]) > 1e-3:
        return "the clock is off by %.3f s at the end" % errors[-1]
    if goes_on:
        errors = errors[:at + 590]
    moved = errors[at + ENDS] - errors[at]
    if abs(moved) > MOVES * rate + ENDS * DRIFT:
        return "it went on by %.6f s" % moved
    runs = (errors[-1] - errors[at + ENDS]) / (len(errors) - 1 - at - ENDS)
    return None if abs(runs) < DRIFT else \
        "the clock runs on at %.1f ppm" % (runs * 1e6)


def main():
    lab.require()
    failed = 0
    print("1..%d" % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as share:
        for i, (name, signal, scenario, ppm, goes_on) in enumerate(CASES):
            errors, at = run(share, signal, scenario, 0.6 * ppm, goes_on)
            why = what_is_wrong(errors, at, ppm * 1e-6, goes_on)
            failed += why is not None
            print("%sok %d - %s" % ("not " if why else "", i + 1, name),
                  flush=True)
            if at is not None:
                shown = [at + s for s in (0, 5, 20, 60, 600)
                         if at + s < len(errors)]
                print("# s after second %d: off by s, " % at + ", ".join(
                    "%d: %.6f" % (s - at, errors[s]) for s in shown))
            if why:
                print("# " + why)
    sys.exit(1 if failed else 0)


main()
