#!/usr/bin/env python3
"""The kernel's PLL was left with 400 ms still to correct: by a former daemon,
or by another program while ours runs.  In TAP, in the time lab."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

SCENARIO = """
duration = 7200
settle = 2000
clock.offset = 0
clock.freq = 20e-6
clock.wander = 1e-9
servers = 1
all.delay = 200e-6
all.jitter = 20e-6
"""

# What the guest runs before it starts the daemon, and how often the daemon
# has to say that another program steers the clock.
CASES = {
    "left on": ("/srv/leavepll 400000 on", 0),
    "left off": ("/srv/leavepll 400000 off", 0),
    "left meanwhile": ("(sleep 1000; /srv/leavepll -400000 off) &", 1),
}


def run(share, command):
    """(result or {}, the daemon's log) after COMMAND."""
    result = lab.play(share, SCENARIO,
                      command + "\n. /mnt/tree/regress/lab/daemons/ours\n")
    return result, lab.played(share, "daemon.log")


def main():
    lab.require()
    failed = 0
    print("1..%d" % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as share:
        subprocess.run(["cc", "-O2", "-o", share + "/leavepll",
                        os.path.join(lab.HERE, "leavepll.c")], check=True)
        os.environ["LAB_SHARE"] = share
        for i, (name, (command, said)) in enumerate(CASES.items()):
            result, log = run(share, command)
            times = log.count("another program steers the clock")
            good = result.get("max", 1) < 1e-3 and times == said
            failed += not good
            print("%sok %d - %s: the clock is within 1 ms" % (
                "" if good else "not ", i + 1, name), flush=True)
            if not good:
                print("# at most %s s, said %d times\n# %s" % (
                    result.get("max"), times, log.replace("\n", "\n# ")))
    sys.exit(1 if failed else 0)


main()
