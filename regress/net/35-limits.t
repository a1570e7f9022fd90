#!/usr/bin/python3 -B
"""
A daemon in need: no room for the drift file, few descriptors, little memory,
nobody who reads its log or hears that it is ready, an engine or a launcher that
is held up, half messages, children that are killed again and again.  It goes
on right, or it ends and says why.

CHECK_LONG: more limits, and more children.
"""
import random

from lib import *

LONG = bool(os.environ.get("CHECK_LONG"))
DRIFT = "12.345 50.000\n"      # ppm: what is learned soon is worth more
KILLS = 150 if LONG else 12
AT_ONCE = 8


def outcome(d, seconds=25):
    """
    What becomes of D: "goes on", right, or says what it cannot start; "ends",
    with a word and a status that is not 0; or what is wrong.
    """
    good = d.wait_sync(seconds) or d.count("cannot start")
    everybody = d.everybody()
    ended = not d.running()
    if not ended:
        if not good:
            return "it hangs"
        d.signal(signal.SIGTERM)
    status = d.wait(8)
    if not gone(everybody, 2):
        return "a process is left"
    if status is None or ended and status == 0 or not ended and status:
        return "status %s" % status
    return "ends" if ended and d.log().strip() else "goes on"


def start_full_disk(us):
    """One whose drift file's disk has no room."""
    folder = workdir("full")
    os.mkdir(folder)
    prepare = "mount -t tmpfs -o size=4096,mode=755 none {0} && " \
        "echo {1} >{0}/drift".format(folder, DRIFT.strip())
    return Daemon(us, "server 10.9.0.2", driftfile=folder + "/drift",
        options=("-v",), guard=USER_NAMESPACE, env=fake_clock(),
        prepare=prepare)


def test_full_disk(d):
    """What is there stays."""
    folder = os.path.dirname(d.driftfile)
    ok(d.wait_sync(), "no room for the drift file: it is synchronized",
        d.state)
    ok(wait_for(lambda: d.status().get("frequency_error", 99) < 25, 100),
        "it knows twice as much as is in the file", d.state)
    names = "/proc/%d/root%s" % (d.pid, folder)
    fd = os.open(names, os.O_RDONLY | os.O_DIRECTORY)
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0, "and ends well", d.log)
    ok(d.count("cannot write .*No space left") == 1, "it is said once",
        d.log)
    with open("/proc/self/fd/%d/drift" % fd) as f:
        ok(f.read() == DRIFT and os.listdir(fd) == ["drift"],
            "the file is what it was, and alone", lambda: os.listdir(fd))
    os.close(fd)


def test_limits(us):
    """Limits of everybody, from the start on."""
    limits = ["--nofile=%d" % n for n in (range(4, 80, 3) if LONG else
        (5, 12, 20, 40))]
    limits += ["--as=%d" % (n << 20) for n in (range(4, 64, 3) if LONG else
        (8, 16))]
    limits += ["--fsize=0", "--nproc=3", "--stack=65536", "--msgqueue=0",
        "--memlock=0"]
    seen = {}
    for at in range(0, len(limits), AT_ONCE):
        daemons = [(limit, Daemon(us, "server 10.9.0.2",
            "listen on * port %d" % (1000 + n), guard=NO_CLOCK + ["prlimit",
            limit])) for n, limit in enumerate(limits[at:at + AT_ONCE])]
        for limit, d in daemons:
            what = outcome(d)
            seen[what] = seen.get(what, 0) + 1
            if what not in ("ends", "goes on") or d.faults():
                ok(False, "prlimit %s" % limit, what + "\n" + d.log())
    ok(set(seen) <= {"ends", "goes on"}, "limits: %s" % ", ".join(
        "%d times it %s" % (n, what) for what, n in sorted(seen.items())))


