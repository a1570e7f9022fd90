"""What compare, check-lab and the tests have in common: running many daemons
through many scenarios, and what is to be computed from the results."""
import concurrent.futures
import json
import math
import os
import queue
import random
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")

# Scenarios in which something breaks, and what must be at most this
# afterwards, whatever the seed; a name with / is a ratio to chronyd.  A clock
# that runs off by 50 ppm is noticed after two answers of a LAN server, asked
# every 64 s; of a far one, after 1024 s each, and it may be 100 ms off then.
# Within half an hour of that it is right again.  Nobody believes a glitch of
# a day or a year that lasts for 20 minutes; when the only server that answers
# at the start is a year ahead, the step is undone within an hour.  If those
# that agreed are gone, one that is left and contradicts them is heard after
# four requests to each: 1024 s at most until it is asked, and a few minutes.
# The nearest of four servers, which runs off by 45 ppm, takes the clock with
# it as far as the others' paths may be off; what is certain holds.
ROUGH = {
    "fstep": {"max": 10e-3, "t1ms": 16200, "steps": 0},
    "fstep10": {"max": 2e-3, "t1ms": 16200, "steps": 0, "/rms": 1},
    "fstep4": {"max": 0.1, "t1ms": 18300, "steps": 1, "/rms": 1},
    "foreigndrift": {"max": 1e-3, "t1ms": 1800, "steps": 0},
    "dayglitch": {"max": 10e-3, "t1ms": 18000, "steps": 0},
    "yearglitch": {"max": 10e-3, "t1ms": 18000, "steps": 0},
    "late": {"max": 1e-3, "t1ms": 3600, "steps": 2},
    "lanwan": {"max": 1e-3, "t1ms": 600, "steps": 1, "/rms": 1},
    "freq520": {"max": 1e-3, "t1ms": 1800, "steps": 0, "/rms": 1},
    "freq800": {"max": 1e-3, "t1ms": 1800, "steps": 0, "/rms": 0.75},
    "freq9000": {"max": 1e-3, "t1ms": 3600, "steps": 1, "/rms": 0.75},
    "oneway": {"max": 12e-3, "steps": 0},
    "pll": {"max": 1e-3, "t1ms": 600, "steps": 0, "/rms": 1},
    "twogone": {"back10ms": 1600, "steps": 2, "/rms": 1},
    "halfgone": {"back10ms": 1600, "steps": 2, "/rms": 1},
    "startpauses": {"back10ms": 120, "back1ms": 300, "steps": 6, "/rms": 1},
    "creepfalse": {"max": 0.15, "steps": 0},
}

# And what must be at least this.  While the only server tells another time,
# the daemon need not call itself synchronized.
ROUGH_LEAST = {
    "fstep": {"synchronized": 0.9},
    "fstep10": {"synchronized": 0.9, "certain_coverage": 1},
    "fstep4": {"synchronized": 0.9},
    "foreigndrift": {"synchronized": 1, "certain_coverage": 1},
    "dayglitch": {"synchronized": 0.8},
    "yearglitch": {"synchronized": 0.8},
    "late": {"synchronized": 1, "certain_coverage": 1},
    "lanwan": {"synchronized": 1, "certain_coverage": 1},
    "freq520": {"synchronized": 1, "certain_coverage": 1},
    "freq800": {"synchronized": 1, "certain_coverage": 1},
    "freq9000": {"synchronized": 1, "certain_coverage": 1},
    "oneway": {"synchronized": 1, "certain_coverage": 1},
    "pll": {"synchronized": 1, "certain_coverage": 1},
    # Until somebody answers after the pause, nothing can be known of it.
    "twogone": {"synchronized": 0.9, "certain_coverage": 0.93},
    "halfgone": {"synchronized": 0.9, "certain_coverage": 0.93},
    "startpauses": {"synchronized": 0.8, "certain_coverage": 0.95},
    "creepfalse": {"certain_coverage": 1},
}


class Daemon:
    """A daemon as named on the command line: NAME[@TREE][=OPTIONS]."""

    def __init__(self, text):
        self.text = text
        rest, _, self.options = text.partition("=")
        self.name, _, self.tree = rest.partition("@")

    def environment(self):
        e = dict(os.environ)
        if self.options:
            e["LAB_OPT"] = self.options
        if self.tree:
            e["NTPD_TREE"] = self.tree
        return e


def scenario_path(name):
    path = os.path.join(HERE, "scenarios", name)
    return path if os.path.exists(path) else name


def all_scenarios():
    return sorted(os.listdir(os.path.join(HERE, "scenarios")))


def is_apart(scenario):
    """Is its ratio kept out of the mean over the scenarios?"""
    with open(scenario_path(scenario), encoding="utf-8") as f:
        return any(line.split("#")[0].replace(" ", "").strip() == "apart=1"
                   for line in f)


