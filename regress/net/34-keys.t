#!/usr/bin/python3 -B
"""
Symmetric keys: with chronyd and ntpsec's ntpd, in both directions and with each
algorithm; and what attackers on the path can do to it, which is nothing.
"""
import hashlib

from lib import *

# Number, our and chronyd's name, ntpsec's name, bytes of the key.
KEYS = (
    (1, "AES128", "AES-128", 16),
    (2, "AES256", "AES-256", 32),
    (3, "SHA1", "SHA1", 20),
    (4, "SHA256", "SHA256", 32),
    (5, "SHA512", "SHA512", 32),
    (6, "MD5", "MD5", 16),
)
SECRETS = {n: hashlib.sha256(b"%d" % n).digest()[:length]
    for n, _, _, length in KEYS}
OTHER = 7               # a key that others know under this number, but another
UNKNOWN = 8             # one that they do not know
BENT = 9                # of the server that attackers stand before


def key_file(name, lines, mode=0o600):
    path = config_file(name, "\n".join(lines) + "\n")
    os.chmod(path, mode)
    return path


def our_keys(extra=()):
    return key_file("our.keys", ["# number type key"] +
        ["%d %s HEX:%s" % (n, ours, SECRETS[n].hex())
            for n, ours, _, _ in KEYS] +
        ["%d SHA1 ours-is-this" % OTHER, "%d SHA1 nobody-knows" % UNKNOWN,
            "%d SHA256 HEX:%s" % (BENT, b"attacked".hex() * 2), *extra])


def chrony_keys():
    return key_file("chrony.keys", ["%d %s HEX:%s" % (n, ours,
        SECRETS[n].hex()) for n, ours, _, _ in KEYS] +
        ["%d SHA1 ASCII:theirs-is-that" % OTHER])


def ntpsec_keys():
    return key_file("ntpsec.keys", ["%d %s %s" % (n, theirs,
        SECRETS[n].hex()) for n, _, theirs, _ in KEYS] +
        ["%d SHA1 theirs-is-that" % OTHER])


def addresses(last, count):
    return ["10.9.0.%d" % (last * 10 + i) for i in range(1, count + 1)]


def mac(number, packet, secret=None, name="sha256"):
    digest = hashlib.new(name, (secret or b"attacked" * 2) + packet).digest()
    return struct.pack(">I", number) + digest[:20]


def signed(number, packet, **how):
    data = bytes(packet)
    return data + mac(number, data, **how)


# --------------------------------------------------------------- attackers

def shifted(answer):
    return answer.but(receive=answer.receive + (100 << 32),
        transmit=answer.transmit + (100 << 32))


def flip(data, at, bits=1):
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1:]


def replay(server, request, answer):
    """The first answer, again and again."""
    server.first = getattr(server, "first", None) or signed(BENT,
        shifted(answer).but(origin=request.transmit ^ 1))
    return server.first


# What an attacker sends before the server's own answer, wrong by 100 s where it
# can be, and the reason that ntpctl then shows; None: it does not even fit the
# request.
ATTACKS = (
    ("no MAC: downgrade", "no_mac", lambda s, r, a: bytes(shifted(a))),
    ("another key", "wrong_mac",
        lambda s, r, a: signed(BENT, shifted(a), secret=b"guessed")),
    ("another server's key and MAC", "wrong_mac",
        lambda s, r, a: signed(3, shifted(a), secret=SECRETS[3], name="sha1")),
    ("another server's MAC, this key's number", "wrong_mac",
        lambda s, r, a: signed(BENT, shifted(a), secret=SECRETS[3],
            name="sha1")),
    ("key number 0 and a MAC", "wrong_mac",
        lambda s, r, a: signed(0, shifted(a))),
    ("crypto-NAK", "crypto_nak",
        lambda s, r, a: bytes(shifted(a)) + bytes(4)),
    ("crypto-NAK with a number", "wrong_mac",
        lambda s, r, a: bytes(shifted(a)) + struct.pack(">I", BENT)),
    ("a truncated MAC", "wrong_mac",
        lambda s, r, a: signed(BENT, shifted(a))[:48 + 20]),
    ("a bit of the MAC", "wrong_mac",
        lambda s, r, a: flip(signed(BENT, a), 60)),
    ("a bit of the time", "wrong_mac",
        lambda s, r, a: flip(signed(BENT, a), 40)),
    ("a bit of the leap indicator", "wrong_mac",
        lambda s, r, a: flip(signed(BENT, a), 0, 0x40)),
    ("a kiss of death without a MAC", "no_mac",
        lambda s, r, a: bytes(a.but(stratum=0, refid=b"DENY"))),
    ("a kiss with another key", "wrong_mac",
        lambda s, r, a: signed(BENT, a.but(stratum=0, refid=b"RATE"),
            secret=b"guessed")),
    ("our own request", None, lambda s, r, a: bytes(r)),
    ("our own request as an answer", "wrong_mac",
        lambda s, r, a: flip(bytes(r.but(origin=r.transmit)), 0, 7)),
    ("an answer to another request", None, replay),
)


