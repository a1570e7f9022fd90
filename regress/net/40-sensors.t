#!/usr/bin/python3 -B
"""
Reference clocks of this machine, by a socket and by shared memory: they vote
among the servers, one that lies is a falseticker, one that talks nonsense or
too much harms nothing, and one that is silent is back when it speaks again.
"""
from lib import *
import sensor


def test():
    switch, us, a = network("us", "a")
    NtpServer(a)
    gps, liar, noisy = (workdir(n + ".sock") for n in ("gps", "liar", "noisy"))
    lines = ["server 10.9.0.2 poll 4-4",
        'sensor sock "%s" refid GPS' % gps,
        'sensor sock "%s" correction -250000' % liar,
        'sensor sock "%s" refid BAD' % noisy,
        "sensor shm0 refid NMEA correction 3000 stratum 3",
        "sensor shm1", "sensor ptp eth0"]
    # Shared memory of its own; somebody else has unit 1 already.
    trap = [sys.executable, "-B", HERE + "/sensor.py", "trap", "1"]
    d = Daemon(us, *lines, options=("-x", "-v"), guard=["unshare", "--ipc",
        "sh", "-c", '%s && exec "$@"' % " ".join(trap), "sh", *NO_CLOCK])
    ok(d.wait_ready(), "it starts", d.state)
    ok(oct(os.stat(gps).st_mode & 0o777) == "0o700",
        "only root may write to its socket", oct(os.stat(gps).st_mode))
    ok(d.wait_log(r"sensor.*: shm1 is not used: others may write to it", 5),
        "shared memory that others may write is refused, and it says so",
        d.log)

    ok(d.wait_log("cannot open the clock of eth0.*: No such device", 5),
        "an interface without a clock is no reason to end", d.log)

    def sender(kind, where, offset, noise=1e-4):
        into = ["nsenter", "-t", str(d.pid), "-i"] if kind == "shm" else []
        return subprocess.Popen(into + [sys.executable, "-B", HERE +
            "/sensor.py", kind, where, str(offset), "0.25", str(noise)])

    senders = [sender("sock", gps, 0), sender("sock", liar, 0.5),
        sender("shm", "0", -0.003)]
    try:
        check(d, us, gps, liar, noisy, senders)
        d.check_end()
    finally:
        for s in senders:
            s.kill()


def check(d, us, gps, liar, noisy, senders):
    ok(d.wait_sync(), "the clock is synchronized", d.state)
    for name in gps, "shm0", "10.9.0.2":
        ok(d.wait_tally(name, "*+-", 20), "%s agrees" % name, d.state)
    ok(d.wait_tally(liar, "x", 20), "who lies is a falseticker", d.state)
    ok(close_to(d.peer(liar)["offset"], 0.25, 0.02),
        "its correction is added", d.state)
    ok(close_to(d.peer("shm0")["offset"], 0, 0.002), "shm0's as well",
        d.state)
    ok(d.peer(gps)["refid"] == ".GPS." and d.peer(gps)["stratum"] == 0 and
        d.peer("shm0")["stratum"] == 2, "refid and stratum are as configured",
        d.state)
    status, out, _ = d.ntpctl("-s", "sensors")
    ok(status == 0 and ".NMEA" in out and "10.9.0.2" not in out,
        "ntpctl -s sensors shows them", out)
    ok(len(d.show()["sensors"]) == 6, "so does its JSON", d.ntpctl("-j")[1])
    ok(d.status()["stratum"] in (1, 3), "it is of their stratum", d.state)

    # Nonsense, and far too much of it.
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.setblocking(False)
    nan = float("nan")
    junk = [b"", b"x", os.urandom(40), b"\xff" * 40, bytes(32),
        sensor.message(nan), sensor.message(1e300), sensor.message(-1e9),
        sensor.message(0, now=-1), sensor.message(0, leap=-5),
        sensor.message(0, magic=1), sensor.message(float("inf"), pulse=1),
        sensor.message(0, now=time.time_ns() + 10 ** 12)]
    end = time.monotonic() + 2
    sent = 0
    while time.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            s.sendto(junk[sent % len(junk)], noisy)
            s.sendto(sensor.message(-100 + sent % 3), noisy)
        sent += 1
    ok(d.peer(gps)["reach"] != 0 and d.ntpctl("-s", "status")[0] == 0,
        "a flood of %d datagrams does not hold it up" % sent, d.state)
    ok(d.tally(noisy) in " x", "nor is that believed", d.state)

    # One that is gone, and comes back; its process, too.
    pids = d.children()["sensor"]
    os.kill(pids[0], signal.SIGKILL)
    ok(wait_for(lambda: len(d.children().get("sensor", [])) == 6 and
        d.children()["sensor"] != pids, 10), "its process is replaced",
        d.state)
    before = d.peer(gps).get("received", 0)
    ok(wait_for(lambda: d.peer(gps).get("received", 0) > before + 1, 60),
        "and goes on with the same socket", d.state)
    ok(d.reconfigure(*(["server 10.9.0.2 poll 4-4",
        'sensor sock "%s" refid GPS weight 7' % gps, "sensor shm0",
        "sensor shm2", 'sensor sock "%s"' % workdir("new.sock")])),
        "a reload", d.log)
    ok(d.peer(gps).get("weight") == 7 and not d.peer(liar),
        "takes their options, and leaves out the others", d.state)
    ok(d.wait_log("shm2 is not used: it is not there", 5) and
        d.peer("shm2"), "a new one is taken up", d.state)
    ok(d.count("new.sock takes effect after a restart only: its socket") == 1,
        "a new socket has to wait, and it says so", d.log)
    ok(len(d.children()["sensor"]) == 3, "processes that are of no use end",
        d.children)

    # What it said before it was switched off is none of its answers after.
    senders[0].kill()
    for word in "off", "on":
        done = subprocess.run([NTPCTL, word, "-S", d.socket, gps],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        ok(done.returncode == 0, "it is switched %s" % word, done.stderr)
    ok(not wait_for(lambda: d.peer(gps).get("received", 0) > 0, 6) and
        d.peer(gps), "and has said nothing since", d.state)


main(test)
