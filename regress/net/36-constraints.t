#!/usr/bin/python3 -B
"""
Constraints: NTP servers are not believed against the time of HTTPS servers,
and bad HTTPS servers are not believed at all.
"""
import ssl

from https import *

NOBODY = "10.9.0.2"		# of whom no port 443 is open


def redirect(date):
    yield ("HTTP/1.1 301 Moved Permanently\r\nLocation: https://good.test/"
        "\r\nDate: %s\r\n\r\n" % date).encode()


def endless(date):
    while True:
        yield b"X-Header: " + b"x" * 990 + b"\r\n"


def huge_line(date):
    yield b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100000 + b"\r\n" + date.encode()


def byte_by_byte(date):
    for byte in b"HTTP/1.1 200 OK\r\nDate: " + date.encode() + b"\r\n\r\n":
        yield bytes([byte])
        yield 1.0


def dateless(date):
    yield b"HTTP/1.1 200 OK\r\nServer: a test\r\n\r\n"


def nonsense(date):
    yield b"SSH-2.0-OpenSSH_9.2\r\n\r\n"


def bad_date(date):
    yield b"HTTP/1.1 200 OK\r\nDate: Thu, 31 Feb 2026 25:61:61 GMT\r\n\r\n"


def hang_up(date):
    yield b"HTTP/1.1 200 OK\r\nServer: a te"


def wait(date):
    yield 30.0


def chained(ca, name):
    """One for NAME by an authority whose own certificate is not valid yet."""
    now = time.time()
    between = ca.delegate("between", now + DAY, now + 30 * DAY)
    file, key = between.certificate(name)
    with open(file, "a") as f, open(between.file) as more:
        f.write(more.read())
    return file, key


def bad_servers(web, ca):
    """name: (how its line in the log goes on, the server)."""
    other = Authority("other")
    now = time.time()

    def server(name, certificate=None, **how):
        server.last += 1
        address = "10.9.0.%d" % server.last
        web.address("eth0", address + "/24")
        if name:
            certificate = ca.certificate(name)
        return address, HttpsServer(web, address, certificate, **how)
    server.last = 100

    good = ca.certificate("good.test")
    return {
        "name.test": ("name .name.test. not present in server certificate",
            server(None, good)),
        "expired.test": ("it says that today is .*, but its certificate is "
            "valid from .* to ", server(None, ca.certificate("expired.test",
            now - 30 * DAY, now - DAY))),
        "late.test": ("it says that today is .*, but then nobody vouches for "
            "it: certificate is not yet valid", server(None, chained(ca,
            "late.test"))),
        "self.test": ("certificate verification failed: self.signed "
            "certificate", server(None, self_signed("self.test"))),
        "unknown.test": ("certificate verification failed: unable to get "
            "local issuer", server(None, other.certificate("unknown.test"))),
        "old.test": ("handshake.*(version|protocol)", server("old.test",
            versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))),
        "plain.test": ("handshake", server(None)),
        "endless.test": ("its answer (is not HTTP|has more than 16384 bytes)",
            server("endless.test", answer=endless)),
        "huge.test": ("its answer has more than 16384 bytes of header",
            server("huge.test", answer=huge_line)),
        "slow.test": ("answer took more than 10 s",
            server("slow.test", answer=byte_by_byte)),
        "mute.test": ("answer took more than 10 s",
            server("mute.test", answer=wait)),
        "hang.test": ("handshake took more than 10 s",
            server("hang.test", greet=False)),
        "stopped.test": ("its process has ended without a result",
            server("stopped.test", greet=False)),
        "closed.test": ("cannot connect: Connection refused",
            (NOBODY, None)),
        "undated.test": ("its answer \\(200\\) has no date",
            server("undated.test", answer=dateless)),
        "ssh.test": ("its answer is not HTTP",
            server("ssh.test", answer=nonsense)),
    }


class Constrained(Daemon):
    """It asks one server, which is 1000 s ahead."""

    def __init__(self, us, ca, *lines, **how):
        super().__init__(us, 'ca "%s"' % ca.file, *(lines if
            "trusted" in lines[0] else ("server 10.9.0.3",) + lines), **how)


class Nobody:
    """An authority whose certificate is not there."""
    file = "/none.pem"


