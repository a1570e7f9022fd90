#!/usr/bin/env python3
"""Events on two machines in their order, in TAP: two guests, each with its own
clock, which other programs set now and then, and with the same five servers, of
which two lie.  Each second is an event on both, with the interval that
libntptime gave; what is certainly before the other was."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

SCENARIO = """
duration = 4000
settle = 600
servers = 5
all.delay = 4e-3
all.jitter = 500e-6
s1.offset = 0.2
s1.steps = 1500:-0.4
s1.steps = 2500:3600.2
s2.jump = 0.03
s2.jump_every = 400
"""
MACHINES = (("clock.offset = 0.05\nclock.freq = 35e-6\nclock.wander = 2e-9\n"
             "clock.steps = 900:0.3\nclock.steps = 2100:-1.5\n"
             "clock.steps = 3000:0.002\n"),
            ("clock.offset = -0.1\nclock.freq = -60e-6\nclock.wander = 2e-9\n"
             "clock.steps = 1200:-0.2\nclock.steps = 2700:2\n"))

# Pairs of events so far apart are compared, s.
WINDOW = 150

KNOWN = ("1", "2")      # synchronized, free running


def events(folder, machine, cpu):
    """[(true time, earliest, latest, whether that is known)] of machine number
    MACHINE; the clock showed the middle."""
    scenario = os.path.join(folder, "machine%d" % machine)
    with open(scenario, "w", encoding="ascii") as f:
        f.write(SCENARIO + MACHINES[machine])
    keep = os.path.join(folder, "run%d" % machine)
    os.mkdir(keep)
    result, why = lab.run(scenario, lab.Daemon("ours"), 7 + machine, cpu, keep)
    if result is None:
        return [], why
    with open(os.path.join(keep, "page.log"), encoding="ascii") as f:
        lines = [line.split() for line in f]
    return [(float(t), float(low), float(high), status in KNOWN)
            for _, t, low, high, status in lines], None


def compare(a, b):
    """How many pairs there are, how many of them are in a certain order, how
    many of these are wrong, and how many if the clocks are believed."""
    pairs = certain = wrong = believed = first = 0
    for t, low, high, known in a:
        while first < len(b) and b[first][0] < t - WINDOW:
            first += 1
        for u, low2, high2, known2 in b[first:]:
            if u > t + WINDOW:
                break
            believed += (low + high < low2 + high2) != (t < u)
            if not known or not known2:
                continue
            pairs += 1
            certain += high < low2 or high2 < low
            wrong += (high < low2 and not t < u) or \
                (high2 < low and not u < t)
    return pairs, certain, wrong, believed


def main():
    lab.require()
    print("1..4", flush=True)
    with tempfile.TemporaryDirectory(prefix="ntpd-lab.") as folder:
        found = dict(lab.pool(range(2), 2, lambda machine, cpu: events(
            folder, machine, cpu)))
    failed = 0
    number = 0

    def ok(holds, name):
        nonlocal failed, number
        number += 1
        failed += not holds
        print("%sok %d - %s" % ("" if holds else "not ", number, name),
              flush=True)

    for why in (found[0][1], found[1][1]):
        if why:
            print("# " + why.replace("\n", "\n# "))
    a, b = (found[machine][0] for machine in range(2))
    pairs, certain, wrong, believed = compare(a, b)
    known = [sum(event[3] for event in them) for them in (a, b)]
    ok(min(known) > 3800, "both nearly always know the time: %d and %d s" %
       tuple(known))
    ok(pairs > 1000000 and wrong == 0, "%d of %d pairs are in the wrong order"
       % (wrong, pairs))
    ok(certain > 0.98 * pairs, "of %d pairs the order is known" % certain)
    ok(believed > 0, "by the clocks alone %d more would be wrong" % believed)
    sys.exit(failed != 0)


main()