def run(scenario, daemon, seed, cpu, keep=None):
    """One run: (result, None) or (None, why there is none).  The guest's
    processes take turns, many thousand times a second; on one CPU that takes
    half the time that it takes on two."""
    out = keep or tempfile.mkdtemp(prefix="ntpd-lab.")
    try:
        p = subprocess.run(
            ["taskset", "-c", str(cpu), os.path.join(HERE, "run"),
             scenario_path(scenario), daemon.name, out],
            env={**daemon.environment(), "SEED": str(seed)},
            capture_output=True, text=True, check=False)
        if p.returncode != 0:
            return None, p.stderr.strip()
        return json.loads(p.stdout), None
    except ValueError as e:
        return None, str(e)
    finally:
        if keep is None:
            subprocess.run(["rm", "-rf", out], check=False)


def play(share, scenario, daemon):
    """One run of SCENARIO and DAEMON, which are texts: its result, or {} if
    there is none, and TAP says why.  Its logs are in SHARE/out."""
    for name, text in ("scenario", scenario), ("daemon", daemon):
        with open(os.path.join(share, name), "w", encoding="ascii") as f:
            f.write(text)
    out = os.path.join(share, "out")
    subprocess.run(["rm", "-rf", out], check=True)
    result, why = run(os.path.join(share, "scenario"),
                      Daemon(os.path.join(share, "daemon")), 7, a_cpu(), out)
    if why:
        print("# " + " ".join(why.split()))
    return result or {}


def played(share, name):
    """What a run of play() has written in the file NAME."""
    with open(os.path.join(share, "out", name), encoding="utf-8") as f:
        return f.read()


def played_errors(share):
    """How far off the clock was in that run, s, by second."""
    return [float(line.split()[1]) for line in
            played(share, "offset.log").splitlines()]


def skip(why):
    """End a test in TAP that cannot run here."""
    print("1..0 # SKIP " + " ".join(why.split()))
    sys.exit(0)


def require(program=os.path.join(TOP, "ntpd", "ntpd"), target="all"):
    """Skip this test if PROGRAM, which TARGET makes, or the lab's kernel is
    not there."""
    if not os.access(program, os.X_OK):
        skip("no %s: run make %s first" % (
            os.path.relpath(program, TOP), target))
    p = subprocess.run([os.path.join(HERE, "build-kernel"), "-n"],
                       capture_output=True, text=True, check=False)
    if p.returncode != 0:
        skip(p.stderr)


def a_cpu():
    """One of those that we may use, for a test that has one guest at a time."""
    return random.choice(sorted(os.sched_getaffinity(0)))


def log_folder(keep, scenario, daemon, seed):
    """Where below KEEP the logs of this run are."""
    return os.path.join(keep, "%s-%s-%d" % (
        os.path.basename(scenario), re.sub(r"\W+", "_", daemon.text), seed))


def pool(work, jobs, do):
    """DO(item, cpu) for all items of WORK, JOBS at once, each on a CPU of its
    own if there are as many: (item, what it returns) as they are done."""
    free = queue.Queue()
    cpus = sorted(os.sched_getaffinity(0))
    for n in range(jobs):
        free.put(cpus[n % len(cpus)])

    def one(item):
        cpu = free.get()
        try:
            return item, do(item, cpu)
        finally:
            free.put(cpu)

    with concurrent.futures.ThreadPoolExecutor(jobs) as executor:
        for future in concurrent.futures.as_completed(
                [executor.submit(one, item) for item in work]):
            yield future.result()


def run_all(scenarios, daemons, seeds, jobs=2, keep=None, progress=None,
            finished=None):
    """All of them: {scenario: {daemon's text: [result or None, by seed]}}.
    KEEP is a folder for the logs.  PROGRESS is called after each run with
    what was run, how many are done, of how many, and why it failed; FINISHED
    after the last run of a scenario, with its name and its results."""
    results = {s: {d.text: [None] * len(seeds) for d in daemons}
               for s in scenarios}
    work = [(s, d, i) for s in scenarios for i in range(len(seeds))
            for d in daemons]

    def one(job, cpu):
        s, d, i = job
        folder = None
        if keep is not None:
            folder = log_folder(keep, s, d, seeds[i])
        return run(s, d, seeds[i], cpu, folder)

    done = 0
    left = dict.fromkeys(scenarios, len(seeds) * len(daemons))
    for (s, d, i), (result, why) in pool(work, jobs, one):
        results[s][d.text][i] = result
        done += 1
        if progress:
            progress("%s, %s, seed %d" % (s, d.text, seeds[i]), done,
                     len(work), why)
        left[s] -= 1
        if finished and left[s] == 0:
            finished(s, results[s])
    return results


def is_time(key):
    return key.startswith(("t1", "back1"))


def comparable(runs, key):
    """All values; a time of -1 means never and is more than any other."""
    return [math.inf if is_time(key) and r[key] == -1 else r[key]
            for r in runs if r and key in r]


def median(runs, key):
    """The median over the seeds; None if there is nothing."""
    values = comparable(runs, key)
    if not values:
        return None
    if is_time(key):
        return statistics.median_high(values)
    return statistics.median(values)