def attack(make):
    return lambda server, request, answer, client: [
        make(server, request, answer), signed(BENT, answer)]


def auth(d, which):
    status, out, _ = d.ntpctl("-j", "-s", "auth")
    for p in json.loads(out)["auth"] if status == 0 else []:
        if which in (p["address"], p["name"]):
            return p
    return {}


def attackers_are_dropped(d, them):
    for (name, reason, _), address in zip(ATTACKS, them):
        why, peer = auth(d, address), d.peer(address)
        ok(why["fault"] == reason and peer["rejected"] > 1 and
            (why["unauthentic"] > 1) == (reason is not None),
            "%s: dropped and counted" % name, [why, peer])
        ok(peer["reach"] & 1 and peer["received"] > 1 and
            abs(peer["offset"]) < 0.1 and peer["state"] in ("starting",
            "polling") and peer["leap"] == "none" and peer["reason"] is None,
            "%s: the server's own answers count" % name, peer)
    ok(d.count("answers are dropped: ") <= len(ATTACKS) and
        d.count(r"%s: answers are dropped: its answers are not auth" % them[0])
        == 1, "each is said once in the log", d.log)


# ------------------------------------------------------------------- tests

def client(d, them, name):
    """Our daemon has authenticated answers from all addresses of THEM."""
    for (number, ours, _, _), address in zip(KEYS, them):
        wait_for(lambda: d.peer(address).get("received", 0) > 0, 10)
        why = auth(d, address)
        ok(d.peer(address).get("received", 0) > 0 and
            why.get("unauthentic") == 0 and why["auth"] == "key" and
            why["key"] == number and why["algorithm"] == ours and why["part"],
            "%s authenticates its answers with %s" % (name, ours),
            lambda: [why, d.peer(address)])


def ntpq_says_so(d, good, bad):
    link = workdir("ntpq")
    if not os.path.exists(link):
        os.symlink(NTPCTL, link)
    out = subprocess.run([link, "-S", d.socket, "-c", "as"], text=True,
        stdout=subprocess.PIPE, timeout=10).stdout
    ok(len(re.findall(r" f.1. +yes +yes +ok ", out)) == good and
        len(re.findall(r" c01. +yes +no +bad ", out)) == bad,
        "ntpq -c as: whose answers are authentic", out)


def counters(d):
    return json.loads(d.ntpctl("-j", "-s", "server")[1])["server"]


def server_keeps_to_the_rule(host, d, address):
    """What is answered and what is not, packet by packet."""
    def answer(data):
        got, _ = ask(host, address, packet=data, seconds=0.4)
        return got
    request = Packet(transmit=1 << 63 | 5)
    good = signed(3, request, secret=SECRETS[3], name="sha1")
    before = counters(d)
    got = answer(good)
    ok(got is not None and bytes(got)[48:] == mac(3, bytes(got)[:48],
        secret=SECRETS[3], name="sha1") and got.origin == request.transmit,
        "a request with a key is answered with the same", got and vars(got))
    got = answer(bytes(request))
    ok(got is not None and got.fields == b"", "one without, without")
    wrong = (
        ("a wrong MAC", flip(good, 70)),
        ("a changed request", flip(good, 47)),
        ("a truncated MAC", good[:68]),
        ("another key's MAC", good[:48] + struct.pack(">I", 4) + good[52:]),
        ("an unknown key", signed(UNKNOWN + 90, request)),
        ("key number 0", signed(0, request, secret=SECRETS[3], name="sha1")),
        ("a crypto-NAK", bytes(request) + bytes(4)),
    )
    for name, data in wrong:
        ok(answer(data) is None, "%s: no answer" % name)
    after = counters(d)
    ok(after["bad_mac"] - before["bad_mac"] == len(wrong) and
        after["authenticated"] - before["authenticated"] >= 1,
        "and all that is counted", [before, after])


