#!/usr/bin/python3 -B
"""
The control socket in hostile hands: the daemon stays up, and ntpctl works.
"""
import errno
import random
import re

from lib import *


def connect(d):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(2)
    s.connect(d.socket)
    return s


def frame(kind, payload=b"", length=None, has_fd=0):
    """A message as common/imsg.h has it: type, len, id, 0, has_fd."""
    return struct.pack("=IIIiI", kind, len(payload) if length is None else
        length, 1, 0, has_fd) + payload


with open(os.path.join(TOP, "common", "control.h")) as header:
    VERSION = int(re.search(r"CONTROL_VERSION\s+(\d+)", header.read())[1])
REQUEST = struct.pack("=II", VERSION, 0)
STATUS, PEERS, SERVER = 1, 2, 3


def poke(d, data):
    """Send DATA, take what comes, go away."""
    try:
        with connect(d) as s:
            s.settimeout(0.05)
            s.sendall(data)
            while s.recv(65536):
                pass
    except OSError:
        pass


def take(s, n):
    """Exactly N bytes."""
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise OSError("closed")
        data += more
    return data


def test():
    switch, us, a = network("us", "a")
    NtpServer(a)
    d = Daemon(us, "server 10.9.0.2", "listen on *")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    parent = "/proc/%d/fd" % d.pid
    descriptors = len(os.listdir(parent))

    def works(name):
        ok(d.running() and d.ntpctl("-s", "status")[0] == 0,
            "%s: ntpctl works" % name, d.state)

    mode = os.stat(d.socket).st_mode & 0o777
    ok(mode & 0o666 == 0o666, "everybody may ask", oct(mode))
    done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534",
        "--clear-groups", NTPCTL, "-S", d.socket, "-s", "peers"],
        capture_output=True, text=True, timeout=10)
    ok(done.returncode == 0, "nobody asks for the peers",
        done.stdout + done.stderr)

    poke(d, frame(STATUS, REQUEST))
    works("a right request by hand")
    random.seed(1)
    for _ in range(300):
        poke(d, random.randbytes(random.choice((1, 7, 19, 20, 21, 28, 300,
            5000))))
        if not d.running():
            break
    works("garbage")
    for length in 0, 1, 4096, 4097, 0x7fffffff, 0xffffffff:
        poke(d, frame(STATUS, REQUEST, length=length))
        poke(d, frame(PEERS, bytes(length) if length < 5000 else b"x"))
    works("false lengths")
    for kind in 0, 4, 15, 16, 17, 18, 19, 20, 255, 0xffffffff:
        poke(d, frame(kind, REQUEST))
    works("types that are none, or the daemon's own")
    for version, reserved in ((0, 0), (VERSION - 1, 0), (VERSION + 1, 0),
            (0xffffffff, 0), (VERSION, 7)):
        poke(d, frame(STATUS, struct.pack("=II", version, reserved)))
    works("other versions")
    poke(d, frame(STATUS, REQUEST, has_fd=1) + frame(PEERS, REQUEST,
        has_fd=0xffffffff))
    with connect(d) as s, open("/dev/null") as null:
        with contextlib.suppress(OSError):
            for _ in range(64):
                socket.send_fds(s, [frame(STATUS, REQUEST, has_fd=1)],
                    [null.fileno()] * 8)
    works("descriptors that nobody asked for")
    poke(d, frame(STATUS, REQUEST) * 3000)
    works("3000 requests at once")

    half = []
    with contextlib.suppress(OSError):
        for n in range(30):
            s = connect(d)
            s.send(frame(STATUS, REQUEST)[:n])
            half.append(s)
    # The daemon may turn others away for as long as it hears of these.
    ok(d.running() and wait_for(lambda: d.ntpctl("-s", "status")[0] == 0, 20,
        0.5), "30 half requests that hang: ntpctl works within 20 s", d.state)
    for s in half:
        s.close()
    works("they are gone")

    many = []
    with contextlib.suppress(OSError):
        for _ in range(500):
            s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            many.append(s)
            s.setblocking(False)
            s.connect(d.socket)
    ok(d.running(), "500 connections at once do no harm", d.state)
    ok(wait_for(lambda: d.ntpctl("-s", "status")[0] == 0, 20, 0.5),
        "with %d open, ntpctl works within 20 s" % len(many), d.state)
    for s in many:
        s.close()
    ok(wait_for(lambda: d.ntpctl("-s", "status")[0] == 0, 3),
        "they are gone: ntpctl works", d.state)

    @contextlib.contextmanager
    def nobody():
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    def turned_away(s):
        """Is the daemon done with S at once, with no more than a word?"""
        s.settimeout(0.3)
        try:
            return len(s.recv(100)) == 28 and s.recv(100) == b""
        except OSError:
            return False

    with nobody():
        his = [connect(d) for _ in range(9)]
    ok([turned_away(s) for s in his] == [False] * 8 + [True],
        "a user has eight clients and no more", d.state)
    works("and root has another")
    with nobody():
        his.append(connect(d))
        ok(not turned_away(his[-1]), "when they are silent, one makes "
            "room for another of his", d.state)
    for s in his:
        s.close()

    with connect(d) as s, open("/dev/null") as null:
        s.settimeout(0.5)
        try:
            socket.send_fds(s, [frame(STATUS, REQUEST, has_fd=1)],
                [null.fileno()])
            refused = s.recv(100) == b""
        except OSError as error:
            refused = error.errno == errno.EPERM
        ok(refused, "a request with a descriptor is refused", d.state)

    # Everything at once, one answer at a time.
    with connect(d) as s:
        s.sendall(frame(STATUS, REQUEST) * 40)
        s.settimeout(3)
        got = 0
        with contextlib.suppress(OSError):
            while got < 40:
                kind, length = struct.unpack("=II12x", take(s, 20))
                take(s, length)
                got += kind == 18
        ok(got == 40, "40 requests in a row get 40 answers", got)
    greedy = []
    for _ in range(8):
        s = connect(d)
        s.setblocking(False)
        with contextlib.suppress(OSError):
            for _ in range(10000):
                s.send(frame(PEERS, REQUEST) * 100)
        greedy.append(s)
    works("eight who ask and ask")
    for s in greedy:
        s.close()

    # Ask for much, read nothing.
    slow = connect(d)
    slow.setblocking(False)
    with contextlib.suppress(OSError):
        for _ in range(100000):
            slow.send(frame(PEERS, REQUEST))
    works("one who asks and does not read")
    slow.close()

    with connect(d) as s:
        s.send(frame(PEERS, REQUEST))
        s.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            s.recv(10)
    works("one who hangs up in the middle")
    ok(wait_for(lambda: len(os.listdir(parent)) <= descriptors + 1, 20),
        "no descriptor is lost", lambda: "%d, then %d" % (descriptors,
        len(os.listdir(parent))))
    ok(d.synchronized(), "the clock was not neglected", d.state)
    ok(len(d.log().splitlines()) < 80, "the log stayed short", d.state)
    d.check_end()
    ok(not os.path.exists(d.socket), "the socket is gone with it")


main(test)
