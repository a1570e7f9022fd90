#!/usr/bin/python3 -B
"""
What the servers count: requests of every kind, the sum over two workers, and
workers that hang, die or are not there.
"""
from lib import *

ADDRESSES = ["10.9.0.%d" % n for n in range(101, 117)]
BOTH = 2        # a broadcast comes to every worker


def request(**fields):
    return bytes(Packet(transmit=0x1234567890abcdef, **fields))


def send(host, packets, source="10.9.0.2", to="10.9.0.1"):
    with host.socket(family_of(to)) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if source:
            s.bind((source, 0))
        for packet in packets:
            s.sendto(packet, (to, 123))


def show(d):
    """The member "server" of ntpctl -j -s server; {} if there is none."""
    status, out, _ = d.ntpctl("-j", "-s", "server")
    return json.loads(out)["server"] if status == 0 else {}


def timed(d):
    """The same, and the seconds that it took."""
    start = time.monotonic()
    return show(d), time.monotonic() - start


def change(d, before, wanted, seconds=3):
    """Until the counters have grown by WANTED; what they have grown by."""
    grown = {}

    def done():
        now = show(d)
        grown.clear()
        grown.update((key, now[key] - before[key]) for key in now if
            key not in ("workers", "counted", "sockets") and
            now[key] != before[key])
        return grown == wanted
    wait_for(done, seconds)
    return grown


