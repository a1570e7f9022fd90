#!/usr/bin/python3 -B
"""
Answers with Network Time Security that were forged or bent on their way: none
has an effect, and none keeps the genuine one from being taken.
"""
from nts import *


def test():
    switch, us, chrony, relay = network("us", "chrony", "relay")
    attacks(us, chrony, relay, Authority())


class Relay(Server):
    """
    UDP port 123 of HOST is that of TARGET, but for what BEND(answer, old)
    makes of the answers: a list of bytes.  OLD are earlier ones.
    """

    def __init__(self, host, target, bend):
        self.bend, self.target, self.old, self.asked = bend, target, [], 0
        sock = host.socket(socket.AF_INET)
        sock.bind(("0.0.0.0", 123))
        self.up = host.socket(socket.AF_INET)
        self.up.settimeout(1)
        super().__init__(sock)

    def run(self):
        while not self.stopped:
            try:
                request, client = self.sock.recvfrom(2048)
            except OSError:
                continue
            self.asked += 1
            try:
                self.up.sendto(request, (self.target, 123))
                answer = self.up.recvfrom(2048)[0]
            except OSError:
                continue
            for data in self.bend(request, answer, self.old):
                self.sock.sendto(data, client)
            self.old.append(answer)

    def stop(self):
        self.stopped = True
        self.join()
        self.sock.close()
        self.up.close()


def unique_id(data):
    """The unique identifier field of a packet."""
    return data[48:48 + 36]


def nak(request, uid):
    return bytes(Packet(mode=4, stratum=0, leap=3, refid=b"NTSN",
        origin=Packet(request).transmit)) + uid


def forgeries(q, a, old):
    """What somebody on the path can make of request Q and answer A."""
    uid = unique_id(q)
    deny = Packet(mode=4, stratum=0, leap=3, refid=b"DENY",
        origin=Packet(q).transmit)
    return old[:1] + [
        a[:40] + bytes([a[40] ^ 1]) + a[41:], a[:48], a[:-4], a[:-20],
        a + a[48:], a[:84] + a[48:], a + bytes(20), bytes(deny),
        bytes(deny) + uid, nak(q, b""), nak(q, b"\1\4\0\x24" + bytes(32)),
        bytes(Packet(a).but(fields=b"")) + uid]


def attacks(us, chrony, host, ca):
    """The answers are bent on their way: KE says that NTP is elsewhere."""
    certificate, key = ca.certify("10.9.0.2", as_name="moved")
    server = nts_chronyd(chrony, certificate, key, "ntsntpserver 10.9.0.3",
        "local stratum 3", "allow")
    ok(serves(us, "10.9.0.2"), "a server with its NTP elsewhere", server.log)
    relay = Relay(host, "10.9.0.2", forgeries)
    d = Daemon(us, "server 10.9.0.2 nts ca %s" % ca.file, options=("-x", "-v"))
    wait_for(lambda: relay.asked >= 4, 20)
    p = d.peer("10.9.0.2")
    ok(relay.asked >= 4 and p["received"] == 0, "no forgery is an answer",
        d.state)
    ok(d.count("NTS keys agreed on") == 1 and p["state"] != "denied",
        "none has an effect", d.state)
    d.check_end()
    relay.stop()

    # A genuine answer twice, and a NAK that those on the path can forge.
    relay = Relay(host, "10.9.0.2", lambda q, a, old: forgeries(q, a, old) +
        [nak(q, unique_id(q)), a, a])
    d = Daemon(us, "server 10.9.0.2 nts ca %s" % ca.file, options=("-x", "-v"))
    ok(d.wait_sync(20), "and none keeps the answer from being taken", d.state)
    ok(d.count("NTS keys agreed on") == 1,
        "a NAK does not count if there is an answer", d.state)
    d.check_end()
    relay.stop()


main(test)
