#!/usr/bin/env python3
"""Reference clocks by the drivers of a real kernel, in TAP: a pulse that comes
at no particular moment (pps-ktimer) is read, and not believed; with one that
comes at each second, and with a PTP clock that is right, the clock is.  The
latter two are by clocks.c, and played with CHECK_LONG only."""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

SCENARIO = """
duration = %d
settle = 900
clock.offset = 0.01
clock.freq = 15e-6
clock.wander = 2e-10
servers = 3
all.delay = 5e-3
all.jitter = 200e-6
"""

# Clocks of clocks.c: what the scenario says of them.
SIMULATED = (("pps", "pulse.jitter = 1e-6\npulse.device = 1\n"),
             ("ptp", "ptp = 1\n"))

# What ntpctl -s peers shows of the sensor called that.
LINE = re.compile(r"^(.)%s +(\S+) +\d+ +\S+ +\d+ +(\d+) ", re.M)


def play(folder, name, seconds, keys="", line=None):
    """(result, what ntpctl said at its end, None), or what is wrong instead.
    LINE is one more of ntpd.conf."""
    scenario = os.path.join(folder, name)
    with open(scenario, "w", encoding="ascii") as f:
        f.write(SCENARIO % seconds + keys)
    daemon = "ours"
    if line is not None:
        daemon = os.path.join(folder, name + ".daemon")
        with open(os.path.join(lab.HERE, "daemons", "ours"),
                  encoding="ascii") as f:
            text = f.read()
        with open(daemon, "w", encoding="ascii") as f:
            f.write(text.replace("cat >>/tmp/ntpd.conf <<X\n",
                                 "cat >>/tmp/ntpd.conf <<X\n%s\n" % line))
    keep = os.path.join(folder, name + ".run")
    os.mkdir(keep)
    result, why = lab.run(scenario, lab.Daemon(daemon), 3, lab.a_cpu(), keep)
    if result is None:
        return None, "", why
    with open(os.path.join(keep, "at_end.log"), encoding="utf-8") as f:
        return result, f.read(), None


def main():
    lab.require()
    long = os.environ.get("CHECK_LONG")
    print("1..%d" % (3 if long else 1), flush=True)
    failed = 0
    number = 0

    def ok(holds, name, why="", skipped=None):
        nonlocal failed, number
        number += 1
        if skipped:
            print("ok %d # SKIP %s" % (number, " ".join(skipped.split())))
            return
        failed += not holds
        print("%sok %d - %s" % ("" if holds else "not ", number, name),
              flush=True)
        if not holds:
            print("# " + str(why).replace("\n", "\n# "))

    with tempfile.TemporaryDirectory(prefix="ntpd-lab.") as folder:
        result, shown, why = play(folder, "ktimer", 1500, line="sensor pps0")
        found = re.search(LINE.pattern % "pps0", shown, re.M)
        ok(result and found and found[1] in "x " and found[3] == "377" and
           result["max"] < 1e-3, "pps-ktimer is read, and not believed",
           why or shown)
        for name, keys in SIMULATED if long else ():
            result, shown, why = play(folder, name, 3600, keys)
            lacks = why and "lacks its driver" in why
            # Of 21 claims of 99 %, one may be wrong.
            ok(result and result["rms"] < 1e-6 and
               result["coverage"] >= 0.95 and
               result["certain_coverage"] == 1 and result["steps"] == 0,
               "the kernel's %s: the clock is right" % name,
               why or (result, shown), lacks and "the lab's kernel lacks "
               "its driver: remove it, then run build-kernel")
    sys.exit(failed != 0)


main()