def test():
    switch, us, near = network("us", "near")
    near.address("eth0", "10.9.0.99/24", *["%s/24" % a for a in ADDRESSES])
    near.ip("route", "add", "192.0.2.0/24", "via", "10.9.0.1")
    d = Daemon(us, "listen on *", "workers 2", "deny from 10.9.0.99",
        "ratelimit interval 60 burst 100 leak 0")
    ok(answers(near, "10.9.0.1"), "the daemon answers", d.state)
    ok(wait_for(lambda: show(d).get("counted") == 2, 3),
        "both workers say what they have counted", d.state)

    def kind(name, wanted, how, *args, **more):
        before = show(d)
        how(near, *args, **more)
        grown = change(d, before, wanted)
        ok(grown == wanted, name, lambda: "%s, not %s\n%s" % (grown, wanted,
            d.state()))

    # Many addresses, so that both workers have a share.
    before = show(d)
    for address in ADDRESSES:
        send(near, [request()] * 10, address)
    wanted = {"received": 160, "answered": 160}
    grown = change(d, before, wanted)
    ok(grown == wanted, "160 requests over both workers are 160", grown)
    kind("denied", {"received": 8, "denied": 8}, send, [request()] * 8,
        "10.9.0.99")
    kind("too short", {"received": 4, "too_short": 4}, send,
        [b"", b"\x23", request()[:4], request()[:47]])
    kind("bad versions", {"received": 4, "bad_version": 4}, send,
        [request(version=v) for v in (0, 5, 6, 7)])
    kind("bad modes", {"received": 7, "bad_mode": 7}, send,
        [request(mode=m) for m in (0, 1, 2, 4, 5, 6, 7)])
    kind("a bad source", {"received": 3, "bad_source": 3}, spoof,
        "10.9.0.2", 0, "10.9.0.1", 123, [request()] * 3)
    kind("bad destinations", {"received": 5 * BOTH,
        "bad_destination": 5 * BOTH}, send, [request()] * 5,
        to="10.9.0.255")
    kind("nowhere to answer to", {"received": 2, "unsent": 2}, spoof,
        "192.0.2.9", 5000, "10.9.0.1", 123, [request()] * 2)
    ok(show(d)["sockets"] == 4, "IPv4 and IPv6: four sockets", show(d))

    # Every 32nd refusal is a kiss, by chance: in 900 there is one, surely.
    before = show(d)
    for n in range(1, 6):
        for _ in range(8):      # ports
            send(near, [request()] * 25, ADDRESSES[0])
        wait_for(lambda: show(d)["received"] == before["received"] + 200 * n,
            3)
    # Ten of the hundred have gone to the requests above.
    grown = change(d, before, {}, 0.2)
    ok(grown["received"] == 1000 and grown["answered"] == 90 and
        grown.get("kissed", 0) > 0 and sum(grown.values()) == 2 * 1000,
        "whatever his ports, a client gets his limit once, not twice", grown)

    workers = d.children()["server"]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    sent = 64 * 120
    before = show(d)
    ok(before["workers"] == 2 and before["counted"] == 0 and
        before["received"] is None, "both hang: nothing is known", before)
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: show(d)["counted"] == 2, 3)
    before = show(d)
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    for address in ADDRESSES * 4:
        send(near, [request()] * (sent // 64), address)
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: show(d)["counted"] == 2, 3)
    grown = change(d, before, {}, 1)
    ok(0.9 * sent < grown["received"] + grown.get("dropped",
        0) <= sent and "dropped" in grown,
        "what does not fit into the socket's buffer is dropped", grown)

    os.kill(workers[0], signal.SIGSTOP)
    now, took = timed(d)
    ok(now["counted"] == 1 and now["workers"] == 2 and 0.5 < took < 2.5,
        "one hangs: its counters are waited for, a second", (now, took))
    now, took = timed(d)
    ok(now["counted"] == 1 and took < 0.5, "but only once", (now, took))
    _, text, _ = d.ntpctl("-s", "server")
    ok(re.match(r" +workers:  2, but 1 did not answer and is not counted",
        text), "and that is said", text)
    status, out, _ = d.ntpctl("-j", "-s", "clients")
    top = json.loads(out) if status == 0 else {}
    ok(top.get("workers") == 2 and top.get("counted") == 1,
        "nor do clients of one that hangs go missing silently", out)
    os.kill(workers[0], signal.SIGCONT)
    ok(wait_for(lambda: show(d)["counted"] == 2, 3), "it goes on", show(d))

    status, out, _ = d.ntpctl("-j", "-s", "clients")
    counted = json.loads(out).get("counted") if status == 0 else None
    top = json.loads(out)["clients"] if status == 0 else []
    ok(counted == 2 and len(top) >= len(ADDRESSES) and
        {c["address"] for c in top} >= set(ADDRESSES) and
        all(a["requests"] >= b["requests"] for a, b in zip(top, top[1:])),
        "those who ask most are named, the most first", out)
    _, text, _ = d.ntpctl("-s", "clients")
    ok(re.match(r"client +requests +refused\n10\.9\.0\.\d+ +\d+ +\d+\n",
        text), "in a table", text)
    nobody = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups",
        NTPCTL, "-S", d.socket, "-s", "clients"], capture_output=True,
        text=True, timeout=10)
    ok(nobody.returncode == 3 and not nobody.stdout and
        "only root" in nobody.stderr, "to root only", nobody)

    before = show(d)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    now, took = timed(d)
    ok(now.get("workers") == 2 and took < 2.5, "both are killed", (now, took))
    ok(wait_for(lambda: show(d).get("counted") == 2, 10) and
        show(d)["received"] == 0 < before["received"],
        "their successors begin at zero", lambda: (before, show(d)))

    clients = [threading.Thread(target=lambda: results.append(timed(d)))
        for _ in range(6)]
    results = []
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    ok(all(r.get("counted") == 2 and took < 3 for r, took in results),
        "six who ask at once get their answers", results)

    _, text, _ = d.ntpctl("-s", "server")
    ok(re.search(r"^ +workers:  2\n +sockets:  4\n +received:  0  datagrams"
        r"\n", text) and text.count("\n") == len(show(d)) - 2,
        "each counter has a line, and a certificate that is not there has none",
        text)
    _, everything, _ = d.ntpctl("-s", "all")
    ok(everything.endswith("\n\n" + text), "-s all shows it last",
        everything)
    d.configure()
    d.reload()
    ok(wait_for(lambda: show(d).get("workers") == 0, 5) and
        "server" not in d.show() and d.ntpctl("-s", "server")[1] ==
        "        workers:  none, ntpd does not listen\n",
        "without listen on there is nothing to show", d.state)
    d.check_end()


main(test)