def test_log(us):
    """Standard error is a full pipe."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, bytes(4096)):
            pass
    os.set_blocking(writer, True)
    d = Daemon(us, "server 10.9.0.2", "listen on *",
        prepare="exec 2>/proc/%d/fd/%d" % (os.getpid(), writer))
    ok(d.wait_sync(), "nobody reads the log: it is synchronized", d.state)
    ok(serves(us, "127.0.0.1"), "and serves the time")
    for _ in range(20):
        d.reload()
        time.sleep(0.05)
    ok(d.synchronized(), "it says more than goes in, and goes on", d.state)
    os.read(reader, 1 << 20)
    d.reload()
    os.set_blocking(reader, False)
    text = b""

    def said():
        nonlocal text
        with contextlib.suppress(BlockingIOError):
            text += os.read(reader, 1 << 20)
        return re.search(rb"^\d+ messages were lost", text, re.M)
    ok(wait_for(said, 5), "how much got lost is said", lambda: text)
    d.check_end()
    os.close(reader)
    os.close(writer)


def test_manager(us):
    """A service manager that hears nothing."""
    path = workdir("notify")
    with contextlib.closing(socket.socket(socket.AF_UNIX,
        socket.SOCK_DGRAM)) as manager:
        manager.bind(path)
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while filler.sendto(b"X=1", path):
                pass
        d = Daemon(us, "server 10.9.0.2", guard=["env",
            "NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=4000000"] + NO_CLOCK)
        ok(d.wait_sync(), "a stuck service manager: it is synchronized",
            d.state)
        d.check_end()
        filler.close()


def test_held_up(us):
    """One that does nothing any more, not even end."""
    for name in "engine", "launcher":
        d = Daemon(us, "server 10.9.0.2", "listen on *", guard=["env",
            "WATCHDOG_USEC=2000000"] + NO_CLOCK)
        ok(d.wait_sync(), "the %s is held up: it is synchronized" % name,
            d.state)
        everybody = d.everybody()
        os.kill(d.children()[name][0], signal.SIGSTOP)
        ok(d.wait(10) == 1, "the daemon ends", d.state)
        ok(d.count("the %s is held up" % name), "and says why", d.log)
        ok(gone(everybody), "no process is left", everybody)


def test_half(us):
    """Half a message to ntpctl's socket, again and again."""
    d = Daemon(us, "server 10.9.0.2")
    ok(d.wait_sync(), "half messages: it is synchronized", d.state)
    end = time.monotonic() + (60 if LONG else 3)
    sent = 0
    while time.monotonic() < end:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
            s.settimeout(1)
            with contextlib.suppress(OSError):
                s.connect(d.socket)
                s.send(os.urandom(random.randrange(1, 16)))
                sent += 1
        time.sleep(0.002)
    ok(wait_for(d.synchronized, 20), "%d half messages: ntpctl works" % sent,
        d.state)
    ok(len(d.log()) < 4000, "and the log is short", d.log)
    d.check_end()


def test_kills(us):
    """Children that are replaced, at random; some while they start."""
    random.seed(4)
    d = Daemon(us, "server 10.9.0.2", "listen on *", "workers 2")
    ok(d.wait_sync(), "children killed at random: it is synchronized",
        d.state)
    engine = d.children().get("engine")
    for _ in range(KILLS):
        kids = d.children()
        victims = sum((kids.get(k, []) for k in ("server", "resolver",
            "control")), [])
        if victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(victims), random.choice((
                    signal.SIGKILL, signal.SIGSEGV)))
        time.sleep(random.choice((0.01, 0.3, 1.5)) if LONG else
            random.choice((0.01, 0.3)))
    ok(d.children().get("engine") == engine, "%d kills: the engine is the "
        "same" % KILLS, d.state)
    ok(wait_for(d.synchronized, 90), "ntpctl works again", d.state)
    ok(serves(us, "127.0.0.1", 90), "clients are answered again", d.state)
    d.check_end()


def test():
    switch, us, them = network("us", "them")
    NtpServer(them)
    full_disk = start_full_disk(us)
    test_limits(us)
    test_log(us)
    test_manager(us)
    test_held_up(us)
    test_half(us)
    test_kills(us)
    test_full_disk(full_disk)


main(test)