def time_within(runs, limit):
    """The last second with an error above LIMIT ("1ms"); if somebody set the
    clock, counted from then."""
    back = median(runs, "back" + limit)
    return median(runs, "t" + limit) if back is None else back


def ratio(ours, theirs, key):
    """Of the medians; None if one of them is missing."""
    a, b = median(ours, key), median(theirs, key)
    return a / b if a is not None and b else None


def geometric_mean(values):
    values = [v for v in values if v]
    if not values:
        return None
    return math.exp(sum(math.log(v) for v in values) / len(values))


def worst(runs, key, choose):
    """The worst of the seeds, by CHOOSE (min or max)."""
    values = comparable(runs, key)
    return choose(values) if values else None


def share(runs, key):
    """Of the claims of all seeds, the part that KEY is of each seed's."""
    values = [(r[key], r["claims"]) for r in runs if r and key in r]
    claims = sum(n for _, n in values)
    return sum(v * n for v, n in values) / claims if claims else None


def number(value, form="%.1f", scale=1):
    """VALUE for a table; - if there is none."""
    if value is None:
        return "-"
    if math.isinf(value):
        return "never"
    return form % (value * scale)


def table(results, daemons):
    """Lines of the table: the first daemon against the second.  RMS errors
    of all; then ratios of the first to the second."""
    texts = [d.text for d in daemons]
    names = [d.name for d in daemons]
    head = ["scenario"] + ["rms " + n for n in names] + ["ratio", "p99",
        "freq"] + ["req " + n for n in names] + ["ratio"] + [
        "t1ms " + n for n in names[:2]] + [
        "t100us " + n for n in names[:2]] + ["steps", "cover", "bound",
        "worst", "z"]
    rows, means = [head], {"rms": [], "p99": [], "freq_rms": [],
                           "requests": []}
    for s, by in results.items():
        runs = [by[t] for t in texts]
        first, second = runs[0], runs[1] if len(runs) > 1 else []
        r = {k: ratio(first, second, k) for k in means}
        apart = is_apart(s)
        for k, v in r.items():
            if not apart:
                means[k].append(v)
        rows.append([os.path.basename(s) + ("*" if apart else "")]
            + [number(median(x, "rms"), "%.1f", 1e6) for x in runs]
            + [number(r["rms"], "%.2f"), number(r["p99"], "%.2f"),
               number(r["freq_rms"], "%.2f")]
            + [number(median(x, "requests"), "%.0f") for x in runs]
            + [number(r["requests"], "%.2f")]
            + [number(time_within(x, "1ms"), "%.0f") for x in runs[:2]]
            + [number(time_within(x, "100us"), "%.0f") for x in runs[:2]]
            + [number(worst(first, "steps", max), "%d"),
               number(worst(first, "coverage", min), "%.4f"),
               number(median(first, "bound_ratio"), "%.1f"),
               number(worst(first, "bound_worst", max), "%.2f"),
               number(median(first, "z_rms"), "%.1f")])
    g = {k: geometric_mean(v) for k, v in means.items()}
    blank = [""] * len(names)
    rows.append(["geometric mean"] + blank + [number(g["rms"], "%.3f"),
        number(g["p99"], "%.2f"), number(g["freq_rms"], "%.2f")] + blank
        + [number(g["requests"], "%.2f")])
    return align(rows)


def bound_ratios(results, ours, theirs):
    """Our certain bound over ClockBound's, of each scenario that has both and
    is not apart."""
    ratios = {s: ratio(by[ours], by[theirs], "certain_median")
              for s, by in results.items() if theirs in by and not is_apart(s)}
    return {s: r for s, r in ratios.items() if r}


def bound_table(results, ours, theirs):
    """Lines of a table of bounds: medians in us, and how often the error was
    beyond them.  THEIRS is the daemon whose bound is ClockBound's formula."""
    rows = [["scenario", "formula clockbound", "certain ours", "likely ours",
             "ratio", "violations clockbound", "violations certain"]]
    for s, by in results.items():
        if theirs not in by:
            continue
        a, b = by[ours], by[theirs]
        r = ratio(a, b, "certain_median")
        rows.append([os.path.basename(s) + ("*" if is_apart(s) else ""),
            number(median(b, "certain_median"), "%.0f", 1e6),
            number(median(a, "certain_median"), "%.0f", 1e6),
            number(median(a, "likely_median"), "%.0f", 1e6),
            number(r, "%.2f"), number(worst(b, "violations", max), "%d"),
            number(worst(a, "violations", max), "%d")])
    rows.append(["geometric mean", "", "", "",
        number(geometric_mean(bound_ratios(results, ours, theirs).values()),
               "%.3f")])
    return align(rows)


def align(rows):
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    # A heading of two words takes two lines.
    head = [h.rpartition(" ") for h in rows[0]]
    rows = [[h[0] for h in head], [h[2] for h in head]] + rows[1:]
    widths = [max(len(row[i]) for row in rows) for i in range(width)]
    return ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in
            enumerate(zip(row, widths))).rstrip() for row in rows]


def failures(results, texts):
    return sum(r is None for by in results.values() for t in texts
               for r in by[t])