def talks_with(d, address):
    """The pid of the process that talks with ADDRESS."""
    for line in d.host.exec("ss", "-Hntp").splitlines():
        if address + ":443" in line and "pid=" in line:
            return int(re.search(r"pid=(\d+)", line)[1])
    return None


def confined(d, address):
    """What talks with ADDRESS can do nothing else; it is stopped then."""
    pid = wait_for(lambda: talks_with(d, address), 20, 0.05)
    ok(pid, "a process talks with %s" % address, d.state)
    if not pid:
        return
    time.sleep(0.3)                 # until it waits for an answer
    with open("/proc/%d/status" % pid) as f:
        status = dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)
    fds = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in
        os.listdir("/proc/%d/fd" % pid)]
    ok(status["Seccomp"] == "2" and int(status["CapEff"], 16) == 0 and
        int(status["CapPrm"], 16) == 0 and status["NoNewPrivs"] == "1" and
        "0" not in status["Uid"].split(), "it is filtered, not root, and has "
        "no capability", status)
    ok(os.listdir("/proc/%d/root" % pid) == [], "it is in the empty root",
        lambda: os.listdir("/proc/%d/root" % pid))
    ok(len([f for f in fds if f.startswith("socket:")]) == 2 and
        len(fds) == 5, "it has its channel and its connection", fds)
    ok(len(d.children()["tls"]) <= 4, "there are few at a time", d.children())
    os.kill(pid, signal.SIGSTOP)


def bad_ones(d, bad):
    """Each bad server has its line, is not believed, and nothing is set."""
    for name, (line, (address, _)) in bad.items():
        ok(d.wait_log(r"^constraint %s: %s: .*%s" % (name,
            re.escape(address), line), 25), "%s: %s" % (name, line), d.state)
    ok(d.count(r"^constraint ") == len(bad), "one line for each", d.log)
    ok(d.wait_log("constraints: none can be reached", 1),
        "that all have failed is said", d.state)
    ok(d.status().get("constraint") == "failed", "and shown", d.state)
    ok(not d.count("would set"), "nothing is set", d.state)
    ok(not d.synchronized(), "nor is the clock called right", d.state)
    _, out, _ = d.ntpctl("-s", "status")
    ok("constraint:  none can be reached: the clock is not set" in out,
        "which ntpctl says", out)
    ok("constraints configured but none available, clock unsynced" in out,
        "so does OpenNTPD's line", out)
    _, out, _ = d.ntpctl("-s", "auth")
    ok(re.search(r"^10\.9\.0\.3 .*\n# constraint: none can be reached", out,
        re.M), "so does ntpctl -s auth", out)
    d.check_end()


def good_ones(d, servers):
    """A server that contradicts them is not used."""
    ok(d.wait_log("10.9.0.3: answers, but cannot be used: it is another time "
        "by the constraints", 20), "a server a quarter of an hour off is not "
        "used", d.state)
    ok(d.count("constraints: the clock agrees with them") == 1 and
        d.count("^constraints:") == 1, "the constraints are", d.state)
    ok(wait_for(lambda: all(s.requests for s in servers), 10),
        "all addresses of a constraints statement are asked, and the second "
        "of a constraint statement", d.state)
    ok(d.count("both.test: 10.9.0.201: it redirects .301., which is not "
        "followed; its date counts") == 1, "a redirection is not followed",
        d.state)
    status = d.status()
    ok(status.get("constraint") == "known" and close_to(
        status.get("constraint_offset"), 0, 3), "one lies, which changes "
        "nothing", status)
    _, out, _ = d.ntpctl("-s", "status")
    ok(re.match(r"0/1 peers valid, constraint offset -?\ds, clock unsynced\n",
        out), "OpenNTPD's line has it", out)
    ok(d.peer("10.9.0.3").get("reason") == "constraint", "ntpctl says why "
        "the server is not used", d.state)
    ok(not d.count("would set"), "nothing is set", d.state)
    request = servers[0].requests[0][1].decode()
    ok(request.startswith("HEAD /where?a=b HTTP/1.1\r\nHost: good.test\r\n"),
        "the path is asked for", request)
    ok("\r\nHost: [fd09::200]\r\n" in servers[4].requests[0][1].decode(),
        "an IPv6 address has brackets", servers[4].requests)
    d.check_end()


