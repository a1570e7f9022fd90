#!/usr/bin/python3 -B
"""
A mirror on the way: what looks like another server has its time from us, by a
port that is forwarded or by a daemon that asks us.
"""
from lib import *


class Forward(threading.Thread):
    """HOST forwards port 123 of ADDRESS to TARGET, as a router does."""

    def __init__(self, host, address, target):
        super().__init__(daemon=True)
        self.host, self.target = host, target
        self.seen = 0
        self.sock = host.socket(socket.AF_INET)
        self.sock.bind((address, 123))
        self.start()

    def run(self):
        while True:
            data, client = self.sock.recvfrom(2048)
            self.seen += 1
            threading.Thread(target=self.one, args=(data, client),
                daemon=True).start()

    def one(self, data, client):
        with self.host.socket(socket.AF_INET) as s:
            s.settimeout(1)
            with contextlib.suppress(OSError):
                s.sendto(data, (self.target, 123))
                self.sock.sendto(s.recv(2048), client)


def forwarded(us, nat, good):
    """Our own service behind an address that is not ours."""
    forward = Forward(nat, "10.9.0.9", "10.9.0.1")
    d = Daemon(us, "listen on *", "xleave", "server 10.9.0.9 poll 4-4",
        "server 10.9.0.21 poll 4-4 xleave")
    ok(d.wait_used("10.9.0.21"), "a real server is used", d.state)
    ok(wait_for(lambda: d.is_self("10.9.0.9"), 10), "a forwarded port leads "
        "back: noticed", d.state)
    ok(d.peer("10.9.0.9")["received"] == 0, "nothing was answered", d.state)
    ok(d.count("10.9.0.9: leads back to this machine itself: not used") == 1,
        "it says so", d.state)
    sent = forward.seen
    for what in "a server process", "the configuration":
        if what == "a server process":
            os.kill(d.children()["server"][0], signal.SIGKILL)
        else:
            d.reload()
        before = forward.seen
        ok(wait_for(lambda: forward.seen > before, 20), "%s begins anew: it "
            "is tried again" % what, d.state)
        time.sleep(4)
        ok(d.is_self("10.9.0.9") and d.peer("10.9.0.9")["received"] == 0,
            "and leads back", d.state)
    counters = d.show()["server"]
    ok(0 < counters["own"] <= forward.seen and
        forward.seen - sent < 12, "few requests were for this",
        (counters, sent, forward.seen))

    # The last real server is gone: it does not follow its reflection.
    good.silent = True
    strata = [d.status().get("stratum") for _ in range(12)
        if not time.sleep(2)]
    ok(set(strata) <= {3, 16}, "it does not follow itself", strata)
    good.silent = False

    forward.target = "10.9.0.21"
    ok(wait_for(lambda: d.peer("10.9.0.9").get("received", 0) > 2 and
        not d.is_self("10.9.0.9"), 40), "the port leads elsewhere: that "
        "server is asked", d.state)
    ok(answers(nat, "10.9.0.1"), "others are answered", d.state)
    d.check_end()


def each_other(us, far, good):
    """Two daemons that name each other's second address."""
    far.address("eth0", "10.9.0.72/24", "fd09::72/64")
    a = Daemon(us, "listen on *", "server 10.9.0.21 poll 4-4",
        "server 10.9.0.72 poll 4-4", "server fd09::72 poll 4-4")
    b = Daemon(far, "listen on *", "server 10.9.0.21 poll 4-4",
        "server 10.9.0.71 poll 4-4", "server fd09::71 poll 4-4")
    ok(a.wait_sync() and b.wait_sync(), "two that name each other have a "
        "server", a.state)
    time.sleep(8)
    good.silent = True
    strata = [d.status().get("stratum") for _ in range(25)
        if not time.sleep(2) for d in (a, b)]
    ok(set(strata) <= {3, 4, 16}, "it is gone: they do not climb", strata)
    good.silent = False
    a.check_end()
    b.check_end()


def test():
    switch, us, s, nat, far = network("us", "s", "nat", "far")
    s.address("eth0", "10.9.0.21/24")
    nat.address("eth0", "10.9.0.9/24")
    us.address("eth0", "10.9.0.71/24", "fd09::71/64")
    good = NtpServer(s, "10.9.0.21")
    forwarded(us, nat, good)
    each_other(us, far, good)


main(test)
