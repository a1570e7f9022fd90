#!/usr/bin/python3 -B
"""
Servers of NTS that will not do: each is refused with a line in the log, and
none is asked for the time without NTS in its place.
"""
from nts import *


def test():
    switch, us, *_, false = network("us", "a", "b", "false")
    ca, other = Authority(), Authority("other")
    refusals(us, false, ca, other)


# What the certificate is for, whom the client believes, and what it says.  Its
# dates are another matter, that of 38-nts-wrong-clock.t.
REFUSALS = (
    ("of an authority that is unknown", lambda ca, other: other.certify(
        "10.9.0.4"), "self.signed certificate|unable to get.*issuer"),
    ("of another name", lambda ca, other: ca.certify("10.9.0.5", "x.test"),
        "mismatch"),
)


def refusals(us, host, ca, other):
    """Nothing that is not authenticated is asked for the time."""
    plain = NtpServer(host)
    right = ca.certify("10.9.0.4")
    records = b"\x80\1\0\2\0\0\x80\4\0\2\0\x0f"
    cases = [("a certificate " + name, make(ca, other), {}, records, said)
        for name, make, said in REFUSALS] + [
        ("TLS 1.2 only", right, {"newest": ssl.TLSVersion.TLSv1_2}, b"",
            "protocol"),
        ("no ALPN", right, {"alpn": ()}, b"", "ntske/1"),
        ("10000 records", right, {}, records + b"\x40\0\0\0" * 10000,
            "longer than"),
        ("no cookies", right, {}, records + b"\x80\0\0\0", "no cookies"),
        ("large cookies", right, {}, records + b"\0\5\1\1" + 257 * b"c" +
            b"\x80\0\0\0", "no cookies of up to 256"),
        ("an error", right, {}, b"\x80\2\0\2\0\1\x80\0\0\0", "refuses"),
        ("port 53 of somebody else", right, {}, records + b"\0\5\0\4abcd" +
            b"\x80\6\0\x0810.9.0.3\x80\7\0\2\0\x35\x80\0\0\0", "cannot be"),
        ("ourselves", right, {}, records + b"\0\5\0\4abcd" +
            b"\x80\6\0\x09127.0.0.1\x80\0\0\0", "cannot be|no address"),
        ("our own address", right, {}, records + b"\0\5\0\4abcd" +
            b"\x80\6\0\x0810.9.0.1\x80\7\0\2\x13\x89\x80\0\0\0",
            "is this machine"),
        ("half a record", right, {}, records + b"\0\5\0", "took more than"),
    ]
    for name, files, options, say, said in cases:
        server = KeServer(host, *files, say=say, **options)
        d = Daemon(us, "server 10.9.0.4 nts ca %s" % ca.file)
        ok(d.wait_log("10.9.0.4: no NTS keys: .*(%s)" % said, 15),
            "%s: is refused, and the log says why" % name, d.log)
        ok(d.count("no NTS keys") == 1, "%s: once" % name, d.log)
        d.kill()
        server.stop()
    ok(not plain.requests, "nobody was asked for the time", plain.requests)
    unreadable(us, ca)
    # With keys it may ask, and does so at once, but never without NTS.
    mended(us, host, other.certify("10.9.0.4"), right, ca)
    ok(all(data[48:50] == b"\1\4" and b"\4\4\0\x28" in data[52:] for _, _,
        data in plain.requests), "nobody was asked without NTS",
        plain.requests)
    plain.stop()


def unreadable(us, ca):
    """Files without authorities, which the log tells apart."""
    secret = config_file("secret.pem", open(ca.file).read())
    os.chmod(secret, 0o600)
    for file, said in ((secret, "Permission denied"), ("/none.pem",
            "No such file or directory"), (config_file("empty.pem", ""),
            "it has none")):
        d = Daemon(us, "server 10.9.0.4 nts ca " + file)
        ok(d.wait_log("no NTS keys: cannot read the certificates in %s: %s" %
            (file, said), 10), "authorities: " + said, d.log)
        d.kill()


def mended(us, host, wrong, right, ca):
    """Whoever has mended what was wrong need not wait for days."""
    server = KeServer(host, *wrong)
    d = Daemon(us, "server 10.9.0.4 nts ca %s" % ca.file)
    ok(d.wait_log("no NTS keys", 15), "there are no keys", d.log)
    server.stop()
    server = KeServer(host, *right, say=b"\x80\1\0\2\0\0\x80\4\0\2\0\x0f"
        b"\0\5\0\4abcd\x80\0\0\0")
    d.reload()
    ok(d.wait_log("configuration reloaded", 5) and wait_for(lambda:
        server.sessions > 0, 5), "a reload tries again", d.log)
    d.kill()
    server.stop()


main(test)