def their_clients_believe(chrony, chrony_host, sec, us):
    def ntpdata(address):
        out = chrony_host.exec("nsenter", "-t", str(chrony.pid), "-m",
            peer("chrony/usr/bin/chronyc"), "-h", "/run/chrony/chronyd.sock",
            "ntpdata", address, check=False)
        return dict((k.strip(), v.strip()) for k, _, v in
            (line.partition(":") for line in out.splitlines()))

    for (number, ours, _, _), address in zip(KEYS, us):
        wait_for(lambda: ntpdata(address).get("Total valid RX", "0") != "0",
            10)
        seen = ntpdata(address)
        ok(seen.get("Authenticated") == "Yes" and
            seen.get("Total valid RX", "0") != "0",
            "chronyd believes us by %s" % ours, seen)
    ok(wait_for(lambda: ntpdata(us[0]).get("Interleaved") == "Yes", 10),
        "in interleaved mode, too", lambda: ntpdata(us[0]))
    for (_, ours, _, _), address in zip(KEYS, us):
        ok(sec.wait_log(r"PROTO: %s e\w+ 84 reachable" % re.escape(address),
            15), "ntpsec believes us by %s" % ours, sec.log)


def test():
    switch, us, chrony_host, sec_host, bent_host = network("us", "chrony",
        "sec", "bent")
    ours, chronys, secs = (addresses(n, 8) for n in (1, 2, 3))
    bents = addresses(4, len(ATTACKS))
    for host, them in ((us, ours), (chrony_host, chronys), (sec_host, secs),
            (bent_host, bents)):
        host.address("eth0", *("%s/24" % a for a in them))

    chrony = chronyd(chrony_host, "local stratum 3", "allow",
        "bindcmdaddress /run/chrony/chronyd.sock",
        "keyfile " + chrony_keys(), *("server %s key %d iburst noselect "
        "minpoll 0 maxpoll 2 xleave" % (a, n) for (n, _, _, _), a in zip(KEYS, ours)))
    sec = ntpsec(sec_host, "tos orphan 4 orphanwait 1", "logconfig =allall",
        "keys " + ntpsec_keys(), "trustedkey 1 2 3 4 5 6 7", *("server %s key %d iburst "
        "noselect minpoll 3" % (a, n) for (n, _, _, _), a in zip(KEYS, ours)))
    for (_, _, make), address in zip(ATTACKS, bents):
        NtpServer(bent_host, address, reply=attack(make))
    d = Daemon(us, "listen on *", "xleave", 'keys "%s"' % our_keys(),
        *("server %s key %d poll 4" % (a, n) for them in (chronys, secs)
            for (n, _, _, _), a in zip(KEYS, them)),
        "server %s key %d" % (chronys[6], OTHER),
        "server %s key %d" % (secs[6], OTHER),
        "server %s key %d" % (chronys[7], UNKNOWN),
        *("server %s key %d" % (a, BENT) for a in bents))
    client(d, chronys, "chronyd")
    client(d, secs, "ntpsec")
    for address, name in ((chronys[6], "chronyd, another secret"),
            (secs[6], "ntpsec, another secret"),
            (chronys[7], "chronyd, an unknown key")):
        why = d.peer(address)
        ok(why["sent"] > 0 and why["received"] == 0 and why["reach"] == 0,
            "%s: no answer counts" % name, why)
    their_clients_believe(chrony, chrony_host, sec, ours)
    server_keeps_to_the_rule(chrony_host, d, ours[0])
    attackers_are_dropped(d, bents)
    ntpq_says_so(d, 2 * len(KEYS) + len(bents), 3)
    d.check_end()


main(test)
