#!/usr/bin/python3 -B
"""
The edges of what a server meets: fragments and the largest datagrams, MACs
with keys that it does not have, ports 123 and 0, broadcast and multicast, an
interface that goes in the middle of a batch, answers that the kernel has no
room for, or holds while it looks for neighbours who are not there.  It answers what it must, once, and the log stays short.
"""
import errno
import threading

from lib import *

US, US6 = "10.9.0.1", "fd09::1"
ORIGIN = 0x1234567890abcdef
LARGEST = 65507         # bytes of UDP in an IPv4 packet
MORE_FRAGMENTS = 0x2000


def request(**fields):
    return bytes(Packet(transmit=ORIGIN, **fields))


def counted(d):
    """What the servers have counted; {} if they do not say."""
    status, out, _ = d.ntpctl("-j", "-s", "server")
    server = json.loads(out)["server"] if status == 0 else {}
    return {k: n for k, n in server.items() if n is not None}


def grown(d, key, before, by, seconds=3):
    """Has the counter KEY grown BY as much, of what it was BEFORE?"""
    return wait_for(lambda: counted(d).get(key, 0) >= before[key] + by,
        seconds)


def collect(s, seconds=0.3):
    """All answers that come within SECONDS."""
    found, end = [], time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        s.settimeout(left)
        with contextlib.suppress(OSError):
            found.append(s.recv(4096))
    return found


def plain(found):
    """Is it one answer, a header and no more, to our request?"""
    return (len(found) == 1 and len(found[0]) == HEADER.size and
        Packet(found[0]).mode == 4 and Packet(found[0]).origin == ORIGIN)


class Raw:
    """Packets as HOST writes them, and what UDP comes back to it."""

    def __init__(self, host, source):
        self.source = source
        self.out = host.socket(socket.AF_INET, socket.SOCK_RAW,
            socket.IPPROTO_RAW)
        self.back = host.socket(socket.AF_INET, socket.SOCK_RAW,
            socket.IPPROTO_UDP)

    def ip(self, payload, ident=0, offset=0):
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload),
            ident, offset, 64, 17, 0, socket.inet_aton(self.source),
            socket.inet_aton(US))
        self.out.sendto(header + payload, (US, 0))

    def udp(self, payload, port):
        return struct.pack(">HHHH", port, 123, 8 + len(payload), 0) + payload

    def answers(self, port, seconds=0.4):
        """What came from our daemon to PORT."""
        return [data[28:] for data in collect(self.back, seconds)
            if struct.unpack_from(">HH", data, 20) == (123, port) and
            data[12:16] == socket.inet_aton(US)]


