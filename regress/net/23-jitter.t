#!/usr/bin/python3 -B
"""
What interleaved mode is for: answers wait in the server's own queue, behind
other traffic.  In basic mode this is an error of the transmit timestamp; in
interleaved mode the server says later when the answer really left.

All have the clock of this machine: what a server seems to be off is error.
"""
import random
import statistics
import threading

from lib import *

SERVERS = ["10.9.0.%d" % n for n in range(101, 109)]
RATE = 4e6              # bit/s of the server's link
SIZE = 1000             # bytes of the other packets
HEADERS = 42            # bytes more on the link: Ethernet, IPv4, UDP
QUEUE = 0.01, 0.06      # s of them that wait, from and to
PAUSE = 0.005           # s from one look at the queue to the next
ROUNDS = 16             # of looking at all offsets
SPACING = 2             # s from one to the next


def traffic(host, stop):
    """
    Packets wait for the server's link all the time, sometimes few, sometimes
    many: were it free at times, the clients would find out which answers
    did not wait, and need no interleaved mode.
    """
    empty = 0
    with host.socket(socket.AF_INET) as s:
        while not stop.is_set():
            now = time.monotonic()
            empty = max(empty, now)
            until = now + random.uniform(*QUEUE)
            while empty < until:
                s.sendto(bytes(SIZE), ("10.9.0.2", 9))
                empty += (SIZE + HEADERS) * 8 / RATE
            time.sleep(PAUSE)


def rms(values):
    return (sum(v * v for v in values) / max(len(values), 1)) ** 0.5


def test():
    _, us, plain, asking = network("us", "plain", "asking")
    us.address("eth0", *(s + "/24" for s in SERVERS))
    if us.exec("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
        "%.0f" % RATE, "burst", "1600", "latency", "1s", check=False):
        note("not tested here: this kernel cannot delay packets")
        ok(True, "nothing to test")
        return
    server = Daemon(us, "local stratum 1", "listen on *", "xleave")
    ok(server.wait_ready() and answers(plain, SERVERS[0]), "a server answers",
        server.state)
    stop = threading.Event()
    thread = threading.Thread(target=traffic, args=(us, stop), daemon=True)
    thread.start()
    clients = [Daemon(plain, *("server %s poll 4-4" % s for s in SERVERS)),
        Daemon(asking, *("server %s poll 4-4 xleave" % s
        for s in SERVERS))]
    for d in clients:
        ok(d.wait_sync(), "a client is synchronized", d.state)
    ok(wait_for(lambda: all(clients[1].peer(s).get("interleaved") is True
        for s in SERVERS), 20), "one of them is told when answers left",
        clients[1].state)
    seen = [], []
    for _ in range(ROUNDS):
        for d, into in zip(clients, seen):
            into += [d.peer(s)["offset"] for s in SERVERS]
        time.sleep(SPACING)
    stop.set()
    thread.join()
    for what, of in ("error", rms), ("jitter", statistics.pstdev):
        basic, better = map(of, seen)
        note("%s of a sample: basic mode %.1f us, interleaved %.1f us" % (what,
            basic * 1e6, better * 1e6))
        ok(better < basic / 2, "interleaved mode halves the %s of samples" %
            what)
    for d in clients + [server]:
        d.check_end()


main(test)
