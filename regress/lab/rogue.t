#!/usr/bin/env python3
"""An engine that was taken over moves the clock, on a real kernel in virtual
time: no farther than ntpd(8) says; the parent logs it, in few lines, and ntpctl
has the parent's figures, not the engine's.  In TAP.  Until the budget is spent,
or, if CHECK_LONG is set, into the next day; ROGUE_DAYS=7: a week."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

ROGUE = os.path.join(lab.TOP, os.environ.get("OBJ", "obj"), "lab", "rogue")

# The budget is spent in 10050 s, or 0.12 days, at 10 %.
DAYS = float(os.environ.get("ROGUE_DAYS",
                            "1.2" if "CHECK_LONG" in os.environ else "0.15"))
DAY = 86400
BUDGET = 1000                   # s a day beyond ...
FREE = 500e-6                   # ... that, of slews and of the frequency each
LIMIT = 3600                    # s a day of steps, as configured below

SCENARIO = """
duration = %d
settle = 1000
clock.offset = 0
clock.freq = 20e-6
servers = 1
all.delay = 200e-6
""" % (DAYS * DAY)

DAEMON = """
add_user _ntpd
mkdir -p /var/lib/ntpd /run/ntpd
cat >/tmp/ntpd.conf <<X
server %s
step limit 1 h
step %s
driftfile "/var/lib/ntpd/drift"
socket "$socket"
X
while :
do
	/srv/rogue -d -f /tmp/ntpd.conf
	sleep 10	# as ntpd.service
done &
at_end()
{
	"$NTPD_TREE/ntpctl/ntpctl" -S "$socket" -s status
}
"""

# What the engine does, when steps are permitted, how far the clock may be moved
# by steps and by slews beyond what is free, and what the log and ntpctl have to
# say.
CASES = (
    ("slew-back", "boot", 0, BUDGET,
     "slewing the clock back", "slewing:"),
    ("slew-back-ends", "boot", 0, BUDGET,
     "nobody has ended the last ntpd", "budget:"),
    ("frequency", "boot", 0, BUDGET,
     "moved by 1000 s at more than 500 ppm", "budget:"),
    ("step", "always 128 ms", LIMIT, 0,
     "clock set forward by 3600.000 s", "refused:"),
    ("slew-forward-frequency-step", "boot", LIMIT, BUDGET,
     "moved by 1000 s at more than 500 ppm", "refused:"),
)

# A movement of each kind, a refusal of each kind and the budget's end have
# five lines at once, and one in ten minutes.  An end and a start have sixteen.
LINES = (3 + 16) * int(DAYS * DAY) // 600 + 100


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as f:
        return f.read()


def run(share, mode, step):
    """(offsets by second, the daemon's log, what ntpctl says at the end)"""
    with open(share + "/scenario", "w", encoding="ascii") as f:
        f.write(SCENARIO)
    with open(share + "/daemon", "w", encoding="ascii") as f:
        f.write(DAEMON % (mode, step))
    out = share + "/out"
    subprocess.run(["rm", "-rf", out], check=True)
    # The statistics of what an engine invents are none.
    lab.run(share + "/scenario", lab.Daemon(share + "/daemon"), 7,
            lab.a_cpu(), out)
    return ([float(line.split()[1]) for line in
             read(out + "/offset.log").splitlines()],
            read(out + "/daemon.log"), read(out + "/at_end.log"))


def what_is_wrong(offsets, log, status, steps, slews, logged, shown):
    """Why this was more than is promised, or not an attack."""
    moved = max(map(abs, offsets), default=0)
    # A day by a clock that runs fast is shorter: one more may have begun.
    days = int(DAYS) + (2 if DAYS >= 1 else 1)
    # The budget is counted by the clock that is slewed, and may be slow.
    most = (steps + slews / 0.9) * days + (2 * FREE + 20e-6) * len(offsets)
    # A fast clock, and a frequency and a slew at once, spend it sooner.
    least = (0.9 * steps + 0.4 * slews) * max(1, int(DAYS))
    print("# moved by %.0f s, at most %.0f s; %d lines logged" % (
        moved, most, log.count("\n")))
    if len(offsets) < DAYS * DAY - 100:
        return "the run has ended after %d s" % len(offsets)
    if moved < least:
        return "the clock was not moved: this shows nothing"
    if moved > most:
        return "the clock was moved too far"
    if logged not in log:
        return "the log does not say: " + logged
    if log.count("\n") > LINES:
        return "the log is full"
    if shown not in status or "+1.250 ppm" in status or \
            "read-only:" in status:
        return "ntpctl believes the engine: " + " ".join(status.split())
    return None


def main():
    lab.require(ROGUE, "unit-tests")
    failed = 0
    print("1..%d" % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as share:
        subprocess.run(["cp", ROGUE, share], check=True)
        os.environ["LAB_SHARE"] = share
        for i, (mode, step, *expected) in enumerate(CASES):
            why = what_is_wrong(*run(share, mode, step), *expected)
            failed += why is not None
            print("%sok %d - %g days of %s, step %s" % (
                "not " if why else "", i + 1, DAYS, mode, step), flush=True)
            if why:
                print("# " + why)
    sys.exit(1 if failed else 0)


main()
