"""Judges what a daemon did in rough weather, from the logs of its run and of
one that started when the weather was calm."""
import math
import os
import statistics

from weather import CALM, CHAOS

# The oscillator changes no faster than this, s/s, says the certain bound.
CERTAIN_DRIFT = 15e-6

# No change of frequency is an excuse for longer than this, s.
LONGEST = 3600

# One error in a hundred is outside of the bound for 99 %; 1.5 times that bound
# is four standard errors, and one seed in ten thousand.
LUCK = 1.5

# The last part of the calm, s, in which everything has to be right again.
END = 1800

# A daemon is silent for as long as this, s, when it is restarted.
SILENCE = 300


class Claim:
    def __init__(self, line):
        f = line.split()
        self.second = int(f[0]) + 1     # at its end
        self.error, self.likely = abs(float(f[1])), float(f[4])
        self.synchronized, self.certain = f[6] == "1", float(f[8])


class Told:
    """What libntptime told programs at a second: an interval, if it is known,
    and by how much true time was outside of that, s."""
    KNOWN = ("1", "2")      # synchronized, free running

    def __init__(self, line):
        second, true, earliest, latest, status = line.split()
        self.second = int(second) + 1
        self.known = status in self.KNOWN
        self.out = max(float(earliest) - float(true),
                       float(true) - float(latest))


# Two readings of clocks are between them, s.
READING = 1e-6


def read(folder, name, make):
    with open(os.path.join(folder, name), encoding="ascii") as f:
        return [make(line) for line in f]


def rms(folder, duration):
    """Of the error in the last part."""
    errors = [float(line.split()[1]) for line in
              read(folder, "offset.log", str)[int(duration) - END:]]
    return math.sqrt(sum(e * e for e in errors) / len(errors))


class Run:
    """What happened in a run: WEATHER from second SINCE on."""

    def __init__(self, weather, folder, since=0):
        self.weather = weather
        self.duration = CHAOS + CALM - since
        self.claims = read(folder, "claims.log", Claim)
        self.told = read(folder, "page.log", Told)
        # When a server's answer came, to a request sent when, from whom.
        self.answers = read(folder, "answers.log", lambda line: [
            float(x) for x in line.split()])
        self.rms = rms(folder, self.duration)
        self.last = [c for c in self.claims
                     if c.second >= self.duration - END]
        self.excuses = list(excuses(weather)) if since == 0 else []

    def likely(self):
        return statistics.median(c.likely for c in self.last)

    def has_answered(self, k, since, apart, second):
        """Has server K by now answered a request that was sent after SINCE,
        and another APART later, if that is not 0?"""
        asked = [a for t, a, server in self.answers
                 if server == k and a >= since and t <= second]
        return asked != [] and (apart == 0 or asked[-1] >= asked[0] + apart)

    def is_over(self, since, apart, second):
        """Have a majority of the servers, and each that can be reached and is
        honest, answered since?"""
        servers = self.weather.servers
        here = [k for k, s in enumerate(servers, 1)
                if not inside(s.outs, second) and not inside(s.lies, second)]
        return 2 * len(here) > len(servers) and all(
            self.has_answered(k, since, apart, second) for k in here)

    def is_excused(self, second):
        """May the certain bound be wrong now?"""
        return any(a <= second and (
            second <= b or not self.is_over(b, apart, second))
            for a, b, apart in self.excuses)

    def wrongly_told(self):
        return [t for t in self.told if t.known and t.out > READING
                and not self.is_excused(t.second)]

    def false_claims(self):
        return [c for c in self.claims if c.error > c.certain
                and not self.is_excused(c.second)]


def inside(windows, t):
    return any(a <= t < b for a, b in windows)


def has_honest_majority(weather, t):
    """Not if liars can be reached, and the honest are not a majority then."""
    up = [s for s in weather.servers if not inside(s.outs, t)]
    lying = sum(inside(s.lies, t) for s in up)
    return lying == 0 or 2 * (len(up) - lying) > len(weather.servers)


def round_trip(weather):
    """The longest usual one, s: an answer tells no more of the clock."""
    return max(s.fwd + s.rev + sum(e[2] for e in s.events
                                   if e[1].endswith("shifts") and e[2] > 0)
               + 4 * s.jitter for s in weather.servers)


def excuses(weather):
    """When nobody can know: [from, to], and how far apart two answers must be
    that end it, 0 if one does.  That is after pauses, and while servers that
    lie are a majority.  And it is after changes of frequency beyond what the
    certain bound allows for.  One answer shows how far the clock has gone since
    the one before, which may not be much.  With another one, in which time it
    goes farther than a round trip hides, the frequency is known."""
    for at, _ in weather.pauses:
        yield at, at, 0
    for at, by, tau in weather.changes:
        excess = sum(abs(f) for t, f, _ in weather.changes
                     if at - 3600 < t <= at) - CERTAIN_DRIFT
        if excess > 0:
            yield at, at + 3 * tau, min(LONGEST, round_trip(weather) / excess)
    edges = sorted({t for s in weather.servers
                    for w in s.outs + s.lies for t in w})
    for a, b in zip(edges, edges[1:]):
        if not has_honest_majority(weather, a):
            yield a, b, 0


def complaints(run, fresh):
    """What is wrong with RUN, in words; FRESH began when it was calm."""
    if not run.last or run.last[-1].second < run.duration - SILENCE:
        yield "does not answer at the end"
        return
    if not all(c.synchronized for c in run.last):
        yield "not synchronized at the end"
    limit = math.inf
    if fresh.last:
        limit = max(3 * fresh.rms, LUCK * fresh.likely())
    if run.rms > limit:
        yield "%.3g s off at the end, fresh %.3g, likely %.3g" % (
            run.rms, fresh.rms, fresh.likely())
    for name, r in (("", run), ("fresh: ", fresh)):
        false = r.false_claims()
        if false:
            c = max(false, key=lambda c: c.error / max(c.certain, 1e-9))
            yield "%soutside of the certain bound %d times, at %d s by " \
                "%.3g s where %.3g is claimed%s" % (
                    name, len(false), c.second, c.error, c.certain,
                    "" if c.synchronized else " (not synchronized)")
        wrong = r.wrongly_told()
        if wrong:
            yield "%sprograms are told a wrong interval %d times, first at " \
                "%d s, by %.3g s at most" % (name, len(wrong),
                    wrong[0].second, max(t.out for t in wrong))
