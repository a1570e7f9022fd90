"""Rough weather for the time lab: from a seed, a machine, its servers and what
happens to them for some hours; then nothing happens any more.  The same seed
gives the same weather."""
import math
import random

CHAOS = 6 * 3600        # s in which things happen
CALM = 2.5 * 3600       # s in which nothing does, afterwards
FIRST = 300             # s, the earliest event
APART = 1800            # s, the mean between two events

# Total error of the oscillator's frequency, s/s: below the 500 ppm that the
# kernel's frequency alone can correct.  Scenarios have more.
FREQUENCY = 400e-6

YEAR = 365 * 86400


class Server:
    """One server, and when it lies or cannot be reached: [(from, to)]."""

    def __init__(self, rnd, liar):
        self.liar = liar
        self.fwd = log_uniform(rnd, 50e-6, 50e-3)
        self.rev = self.fwd * rnd.uniform(0.94, 1.06)
        self.jitter = self.fwd * log_uniform(rnd, 0.01, 0.3)
        self.loss = rnd.choice((0, 0, 0.01, 0.05))
        self.shift = {"fwd": 0.0, "rev": 0.0}
        self.lies, self.outs, self.events = [], [], []


class Weather:
    """A scenario: lines() writes it, the rest is for the judge."""

    def __init__(self, seed):
        rnd = self.rnd = random.Random(seed)
        n = rnd.choice((1, 1, 2, 3, 3, 4, 4, 5))
        liars = rnd.randint(0, (n - 1) // 2)
        self.servers = [Server(rnd, i < liars) for i in range(n)]
        self.offset = signed(rnd, 1e-3, 1)
        self.freq = signed(rnd, 1e-6, 100e-6)
        self.wander = log_uniform(rnd, 1e-10, 3e-9)
        self.hour = rnd.choice((0, log_uniform(rnd, 1e-8, 5e-7)))
        self.events = []        # (at, key, value) of the world
        self.changes = []       # (at, by, tau) of the frequency
        self.pauses = []        # (at, s)
        self.story = []         # for people
        self.restarted = 0
        at = FIRST + rnd.expovariate(1 / APART)
        while at < CHAOS:
            rnd.choice(KINDS)(self, round(at))
            at += rnd.expovariate(1 / APART)

    def note(self, at, text, *values):
        self.story.append("%d:" % at + text % values)

    def frequency_at(self, at):
        return self.freq + sum(by for t, by, _ in self.changes if t <= at)

    def change(self, at, by, tau):
        """A change of frequency; the other way if it would be too much."""
        if abs(self.frequency_at(at) + by) > FREQUENCY:
            by = -by
        self.changes.append((at, by, tau))
        self.note(at, "f%+.1fppm" % (by * 1e6) +
                  ("/%.0fs" % tau if tau else ""))

    def lines(self, since=0):
        """The scenario; from SINCE on, with a daemon that starts then and
        with nobody who sets the clock or stops the machine."""
        yield "duration = %d" % (CHAOS + CALM - since)
        yield "settle = %d" % (CHAOS + CALM - since - 1800)
        yield "ask = 61"
        yield "clock.offset = %.9g" % self.offset
        yield "clock.freq = %.9g" % self.freq
        yield "clock.wander = %.9g" % self.wander
        yield "clock.hour = %.9g" % self.hour
        for at, by, tau in self.changes:
            yield "clock.fsteps = %d:%.9g:%d" % (at - since, by, tau)
        for at, key, by in self.events if since == 0 else []:
            yield "%s = %d:%.9g" % (key, at, by)
        yield "servers = %d" % len(self.servers)
        for i, s in enumerate(self.servers, 1):
            yield "s%d.fwd_delay = %.9g" % (i, s.fwd)
            yield "s%d.rev_delay = %.9g" % (i, s.rev)
            yield "s%d.jitter = %.9g" % (i, s.jitter)
            yield "s%d.loss = %g" % (i, s.loss)
            for at, key, by in s.events:
                yield "s%d.%s = %d:%.12g" % (i, key, at - since, by)
            for a, b in s.outs:
                yield "s%d.out = %d-%d" % (i, a - since, b - since)


def log_uniform(rnd, low, high):
    return math.exp(rnd.uniform(math.log(low), math.log(high)))


def signed(rnd, low, high):
    return rnd.choice((-1, 1)) * log_uniform(rnd, low, high)


def until(rnd, at, low, high):
    """When something that begins AT is over: in the chaos, at any rate."""
    return min(CHAOS, round(at + log_uniform(rnd, low, high)))


def frequency_step(w, at):
    w.change(at, signed(w.rnd, 0.1e-6, 100e-6), 0)


def frequency_ramp(w, at):
    w.change(at, signed(w.rnd, 0.1e-6, 20e-6),
             round(log_uniform(w.rnd, 60, 1800)))


def pause(w, at):
    """The machine stands still, and its kernel does not know."""
    s = log_uniform(w.rnd, 1e-3, 3600)
    w.pauses.append((at, s))
    w.events.append((at, "clock.pauses", s))
    w.note(at, "pause%.3f", s)


def set_clock(w, at):
    """Another program steps the clock."""
    by = signed(w.rnd, 1e-3, 1000)
    w.events.append((at, "clock.steps", by))
    w.note(at, "set%+.3f", by)


def restart(w, at):
    """With the drift file of another machine."""
    freq = w.rnd.uniform(-300e-6, 300e-6)
    if at < w.restarted + 60:
        return
    w.restarted = at
    w.events.append((at, "restart", freq))
    w.note(at, "restart%+.0fppm", freq * 1e6)


def route(w, at):
    """The way there, back or both get longer or as they were."""
    k = w.rnd.randrange(len(w.servers))
    s = w.servers[k]
    extra = w.rnd.choice((0, log_uniform(w.rnd, 1e-4, 30e-3)))
    for way in w.rnd.choice((("fwd",), ("rev",), ("fwd", "rev"))):
        s.events.append((at, way + "_shifts", extra - s.shift[way]))
        s.shift[way] = extra
        w.note(at, "s%d.%s+%.4f", k + 1, way, extra)


def outage(w, at):
    """Of one server, or of all."""
    some = w.rnd.choice((w.servers, [w.rnd.choice(w.servers)]))
    end = until(w.rnd, at, 60, 7200)
    for s in some:
        s.outs.append((at, end))
    w.note(at, "out%d-%d", len(some), end)


def lie(w, at, servers, least, most, longest):
    """These are off by as much, until they are not."""
    by = signed(w.rnd, least, most)
    end = until(w.rnd, at, 60, longest)
    for s in servers:
        s.events += [(at, "steps", by), (end, "steps", -by)]
        s.lies.append((at, end))
    w.note(at, "lie%d%+.4f-%d", len(servers), by, end)


def liar(w, at):
    liars = [s for s in w.servers if s.liar]
    if liars:
        lie(w, at, [w.rnd.choice(liars)], 1e-4, 1000, 7200)


def creep(w, at):
    """A liar's clock runs off; in the end it is corrected."""
    liars = [s for s in w.servers if s.liar]
    if not liars:
        return
    s = w.rnd.choice(liars)
    rate, end = signed(w.rnd, 1e-7, 1e-4), until(w.rnd, at, 600, 7200)
    s.events += [(at, "fsteps", rate), (end, "fsteps", -rate),
                 (end, "steps", -rate * (end - at))]
    s.lies.append((at, end))
    w.note(at, "creep%+.2fppm-%d", rate * 1e6, end)


def glitch(w, at):
    """All servers are wrong together for a while, or most of them."""
    n = w.rnd.randint(len(w.servers) // 2 + 1, len(w.servers))
    lie(w, at, w.rnd.sample(w.servers, n), 1e-3, YEAR, 1800)


KINDS = (frequency_step, frequency_ramp, pause, set_clock, restart, route,
         outage, liar, creep, glitch)
