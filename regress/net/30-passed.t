#!/usr/bin/python3 -B
"""
Descriptors that strangers pass over the control socket, on a kernel that lets
them.  The kernel closes one in the time of the process that reads the message
it came with; if it is a TCP socket that lingers, that process waits.  So it
must not be the parent, and it must be replaced soon.
"""
from lib import *

OLD_KERNEL = NO_CLOCK + [sys.executable, "-B",
    os.path.join(HERE, "old_kernel.py")]
LINGER = 60                     # s, longer than this test takes

with open(os.path.join(TOP, "common", "control.h")) as header:
    VERSION = int(re.search(r"CONTROL_VERSION\s+(\d+)", header.read())[1])
STATUS = struct.pack("=IIIiIII", 1, 8, 1, os.getpid(), 0, VERSION, 0)


def slow_to_close(host):
    """A TCP socket with more to say than anybody reads, and the listener."""
    with host.inside():
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s = socket.create_connection(listener.getsockname())
    s.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            s.send(bytes(65536))
    s.setblocking(True)         # else close(2) does not wait, either
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
        struct.pack("ii", 1, LINGER))
    return s, listener


def pass_one(d, us):
    """
    As an ordinary user: pass the daemon the last copy of such a socket.  The
    daemon stands still meanwhile, or its copy might not be the last.
    """
    s, listener = slow_to_close(us)
    stranger = socket.socket(socket.AF_UNIX)
    os.seteuid(65534)
    try:
        stranger.connect(d.socket)
    finally:
        os.seteuid(0)
    everybody = d.everybody()
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    socket.send_fds(stranger, [STATUS], [s.fileno()])
    s.close()
    for pid in everybody:
        os.kill(pid, signal.SIGCONT)
    return stranger, listener


def lingering(d):
    """{pid: where} of its processes that wait for a socket to be closed."""
    held = {}
    for pid in d.everybody():
        with contextlib.suppress(OSError):
            with open("/proc/%d/stack" % pid) as f:
                stack = f.read()
            note("%d %s" % (pid, stack))
            if re.search(r"\binet_release|tcp_close", stack):
                held[pid] = stack
    return held


def stops_at_once(d):
    """The parent does what it is told: how long does it take to end?"""
    start = time.monotonic()
    d.signal(signal.SIGTERM)
    return d.wait(5), time.monotonic() - start


def test():
    switch, us, a = network("us", "a")
    NtpServer(a)
    d = Daemon(us, "server 10.9.0.2", guard=OLD_KERNEL)
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    kids = d.children()

    stranger, listener = pass_one(d, us)
    start = time.monotonic()
    held = wait_for(lambda: lingering(d), 2)
    note("held up: %s" % held)
    before = d.count("configuration reloaded")
    d.reload()
    ok(d.wait_log("configuration reloaded", 1, before + 1),
        "a descriptor is passed: the parent works on within a second",
        d.state)
    ok(d.pid not in held, "it is not the parent that waits", held)
    ok(wait_for(lambda: d.ntpctl("-s", "status", timeout=1)[0] == 0, 10),
        "ntpctl is answered again within ten seconds", d.state)
    note("after %.1f s" % (time.monotonic() - start))
    now = d.children()
    ok(now.get("engine") == kids["engine"] and d.synchronized(),
        "the clock was not neglected", d.state)
    ok(not any(pid in d.everybody() for pid in held) and gone(held),
        "nobody waits any more", d.state)
    ok(not d.count("signal 31"), "no filter was in the way", d.state)
    for s in stranger, listener:
        s.close()

    again = [pass_one(d, us) for _ in range(3)]
    status, took = stops_at_once(d)
    ok(status == 0 and took < 2, "one held up does not hold up the end",
        "status %s after %.1f s\n%s" % (status, took, d.log()))
    ok(wait_for(lambda: not us.pids(), 5), "no process is left", us.pids)
    for pair in again:
        for s in pair:
            s.close()


main(test)