def fragments(raw, d):
    """A request in pieces of 8 bytes is one; what has a hole in it is none."""
    def send(ident, skip=(), twice=(), size=8):
        whole = raw.udp(request(), 4000 + ident)
        for at in range(0, len(whole), size):
            if at in skip:
                continue
            more = MORE_FRAGMENTS if at + size < len(whole) else 0
            for _ in range(2 if at in twice else 1):
                raw.ip(whole[at:at + size], ident, more | at // 8)

    for ident, name, how, good in (
        (1, "in eight-byte fragments is answered once", {}, True),
        (2, "without its first fragment is not answered",
            {"skip": (0,)}, False),
        (3, "without its last fragment is not answered",
            {"skip": (48,)}, False),
        (4, "with a hole is not answered", {"skip": (24,)}, False),
        (5, "in two halves is answered once", {"size": 32}, True)):
        send(ident, **how)
        found = raw.answers(4000 + ident)
        ok(plain(found) if good else not found, "a request " + name, found)
    # Another content for the same place: the kernel drops all of it.
    whole = raw.udp(request(), 4010)
    raw.ip(whole[:32], 10, MORE_FRAGMENTS)
    raw.ip(b"\xff" * 24, 10, MORE_FRAGMENTS | 2)
    raw.ip(whole[32:], 10, 4)
    found = raw.answers(4010)
    ok(not found or plain(found), "fragments that overlap: one answer at most",
        found)


def large(near, d):
    for server, most in (US, LARGEST), (US6, LARGEST + 20):
        with near.socket(family_of(server)) as s:
            s.connect((server, 123))
            s.send(request() + os.urandom(most - HEADER.size))
            found = collect(s, 0.5)
            ok(plain(found), "%d bytes to %s have an answer of 48" % (most,
                server), [len(f) for f in found])
            before = counted(d)
            # One at a time: a few fill a socket's buffer.
            for n in range(10):
                s.send(b"\xff" * most)
                grown(d, "bad_version", before, n + 1)
            ok(grown(d, "bad_version", before, 10) and not collect(s, 0.1),
                "10 large ones that are no requests to %s have none" % server,
                lambda: counted(d))


def authenticated(near, d):
    """
    A MAC with a key that is not there: no answer, and no crypto-NAK either,
    which anybody could have sent.  Fields without one are no reason.
    """
    def field(kind, body):
        return struct.pack(">HH", kind, 4 + len(body)) + body

    def send(version, tail):
        with near.socket(socket.AF_INET) as s:
            s.connect((US, 123))
            s.send(request(version=version) + tail)
            return collect(s)

    for name, version, tail in (
        ("an MD5 MAC", 4, struct.pack(">I", 7) + os.urandom(16)),
        ("a SHA-1 MAC", 3, struct.pack(">I", 7) + os.urandom(20)),
        ("an AES-CMAC", 4, struct.pack(">I", 65535) + os.urandom(16)),
        ("a crypto-NAK", 4, bytes(4)),
        ("MS-SNTP's authenticator", 3, struct.pack(">I", 1000) + bytes(16)),
        ("a field and a MAC", 4, field(0x2104, bytes(24)) + bytes(24))):
        before = counted(d)
        found = send(version, tail)
        ok(not found and grown(d, "bad_mac", before, 1),
            "a request with %s is counted and not answered" % name, found)
    for name, tail in (
        ("an extension field", field(0x2104, bytes(24))),
        ("NTS fields", field(0x0104, os.urandom(32)) +
            field(0x0204, os.urandom(100)) +
            field(0x0404, os.urandom(40)))):
        found = send(4, tail)
        ok(plain(found), "a request with %s has an answer of 48 bytes" % name,
            found)


def ports(near, raw, d):
    with near.socket(socket.AF_INET) as s:
        s.bind(("10.9.0.2", 123))
        s.connect((US, 123))
        s.send(request())
        ok(plain(collect(s)), "a request from port 123 is answered")
    before = counted(d)
    for _ in range(20):
        raw.ip(raw.udp(request(), 0))
    found = raw.answers(0)
    ok(not found and grown(d, "bad_source", before, 20),
        "requests from port 0 are counted and not answered",
        lambda: (found, counted(d)))


def groups(us, near, d):
    """Another program has joined these groups, so the kernel delivers them."""
    joined = us.socket(socket.AF_INET)
    joined.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
        socket.inet_aton("224.0.1.1") + socket.inet_aton(US))
    joined6 = us.socket(socket.AF_INET6)
    with us.inside():
        index = socket.if_nametoindex("eth0")
    joined6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
        socket.inet_pton(socket.AF_INET6, "ff02::101") +
        struct.pack("@I", index))
    with near.inside():
        index = socket.if_nametoindex("eth0")
    for to in ("10.9.0.255", "255.255.255.255", "224.0.1.1", "224.0.0.1",
        "ff02::1", "ff02::101"):
        with near.socket(family_of(to)) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
            before = counted(d)
            where = (to, 123, 0, index) if ":" in to else (to, 123)
            for _ in range(5):
                s.sendto(request(), where)
            found = collect(s, 0.2)
            ok(not found and grown(d, "bad_destination", before, 5),
                "requests to %s are counted and not answered" % to,
                lambda: (found, before, counted(d)))
    joined.close()
    joined6.close()


def bound(us, near):
    """A socket that is bound to a broadcast address."""
    d = Daemon(us, "listen on 10.9.0.255", "listen on 10.9.7.255",
        "listen on 10.9.0.1")
    ok(answers(near, US), "the daemon answers at one address", d.state)
    # This one is the address of nobody when the daemon binds to it.
    us.address("eth0", "10.9.7.1/24")
    near.address("eth0", "10.9.7.2/24")
    ok(us.socket(socket.AF_INET).connect_ex(("10.9.7.255", 123)) ==
        errno.EACCES, "10.9.7.255 has become a broadcast address")
    for to, key in (("10.9.0.255", "bad_destination"),
        ("10.9.7.255", "unsent")):
        with near.socket(socket.AF_INET) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
            before = counted(d)
            for _ in range(5):
                s.sendto(request(), (to, 123))
            found = collect(s, 0.2)
            ok(not found and grown(d, key, before, 5),
                "\"listen on %s\": no answer, and it is counted" % to,
                lambda: (found, before, counted(d)))
    d.check_end()


def held(d, near, count, server=US, port=123):
    """Requests from one socket that wait, since the servers are stopped."""
    s = near.socket(family_of(server))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.connect((server, port))
    for pid in d.children()["server"]:
        os.kill(pid, signal.SIGSTOP)
    for _ in range(count):
        s.send(request())
    time.sleep(0.1)
    return s


def go_on(d):
    for pid in d.children()["server"]:
        os.kill(pid, signal.SIGCONT)


