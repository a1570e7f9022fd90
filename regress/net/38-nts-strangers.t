#!/usr/bin/python3 -B
"""
What strangers can do to the process that agrees on NTS keys: each gets what he
deserves, it is counted, and others are served meanwhile.
"""
import resource

from nts import *

PROTOCOL, SIV = b"\x80\1\0\2\0\0", b"\x80\4\0\2\0\x0f"
END = b"\x80\0\0\0"
REQUEST = PROTOCOL + SIV + END


def test():
    switch, us, client, other = network("us", "client", "other")
    ca = Authority()
    lines = ("listen on eth0", "listen on 10.9.0.1 port 1123",
        "local stratum 1", "deny from 10.9.0.3", 'nts certificate "%s" '
        'key "%s"' % ca.certify("10.9.0.1", "fd09::1"))
    today = int(time.time()) // 86400
    keys = config_file("nts-cookies", "%d %s\n" % (today - 12, 32 * "a7"))
    os.chmod(keys, 0o600)
    d = Daemon(us, *lines, options=("-x", "-v"))
    ok(wait_for(lambda: exchange(client, ca), 10), "an interface serves NTS",
        d.state)
    with open(keys) as f:
        ok(int(f.read().split()[0]) == today - 7, "cookie keys that are some "
            "days old are brought forward, by the local clock", f.name)
    cookies = records(exchange(client, ca))
    ok([r[0] for r in cookies] == [0x8001, 0x8004] + [5] * 8 + [0x8000] and
        len(set(r[1] for r in cookies if r[0] == 5)) == 8,
        "an answer has eight cookies, all different", cookies)
    said(d, client, ca)
    pieces(d, client, ca)
    crowd(d, client, other, ca)
    killed(d, client, ca)
    limits(d, us, client, ca, lines)
    d.check_end()


def connect(host, address="10.9.0.1"):
    s = host.socket(family_of(address), socket.SOCK_STREAM)
    s.settimeout(8)
    s.connect((address, 4460))
    return s


def secure(s, ca, alpn=("ntske/1",), newest=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context(cafile=ca.file)
    context.maximum_version = newest
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(s, server_hostname="10.9.0.1")


def read_all(s):
    data = b""
    with contextlib.suppress(OSError):
        while len(data) < 100000:
            more = s.recv(4096)
            if not more:
                break
            data += more
    return data


def exchange(host, ca, request=REQUEST, **how):
    """What the server says to REQUEST; None if it hangs up before."""
    try:
        with secure(connect(host), ca, **how) as tls:
            tls.sendall(request)
            return read_all(tls)
    except OSError:
        return None


def records(data):
    found = []
    while data:
        kind, length = struct.unpack_from(">HH", data)
        found.append((kind, data[4:4 + length]))
        data = data[4 + length:]
    return found


def counted(d, name):
    return d.show().get("server", {}).get("ke_" + name, 0)


ERROR = b"\x80\2\0\2\0"

SAID = (
    ("an unknown critical record", PROTOCOL + SIV + b"\x92\x34\0\0" + END,
        ERROR + b"\0" + END, "bad"),
    ("no protocol", SIV + END, ERROR + b"\1" + END, "bad"),
    ("a cookie", PROTOCOL + SIV + b"\0\5\0\1a" + END, ERROR + b"\1" + END,
        "bad"),
    ("nothing", END, ERROR + b"\1" + END, "bad"),
    ("a cipher that we have not", PROTOCOL + b"\x80\4\0\2\0\x63" + END,
        PROTOCOL + b"\x80\4\0\0" + END, "unfit"),
    ("another protocol", b"\x80\1\0\2\x80\1" + SIV + END,
        b"\x80\1\0\0" + END, "unfit"),
    ("10000 records", b"\x12\x34\0\0" * 10000, b"", "bad"),
)


def said(d, client, ca):
    for name, request, answer, counter in SAID:
        before = counted(d, counter)
        got = exchange(client, ca, request)
        ok((got or b"") == answer, "%s: is told what is wrong" % name, got)
        ok(wait_for(lambda: counted(d, counter) == before + 1, 3),
            "%s: is counted" % name, d.show)
    before = counted(d, "failed")
    for how in ({"alpn": ()}, {"alpn": ("http/1.1",)},
            {"newest": ssl.TLSVersion.TLSv1_2}):
        ok(not exchange(client, ca, **how), "%s: no keys" % how)
    with connect(client) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        read_all(s)
    ok(wait_for(lambda: counted(d, "failed") == before + 4, 3),
        "handshakes that fail are counted", d.show)


def pieces(d, client, ca):
    """TLS records of single bytes; one that never ends."""
    with secure(connect(client), ca) as tls:
        for i in range(len(REQUEST)):
            tls.sendall(REQUEST[i:i + 1])
            time.sleep(0.01)
        ok(len(records(read_all(tls))) == 11, "a request byte by byte is read")
    before = counted(d, "late")
    with secure(connect(client), ca) as tls:
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < begun + 8:
                tls.sendall(b"\x12")
                tls.sendall(b"\x34\0\0")
                time.sleep(0.5)
        ok(time.monotonic() - begun < 7, "one without an end is ended")
    ok(wait_for(lambda: counted(d, "late") == before + 1, 3), "and counted",
        d.show)


def crowd(d, client, other, ca):
    """Connections that say nothing, or half, do not keep others out."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    files = "/proc/%d/fd" % d.children()["ke"][0]
    before = len(os.listdir(files))
    silent = [connect(client) for _ in range(50)]
    ok(exchange(client, ca) and len(os.listdir(files)) < before + 10,
        "those that say nothing take no places", os.listdir(files))
    for s in silent:
        s.close()
    idle = [connect(client) for _ in range(2000)]
    for s in idle[::2]:
        with contextlib.suppress(OSError):
            s.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
    got = exchange(client, ca)
    ok(got and len(records(got)) == 11, "a client gets through a crowd", got)
    ok(wait_for(lambda: counted(d, "crowded") >= 1000 - 128, 5),
        "the oldest of those that say something had to go", d.show)
    ok(len(os.listdir(files)) < 160, "descriptors are bounded",
        os.listdir(files))
    for s in idle:
        s.close()
    before = counted(d, "denied")
    ok(not exchange(other, ca), "one who may not ask gets no keys")
    ok(wait_for(lambda: counted(d, "denied") == before + 1, 3),
        "and is counted", d.show)


def killed(d, client, ca):
    agreed = counted(d, "agreed")
    os.kill(d.children()["ke"][0], signal.SIGKILL)
    ok(wait_for(lambda: exchange(client, ca), 10), "another ke takes over",
        d.state)
    ok(wait_for(lambda: counted(d, "agreed") > agreed, 3),
        "and counts where the last one ended", d.show)


def limits(d, us, client, ca, lines):
    ok(d.reconfigure(*lines, "ratelimit interval 60 burst 3 leak 0"),
        "with a rate limit", d.log)
    got = [bool(exchange(client, ca)) for _ in range(8)]
    ok(got[:3] == [True] * 3 and not any(got[4:]),
        "handshakes are limited as packets are", got)
    ok(wait_for(lambda: counted(d, "limited") >= 4, 3), "and counted", d.show)
    ok(d.reconfigure(*lines[1:]), "other places", d.log)
    got = wait_for(lambda: exchange(client, ca), 5)
    ok(got and (0x0007, b"\x04\x63") in records(got),
        "a client is told the port of NTP if it is another", got)
    ok(d.reconfigure(*lines[:-1]) and
        wait_for(lambda: not listens(us), 5), "without a certificate nobody "
        "listens", d.log)


main(test)
