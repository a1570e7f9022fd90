#!/usr/bin/python3 -B
"""
Whom to believe: with one authenticated server, those that are not have no part
in the time, whether it answers or not; and keys that are changed by a reload.
"""
import hashlib

from lib import *

SECRET = b"0123456789abcdef"


def key_file(secret=SECRET, number=1, mode=0o600):
    path = config_file("keys", "%d SHA256 HEX:%s\n" % (number, secret.hex()))
    os.chmod(path, mode)
    return path


def signing(secret=SECRET):
    """The answers of a server that has key 1."""
    def reply(server, request, answer, client):
        data = bytes(answer)
        return [data + struct.pack(">I", 1) +
            hashlib.sha256(secret + data).digest()[:20]]
    return reply


def part(d):
    """Who has a part in the time, by the address's last number."""
    status, out, _ = d.ntpctl("-j", "-s", "auth")
    return {int(p["address"].rpartition(".")[2]): p["part"]
        for p in json.loads(out)["auth"]} if status == 0 else {}


def barred(d, address):
    p = d.peer(address)
    return p.get("reason") == "untrusted" and p["tally"] == "unusable" and \
        p["received"] > 2 and p["offset"] is None


def test():
    switch, us, true, *liars, us_too = network("us", "true", "liar1", "liar2",
        "liar3", "us-too")
    honest = NtpServer(true, reply=signing())
    for host in liars:
        NtpServer(host, shift=1000)
    liars = ["10.9.0.3", "10.9.0.4", "10.9.0.5"]
    others = ["server %s" % a for a in liars]
    keys = 'keys "%s"' % key_file()
    authentic = [keys, "server 10.9.0.2 key 1 poll 4"]

    # Three that lie agree, and one that is authenticated says otherwise.
    mixed = Daemon(us_too, "authentication mix", *authentic, *others)
    d = Daemon(us, *authentic, *others)
    ok(d.wait_sync(20) and d.tally("10.9.0.2") == "*",
        "prefer: one that is authenticated is believed", d.state)
    ok(wait_for(lambda: all(barred(d, a) for a in liars), 20),
        "three that are not have no part", d.peers)
    ok(part(d) == {2: True, 3: False, 4: False, 5: False},
        "ntpctl -s auth says who has", lambda: part(d))
    status, out, _ = d.ntpctl("-s", "auth")
    ok(re.search(r"(?m)^10\.9\.0\.2 +key +1 +SHA256 +yes +0$", out) and
        re.search(r"(?m)^10\.9\.0\.3 +none +- +- +no +0$", out),
        "in words, too", out)
    status, out, _ = d.ntpctl("-s", "peers")
    ok("# 10.9.0.3 cannot be used: it is not authenticated" in out,
        "ntpctl -s peers says why it is not used", out)
    ok(abs(d.status()["offset"]) < 0.1, "the clock is where the one says",
        d.status)

    # It is silent: the others do not take its place.
    honest.silent = True
    ok(d.reconfigure(*authentic, *others), "a reload")
    time.sleep(4)
    ok(all(barred(d, a) for a in liars) and
        abs(d.status()["offset"]) < 0.1, "when it is silent, they still have "
        "none", d.show)

    # All have a vote: three against one; and not any more.
    honest.silent = False
    ok(wait_for(lambda: sum(mixed.tally(a) in "*+" for a in liars) == 3 and
        mixed.tally("10.9.0.2") not in "*+", 20), "mix: three liars win",
        mixed.peers)
    ok(mixed.reconfigure("authentication require", *authentic, *others),
        "authentication require")
    ok(wait_for(lambda: part(mixed) == {2: True, 3: False, 4: False,
        5: False} and mixed.tally("10.9.0.2") == "*" and not any(
            mixed.tally(a).strip() for a in liars) and
        abs(mixed.status()["offset"] or 9) < 0.1, 20), "and no more",
        mixed.show)
    mixed.check_end()

    # A key that is changed on both sides is taken up.
    key_file(b"another secret!!")
    honest.reply = signing(b"another secret!!")
    received = d.peer("10.9.0.2")["received"]
    ok(d.reconfigure(*authentic), "another key")
    ok(wait_for(lambda: d.peer("10.9.0.2")["received"] > received, 20),
        "is used", d.peers)

    # What is wrong with the file is said, and the old keys are kept.
    for lines, mode, wanted in (
            ("1 SHA256 HEX:0\n", 0o600, r"keys:1: key 1: its hexadecimal"),
            ("2 SHA256 0123456789\n", 0o600, r"\.conf:2: key 1 is not in "),
            ("1 SHA256 0123456789\n", 0o644, r"keys: can be read by others")):
        os.chmod(config_file("keys", lines), mode)
        before = d.count("has errors: keeping the old configuration")
        d.reload()
        ok(d.wait_log("has errors: keeping the old configuration", 5,
            before + 1) and d.count(wanted), "refused: %s" % wanted, d.log)
    ok(not d.count("0123456789"), "no key is in the log", d.log)

    # From a key to none: what was said without begins anew.
    ok(d.reconfigure("server 10.9.0.2 poll 4"), "without a key")
    ok(wait_for(lambda: d.peer("10.9.0.2").get("received", 0) > 0 and
        d.peer("10.9.0.2")["auth"] == "none", 20), "it is asked anew", d.peers)
    d.check_end()


main(test)
