#!/usr/bin/env python3
"""Tests of the judge of rough weather, on logs that are made up, and of the
weather, in TAP."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import judge  # noqa: E402
import weather  # noqa: E402
from weather import CALM, CHAOS  # noqa: E402

NOW = 10000     # s, when something happens


class Quiet(weather.Weather):
    """Three servers, 1 ms away, and what a case does to them."""

    def __init__(self, spoil=None):
        super().__init__(1)
        self.events, self.changes, self.pauses = [], [], []
        self.servers = [weather.Server(self.rnd, False) for _ in range(3)]
        for s in self.servers:
            s.fwd = s.rev = 1e-3
            s.jitter = 0
        if spoil:
            spoil(self)


def write(folder, duration, claim, answers, error):
    """Logs: a claim each minute, 10 us off unless CLAIM changes that, answers
    of servers 1 to 3 at these times, and this error each second.  Programs are
    told an interval of 2 ms, TOLD off, and the status TOLD_STATUS."""
    with open(os.path.join(folder, "page.log"), "w", encoding="ascii") as f:
        for t in range(59, int(duration), 60):
            c = {"told": 0, "told_status": 1, **(claim(t + 1) or {})}
            f.write("%d %d %.9f %.9f %d\n" % (t, t, t + c["told"] - 1e-3,
                                              t + c["told"] + 1e-3,
                                              c["told_status"]))
    with open(os.path.join(folder, "claims.log"), "w", encoding="ascii") as f:
        for t in range(59, int(duration), 60):
            c = {"error": 1e-5, "likely": 5e-5, "certain": 1e-3,
                 "synchronized": 1, **(claim(t + 1) or {})}
            if c["synchronized"] is not None:
                f.write("%d %.9f 0 0 %.9f 0 %d 0 %.9f\n" % (
                    t, c["error"], c["likely"], c["synchronized"],
                    c["certain"]))
    with open(os.path.join(folder, "answers.log"), "w", encoding="ascii") as f:
        for t in answers:
            for k in (1, 2, 3):
                f.write("%.3f %.3f %d\n" % (t + 0.002, t, k))
    with open(os.path.join(folder, "offset.log"), "w", encoding="ascii") as f:
        for t in range(int(duration)):
            f.write("%d %.9f 0\n" % (t, error))


def verdict(spoil=None, claim=lambda t: None, answers=(), error=1e-5,
            fresh=1e-5):
    w = Quiet(spoil)
    with tempfile.TemporaryDirectory() as a, \
            tempfile.TemporaryDirectory() as b:
        write(a, CHAOS + CALM, claim, answers, error)
        write(b, CALM, lambda t: None, (), fresh)
        return list(judge.complaints(judge.Run(w, a),
                                     judge.Run(w, b, CHAOS)))


def wrong(since, until):
    """A claim that is false from SINCE to UNTIL."""
    return lambda t: {"error": 2e-3} if since <= t <= until else None


def told(by, status=1):
    """Programs are told something wrong for a while."""
    return lambda t: {"told": by, "told_status": status} \
        if NOW <= t <= NOW + 100 else None


def pause(w):
    w.pauses.append((NOW, 1.0))


def fast(ppm):
    return lambda w: w.changes.append((NOW, ppm * 1e-6, 0))


def lies(n):
    def spoil(w):
        for s in w.servers[:n]:
            s.lies.append((NOW, NOW + 1000))
    return spoil


def out_and_lie(w):
    w.servers[0].lies.append((NOW, NOW + 1000))
    w.servers[1].outs.append((NOW, NOW + 1000))


END = CHAOS + CALM
SOON = wrong(NOW, NOW + 100)
CASES = (
    ("all is well", {}, None),
    ("silent at the end", {"claim": lambda t: t > END - 400 and
                           {"synchronized": None}}, "does not answer"),
    ("not synchronized at the end", {"claim": lambda t: t > END - 200 and
                                     {"synchronized": 0}}, "not synchr"),
    ("not synchronized before", {"claim": lambda t: t < END - 2000 and
                                 {"synchronized": 0}}, None),
    ("four times as far off as fresh", {"error": 8e-5, "fresh": 2e-5},
     "off at the end"),
    ("as far off as luck may be", {"error": 7e-5}, None),
    ("outside of the certain bound", {"claim": SOON}, "outside"),
    ("outside after a pause", {"claim": SOON, "spoil": pause}, None),
    ("outside before a pause", {"claim": wrong(NOW - 100, NOW - 50),
                                "spoil": pause}, "outside"),
    ("after a pause and answers", {
        "claim": SOON, "spoil": pause, "answers": [NOW + 10]}, "outside"),
    ("after a pause and answers that were asked for before", {
        "claim": SOON, "spoil": pause, "answers": [NOW - 0.001]}, None),
    ("after 10 ppm", {"claim": SOON, "spoil": fast(10)}, "outside"),
    ("after 50 ppm and one answer", {
        "claim": SOON, "spoil": fast(50), "answers": [NOW + 20]}, None),
    ("after 50 ppm and answers that are too close", {
        "claim": SOON, "spoil": fast(50), "answers": [NOW + 20, NOW + 70]},
     None),
    ("after 50 ppm and answers that tell", {
        "claim": wrong(NOW, NOW + 200), "spoil": fast(50),
        "answers": [NOW + 20, NOW + 90]}, "outside"),
    ("programs are told what is right", {"claim": told(-0.9e-3)}, None),
    ("programs are told what is wrong", {"claim": told(1.1e-3)}, "are told"),
    ("as free running", {"claim": told(-1.1e-3, 2)}, "are told"),
    ("but that it may be", {"claim": told(9, 3)}, None),
    ("programs are told that after a pause", {
        "claim": told(-1), "spoil": pause}, None),
    ("and after answers", {"claim": told(-1), "spoil": pause,
                           "answers": [NOW + 10]}, "are told"),
    ("two of three lie", {"claim": SOON, "spoil": lies(2)}, None),
    ("one of three lies", {"claim": SOON, "spoil": lies(1)}, "outside"),
    ("one lies, one cannot be reached", {
        "claim": SOON, "spoil": out_and_lie}, None),
    ("after lies and answers", {
        "claim": wrong(NOW + 1100, NOW + 1200), "spoil": lies(2),
        "answers": [NOW + 1050]}, "outside"),
)


def is_fair(w):
    """Liars are a minority, the frequency is what the kernel can correct, and
    in the calm nothing happens and everybody tells the truth."""
    times = [e[0] for e in w.events] + [c[0] for c in w.changes] + [
        t for s in w.servers for e in s.events for t in e[:1]] + [
        t for s in w.servers for o in s.outs + s.lies for t in o]
    lies = [sum(by if key == "steps" else by * (CHAOS - at)
                for at, key, by in s.events if key in ("steps", "fsteps"))
            for s in w.servers]
    return 2 * sum(s.liar for s in w.servers) < len(w.servers) \
        and abs(w.frequency_at(CHAOS)) <= weather.FREQUENCY \
        and all(0 < t <= CHAOS for t in times) \
        and all(abs(x) < 1e-6 for x in lies)


def main():
    failed = 0
    checks = []
    for name, case, want in CASES:
        got = verdict(**case)
        checks.append((name, got == [] if want is None else
                       len(got) == 1 and want in got[0], got))
    lines = [list(weather.Weather(s).lines()) for s in (1, 1, 2)]
    checks += [("the same seed, the same weather", lines[0] == lines[1], ""),
               ("another seed, another weather", lines[0] != lines[2], ""),
               ("500 seeds are fair", all(is_fair(weather.Weather(s))
                                          for s in range(500)), "")]
    print("1..%d" % len(checks))
    for i, (name, holds, got) in enumerate(checks, 1):
        failed += not holds
        print("%sok %d - %s%s" % ("" if holds else "not ", i, name,
                                  "" if holds else " # %s" % got))
    sys.exit(1 if failed else 0)


main()