def interface_goes(us, near, d):
    """Gone between request and answer, then while there is load, then back."""
    before, workers = counted(d), d.children()["server"]
    for port in 123, 1123:
        s = held(d, near, 300, port=port)
        us.ip("link", "set", "eth0", "down")
        go_on(d)
        unsent = grown(d, "unsent", before, 300 if port == 123 else 600)
        ok(unsent and not collect(s, 0.1), "300 answers (port %d) have no way"
            % port, lambda: (before, counted(d)))
        us.ip("link", "set", "eth0", "up")
        s.close()
        ok(answers(near, US, port), "eth0 is back, and requests are answered",
            d.state)

    stop, sent = threading.Event(), [0]

    def load():
        with near.socket(socket.AF_INET) as s, near.socket(
            socket.AF_INET) as s2:
            s.connect((US, 123))
            s2.connect((US, 1123))
            while not stop.is_set():
                for x in s, s2:
                    with contextlib.suppress(OSError):
                        x.send(request())
                        sent[0] += 1
    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    for _ in range(8):
        us.ip("link", "set", "eth0", "down")
        time.sleep(0.05)
        us.ip("link", "set", "eth0", "up")
        time.sleep(0.1)
    stop.set()
    thread.join()
    us.address("eth0", "fd09::1/64")    # IPv6 forgets, as IPv4 does not
    for server in US, US6:
        for port in 123, 1123:
            ok(answers(near, server, port), "%d requests while eth0 goes and "
                "comes: %s is answered at port %d" % (sent[0], server, port),
                d.state)
    ok(d.children()["server"] == workers, "by the same processes", d.state)


def no_room(us, near, d):
    """The kernel has no room for answers: the link is slow."""
    before = counted(d)
    us.exec("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
        "8kbit", "burst", "1600", "limit", "100mb")
    s, sent = near.socket(socket.AF_INET), 0
    s.connect((US, 123))
    end = time.monotonic() + 40
    while time.monotonic() < end and counted(d)["unsent"] == before["unsent"]:
        # On a busy machine the kernel loses some on the way to the daemon.
        for _ in range(500):
            s.send(request())
        sent += 500
        grown(d, "received", before, sent, 0.2)
    time.sleep(0.1)
    now = {k: n - before[k] for k, n in counted(d).items()}
    ok(now["unsent"] > 0 and now["received"] <= sent and
        now["answered"] + now["unsent"] == now["received"],
        "what the queue has no room for is dropped and counted",
        lambda: (sent, now))
    note("%d requests, %d received" % (sent, now["received"]))
    us.exec("tc", "qdisc", "del", "dev", "eth0", "root")
    ok(answers(near, US), "there is room again, and requests are answered",
        d.state)
    s.close()


def neighbours(us, near):
    """
    Somebody forges requests from addresses of the network that nobody has.
    The kernel keeps each answer for 3 s, until it gives up to ask who has the
    address, in the room that the socket has for all.
    """
    d = Daemon(us, "listen on 10.9.0.1")
    ok(answers(near, US), "the daemon answers", d.state)
    raw = Raw(near, "10.9.0.2")
    s = near.socket(socket.AF_INET)
    s.setblocking(False)
    s.connect((US, 123))
    forged = sent = got = 0
    start = time.monotonic()
    while (t := time.monotonic() - start) < 7:
        while forged < t * 150:
            raw.source = "10.9.0.%d" % (100 + forged % 150)
            raw.ip(raw.udp(request(), 4000))
            forged += 1
        if sent < t * 20:
            s.send(request())
            sent += 1
        with contextlib.suppress(BlockingIOError):
            s.recv(HEADER.size)
            got += 1
        time.sleep(0.002)
    got += len(collect(s))
    ok(got >= sent * 0.97, "%d forged requests from neighbours that are not "
        "there: %d of a client's %d are answered" % (forged, got, sent),
        lambda: (counted(d), d.state()))
    d.check_end()


def test():
    switch, us, near = network("us", "near")
    d = Daemon(us, "listen on *", "listen on eth0 port 1123")
    ok(answers(near, US) and answers(near, US6), "the daemon answers",
        d.state)
    before = len(d.log().splitlines())
    raw = Raw(near, "10.9.0.2")
    fragments(raw, d)
    large(near, d)
    authenticated(near, d)
    ports(near, raw, d)
    groups(us, near, d)
    ok(len(d.log().splitlines()) == before, "none of this is logged", d.state)
    interface_goes(us, near, d)
    no_room(us, near, d)
    # Five that a limit lets through for each sort of trouble, and no more.
    lines = len(d.log().splitlines()) - before
    ok(lines <= 12, "the log has %d lines more" % lines, d.state)
    d.check_end()
    bound(us, near)
    neighbours(us, near)


main(test)
