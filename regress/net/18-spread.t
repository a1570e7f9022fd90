#!/usr/bin/python3 -B
"""
Which worker gets which client: always the same for one address, whatever its
ports, and all of them get their share.  And how many workers there are.

Who gets what is seen in the receive queues of workers that are stopped.
"""
from lib import *

V4 = ["198.51.%d.%d" % (100 + n // 200, 1 + n % 200) for n in range(300)]
V6 = ["fd0a:0:0:%x::2" % n for n in range(1, 241)]
PREFIXES4 = ["198.%d.%d.7" % (18 + n // 200, n % 200) for n in range(300)]
PREFIXES6 = ["fd0a:0:%x::2" % n for n in range(1, 241)]
ONE_NETWORK = ["fd0a:0:0:1::%x" % n for n in range(2, 242)]


def request():
    return bytes(Packet(transmit=0x1234567890abcdef))


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def spoof6(host, source, source_port, target, target_port, payloads):
    """Send UDP from an IPv6 address that is not HOST's own."""
    source, to = (socket.inet_pton(socket.AF_INET6, a) for a in (source,
        target))
    with host.socket(socket.AF_INET6, socket.SOCK_RAW,
            socket.IPPROTO_RAW) as s:
        for payload in payloads:
            head = struct.pack(">HHH", source_port, target_port,
                8 + len(payload))
            pseudo = source + to + struct.pack(">II", 8 + len(payload), 17)
            udp = head + struct.pack(">H", checksum(pseudo + head + b"\0\0" +
                payload)) + payload
            s.sendto(struct.pack(">IHBB", 6 << 28, len(udp), 17, 64) +
                source + to + udp, (target, 0))


def queues(us, version):
    """What waits in each socket of port 123, in bytes."""
    found = []
    for line in us.exec("cat", "/proc/net/udp" + ("6" if version == 6 else
        "")).splitlines()[1:]:
        words = line.split()
        if words[1].endswith(":007B"):
            found.append(int(words[4].split(":")[1], 16))
    return found


@contextlib.contextmanager
def stopped(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def shares(d, near, version, clients):
    """
    The sorted shares of the workers when each of CLIENTS, (address, port),
    sends a request.
    """
    us, pids = d.host, d.children()["server"]
    wait_for(lambda: not any(queues(us, version)), 3)
    with stopped(pids):
        for address, port in clients:
            if version == 4:
                spoof(near, address, port, "10.9.0.1", 123, [request()])
            else:
                spoof6(near, address, port, "fd09::1", 123, [request()])
        wait_for(lambda: sum(queues(us, version)) > 0, 1)
        time.sleep(0.1)
        found = queues(us, version)
    total = sum(found)
    return sorted(n / total for n in found) if total else found


def is_one(found, n):
    """Did one of N workers get all?"""
    return len(found) == n and found[-1] == 1


def is_even(found, n):
    return len(found) == n and all(0.5 < share * n < 1.5 for share in found)


def workers(d):
    return len(d.children().get("server", []))


def test():
    switch, us, near = network("us", "near")
    lines = "listen on *",
    ports = range(2000, 2064)
    d = Daemon(us, *lines, "workers 4")

    def check(n, name):
        ok(wait_for(lambda: workers(d) == n and len(queues(us, 4)) ==
            len(queues(us, 6)) == n and answers(near, "10.9.0.1",
            seconds=0.5), 10), "%s: %d workers" % (name, n), d.state)
        for version, addresses in (4, V4), (6, V6):
            found = shares(d, near, version, [(a, 123) for a in addresses])
            ok(is_even(found, n), "%s: IPv%d: all have their share" % (name,
                version), found)
            for address in addresses[:3]:
                found = shares(d, near, version, [(address, p) for p in
                    ports])
                ok(is_one(found, n), "%s: 64 ports of %s are answered by one"
                    % (name, address), found)

    check(4, "at the start")
    found = shares(d, near, 6, [(a, 123) for a in ONE_NETWORK])
    ok(is_one(found, 4), "a /64 is answered by one", found)

    # Its place is taken by another, and then it is one of them again.
    victim = d.children()["server"][0]
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: workers(d) == 3, 2)
    found = shares(d, near, 4, [(a, 123) for a in V4])
    ok(len(found) == 3 and found[0] > 0.5 / 3 and sum(found) > 0.999,
        "one is killed: the others have its clients", found)
    ok(wait_for(lambda: workers(d) == 4, 5), "it is replaced", d.state)
    check(4, "with the new one")

    for n in 2, 3:
        d.configure(*lines, "workers %d" % n)
        d.reload()
        check(n, "reloaded")
    d.configure(*lines, "workers 3", "ratelimit prefix4 24 prefix6 48")
    d.reload()
    ok(wait_for(lambda: is_one(shares(d, near, 6, [(a, 123) for a in V6]), 3),
        5), "one /48 is one client now, and answered by one", d.state)
    found = shares(d, near, 4, [(a, 123) for a in V4[:200]])
    ok(is_one(found, 3), "and so is a /24", found)
    for version, addresses in (4, PREFIXES4), (6, PREFIXES6):
        found = shares(d, near, version, [(a, 123) for a in addresses])
        ok(is_even(found, 3), "IPv%d prefixes have all" % version, found)
    d.configure(*lines, "workers 3", "ratelimit prefix6 30")
    d.reload()
    ok(wait_for(lambda: is_one(shares(d, near, 6, [(a, 123) for a in
        PREFIXES6]), 3), 5), "a /30 is less than a word", d.state)
    d.configure(*lines, "workers 3", "ratelimit prefix6 128")
    d.reload()
    ok(wait_for(lambda: is_even(shares(d, near, 6, [(a, 123) for a in
        ONE_NETWORK]), 3), 5), "of a /128, many have a /64", d.state)
    d.configure(*lines, "workers 1")
    d.reload()
    ok(wait_for(lambda: workers(d) == 1, 5) and answers(near, "10.9.0.1",
        seconds=3), "there can be one, and it answers soon", d.state)

    d.configure(*lines, "workers auto")
    d.reload()
    cpus = min(len(os.sched_getaffinity(d.pid)), 64)
    ok(wait_for(lambda: workers(d) == cpus, 5) and answers(near, "10.9.0.1",
        seconds=3), "workers auto: one for each of %d CPUs" % cpus,
        d.state)
    ok(not d.count("cannot (tell|listen)"), "nothing failed", d.state)
    d.check_end()
    d = Daemon(us, *lines, "workers auto", guard=NO_CLOCK + ["taskset", "-c",
        str(min(os.sched_getaffinity(0)))])
    ok(d.wait_ready() and wait_for(lambda: workers(d) == 1, 5),
        "one for the one that it may have", d.state)
    d.check_end()


main(test)