def good_servers(web, ca):
    web.address("eth0", "10.9.0.200/24", "10.9.0.201/24", "10.9.0.202/24",
        "10.9.0.203/24", "fd09::200/64")
    return [
        HttpsServer(web, "10.9.0.200", ca.certificate("good.test")),
        HttpsServer(web, "10.9.0.201", ca.certificate("both.test"),
            answer=redirect),
        HttpsServer(web, "10.9.0.202", ca.certificate("both.test"), shift=50),
        HttpsServer(web, "10.9.0.203", ca.certificate("10.9.0.203"),
            shift=1000),
        HttpsServer(web, "fd09::200", ca.certificate("fd09::200"))]


STEP = "would set the clock forward by 1000.000 s"


def late(d, web, ca):
    """What was refused is done when a constraint answers."""
    ok(d.wait_log("constraint 10.9.0.199: 10.9.0.199: cannot connect: No route",
        15), "a constraint does not answer", d.state)
    ok(not d.count("would set"), "so nothing is set", d.state)
    web.address("eth0", "10.9.0.199/24")
    HttpsServer(web, "10.9.0.199", ca.certificate("10.9.0.199"), shift=1000)
    ok(d.wait_log(STEP, 25), "but when it does", d.state)
    d.check_end()


OPENBSD = """\
# $OpenBSD: ntpd.conf,v 1.16 2019/11/06 19:04:12 deraadt Exp $

servers pool.ntp.org
server time.cloudflare.com
sensor *

constraint from "9.9.9.9"		# quad9 v4 without DNS
constraint from "2620:fe::fe"		# quad9 v6 without DNS
constraints from "www.google.com"	# intentionally not 8.8.8.8
"""


def test():
    switch, us, web, a = network("us", "web", "a")
    ca = Authority()
    us.etc_file("resolv.conf", "nameserver 10.9.0.2\noptions timeout:1\n")
    NtpServer(a, "10.9.0.3", shift=1000)
    out = run(NTPD, "-n", "-f", config_file("openbsd.conf", OPENBSD))
    ok(out.endswith("configuration OK\n"), "OpenBSD's own file loads", out)
    bad = bad_servers(web, ca)
    names = {name: [address] for name, (_, (address, _)) in bad.items()}
    good = good_servers(web, ca)
    DnsServer(web, "10.9.0.2", dict(names, **{
        "good.test": [NOBODY, "10.9.0.200"],
        "both.test": ["10.9.0.201", "10.9.0.202"]}))
    believed = 'constraint from "10.9.0.203"'
    other = 'constraint from "https://[fd09::200]"'
    later = Constrained(us, ca, 'constraint from "10.9.0.199"')
    refused = Constrained(us, ca,
        *("constraint from https://%s/" % name for name in bad))
    agreed = Constrained(us, ca,
        'constraint from "https://good.test/where?a=b"',
        "constraints from both.test", believed, other)
    one = Constrained(us, ca, believed)
    split = Constrained(us, ca, believed, other)
    unreadable = Constrained(us, Nobody, believed)
    os.chmod(workdir(""), 0o1777)       # it makes its socket there
    rootless = Constrained(us, ca, believed, guard=["setpriv",
        "--reuid=_ntpd", "--regid=_ntpd", "--clear-groups", "--inh-caps",
        "-all", "--ambient-caps", "-all", "--bounding-set", "-all",
        "--no-new-privs"])
    trusted = Constrained(us, ca, "server 10.9.0.3 trusted",
        'constraint from "%s"' % NOBODY)

    confined(refused, names["stopped.test"][0])
    ok(one.wait_log(STEP, 20), "a step that the constraints permit is made",
        one.state)
    one.check_end()
    ok(trusted.wait_log(STEP, 20), "a trusted server is held to none",
        trusted.state)
    trusted.check_end()
    ok(rootless.wait_log(STEP, 20), "nor does any of this take root",
        rootless.state)
    rootless.check_end()
    ok(unreadable.wait_log("constraint 10.9.0.203: 10.9.0.203: cannot read the "
        "certificates in /none.pem: No such file", 10), "without certificates "
        "nobody is believed", unreadable.state)
    unreadable.check_end()
    good_ones(agreed, good)
    ok(split.wait_log("constraints: they contradict one another", 10),
        "two that contradict one another are said", split.state)
    ok(split.status().get("constraint") == "split", "and shown", split.state)
    ok(not split.count("would set"), "and nothing is set", split.state)
    split.check_end()
    late(later, web, ca)
    bad_ones(refused, bad)


main(test)
