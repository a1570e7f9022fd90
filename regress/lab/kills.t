#!/usr/bin/env python3
"""Processes of the daemon are killed and stopped at random, with a real clock
that is set, in virtual time: the time stays right, nothing is left behind, and
the drift file is whole.  In TAP, in the time lab.  For an hour; with CHECK_LONG
for almost a day."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

DURATION = 86400 if "CHECK_LONG" in os.environ else 7200
SETTLE = 1800                   # s, before it begins

# The frequency stays corrected while nobody steers the clock: 1 ppm that it
# may be off is little in the 90 s until a held up daemon is started again.
MOST = 1e-3                     # s

SCENARIO = """
duration = %d
settle = %d
clock.offset = 0.01
clock.freq = 20e-6
clock.wander = 1e-9
servers = 3
all.delay = 200e-6
all.jitter = 20e-6
""" % (DURATION, SETTLE)

# The service manager's part, and the killer.
DAEMON = """
add_user _ntpd
mkdir -p /var/lib/ntpd /run/ntpd
for s in $SERVERS; do
	echo "server $s"
done >/tmp/ntpd.conf
cat >>/tmp/ntpd.conf <<X
listen on 127.0.0.1
driftfile "/var/lib/ntpd/drift"
socket "$socket"
X
while :
do
	"$NTPD_TREE/ntpd/ntpd" -d -f /tmp/ntpd.conf
	echo "ended with status $?"
	sleep 10	# as ntpd.service
done &
(
	sleep %d
	exec python3 /srv/killer %d
) &
at_end()
{
	"$NTPD_TREE/ntpctl/ntpctl" -S "$socket" -w 1 -s status
	ls /var/lib/ntpd
	cat /var/lib/ntpd/drift
	for p in /proc/[0-9]*
	do
		tr '\\0' ' ' <$p/cmdline | grep ntpd: | grep -v grep
	done
}
"""

# It leaves the last half hour in peace.  The parent alone is hit seldom.
KILLER = """
import os, random, re, signal, sys, time
random.seed(7)
end = time.monotonic() + float(sys.argv[1])

def processes():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid) as f:
                args = f.read().split("\\0")
        except OSError:
            continue
        name = re.match(r"ntpd: (\\w+)", args[0])
        if name:
            yield name[1], int(pid)
        elif args[0].endswith("/ntpd/ntpd"):
            yield "parent", int(pid)

while time.monotonic() < end:
    time.sleep(10 ** random.uniform(-1, 2.8))
    found = sorted(processes())
    names = sorted({n for n, _ in found} - {"parent"})
    if random.random() < 0.05:
        names = ["parent"]
    if not names:
        continue
    name = random.choice(names)
    pid = random.choice([p for n, p in found if n == name] or [0])
    sig = random.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP,
        signal.SIGTERM))
    if pid == 0 or name == "parent" and sig == signal.SIGSTOP:
        continue
    print("killer: %s to %s" % (sig.name, name), flush=True)
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        pass
"""


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def main():
    lab.require()
    with tempfile.TemporaryDirectory() as share:
        os.environ["LAB_SHARE"] = share
        for name, text in (("scenario", SCENARIO), ("killer", KILLER),
                           ("daemon", DAEMON % (SETTLE, DURATION -
                                                SETTLE - 1800))):
            with open(os.path.join(share, name), "w",
                      encoding="ascii") as f:
                f.write(text)
        out = os.environ.get("KILLS_KEEP", share + "/out")
        result, why = lab.run(share + "/scenario", lab.Daemon(
            share + "/daemon"), 7, lab.a_cpu(), out)
        if why:
            print("# " + " ".join(why.split()))
        judge(result or {}, read(out + "/daemon.log"),
              read(out + "/at_end.log"))


def judge(result, log, end):
    kills = log.count("killer: ")
    left = sorted(re.findall(r"ntpd: (\w+)", end))
    errors = [
        ("%d signals: the clock is within 1 ms" % kills,
         kills > (DURATION - SETTLE) / 600 and result.get("max", 1) < MOST),
        ("it is synchronized in the end", "synchronized to" in end),
        ("no process is left behind", len(left) == len(set(left)) >= 5),
        ("the drift file is whole, and alone",
         re.search(r"^drift\n-?\d+\.\d+ \d+\.\d+$", end, re.M)),
        ("the log is short", log.count("\n") < 15 * kills + 100),
    ]
    print("1..%d" % len(errors), flush=True)
    for number, (name, good) in enumerate(errors, 1):
        print("%sok %d - %s" % ("" if good else "not ", number, name))
    if not all(good for _, good in errors):
        print("# %s\n# %s\n# %s" % (result, end.replace("\n", "\n# "),
                                    log[-6000:].replace("\n", "\n# ")))
    sys.exit(0 if all(good for _, good in errors) else 1)


main()
