#!/usr/bin/python3 -B
"""
Processes that were taken over, in their sandboxes: whatever one says to the
others, and to the log, the clock is kept, ntpctl and clients are answered, and
the log stays short.  CHECK_LONG: everybody, in all ways.
"""
import itertools

import lib
import sensor
from nts import *

LONG = bool(os.environ.get("CHECK_LONG"))
OBJ = os.path.join(TOP, "obj") if BUILD == TOP else BUILD
ROGUE = os.path.join(OBJ, "net", "rogue")
WAYS = "talks", "babbles", "stutters", "hoards", "dies"
# The engine's end is the daemon's, and what it does to the clock lab/rogue.t's.
WHO = "sensor", "server", "resolver", "control", "ke", "binder"
SOME = [("sensor", way) for way in ("talks", "babbles", "stutters")] + [
    (who, "talks") for who in ("server", "resolver", "control")]
SECONDS = 10 if LONG else 3


def cpu(pid):
    with contextlib.suppress(OSError):
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0


def memory(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M)[1]) / 1024


def quickest(action, most):
    """The least of a few times that ACTION() takes; None: it fails."""
    best = None
    for _ in range(5):
        start = time.monotonic()
        if action():
            took = time.monotonic() - start
            best = took if best is None else min(best, took)
            if best < most:
                break
        time.sleep(0.2)
    return best


def check(us, client, ca, lines, who, way):
    """One process of WHO is hostile in this WAY."""
    name = "a %s that %s" % (who, way)
    with open(os.path.join(os.path.dirname(lib.NTPD), "rogue.conf"),
            "w") as f:
        f.write("%s %s\n" % (who, way))
    gps = workdir("gps.sock")
    d = Daemon(us, *lines, 'sensor sock "%s" refid GPS' % gps)
    ok(d.wait_log("ntpd started", 10), "%s: the daemon starts" % name, d.log)
    with contextlib.suppress(OSError):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.setblocking(False)
        s.connect(gps)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            s.send(sensor.message(1e-4))
        time.sleep(0.25)
    ok(d.running(), "%s: it runs" % name, d.log)
    if who != "control":
        took = quickest(lambda: d.ntpctl("-s", "status", timeout=5)[0] == 0,
            0.5)
        ok(took is not None and took < 2, "%s: ntpctl is answered" % name,
            lambda: "%s\n%s" % (took, d.log()))
        # Without a resolver there are no addresses of names; here are none.
        ok(wait_for(d.synchronized, 20), "%s: the clock is kept" % name,
            d.state)
        ok(close_to(d.status().get("offset"), 0, 0.02),
            "%s: it is right" % name, d.state)
    if who not in ("server", "binder"):
        ok(serves(client, "10.9.0.1"), "%s: clients are answered" % name,
            d.state)
    before = cpu(d.pid)
    d.reload()
    ok(d.wait_log("configuration reloaded", 5), "%s: the parent hears root" %
        name, d.log)
    ok(memory(d.pid) < 40, "%s: the parent's memory is bounded" % name,
        lambda: memory(d.pid))
    lines_logged = d.count("$")
    ok(lines_logged < 1100 * (2 if who == "server" else 1),
        "%s: the log is short" % name,
        "%d lines" % lines_logged)
    ok("\033" not in d.log() and not d.count("^(<0>|engine: all is lost)"),
        "%s: and clean" % name, d.log()[-1000:])
    ok(not d.count("the hypervisor says"), "%s: nobody believes that the "
        "machine was moved" % name, d.log)
    note("parent: %.2f s CPU; %d lines" % (cpu(d.pid) - before, lines_logged))
    everybody = d.everybody()
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0 and gone(everybody), "%s: the daemon ends, and all of it"
        % name, d.log)
    ok(not [line for line in d.faults() if "signal 31" not in line],
        "%s: no fault" % name, d.faults)


def test():
    switch, us, client, a = network("us", "client", "a")
    NtpServer(a)
    ca = Authority()
    lines = ("server 10.9.0.3", "listen on eth0", "workers 2",
        'nts certificate "%s" key "%s"' % ca.certify("10.9.0.1", "fd09::1"))
    os.mkdir(workdir("rogue"))
    lib.NTPD = workdir("rogue/ntpd")
    shutil.copy(ROGUE, lib.NTPD)
    for who, way in itertools.product(WHO, WAYS) if LONG else SOME:
        check(us, client, ca, lines, who, way)


main(test)
