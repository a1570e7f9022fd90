#!/usr/bin/python3 -B
"""
This daemon as a server with Network Time Security: chronyd, the ntpd of ntpsec
and this daemon itself take its time, and its cookies outlive it.
"""
from nts import *


def test():
    switch, us, upstream, chrony, sec, own = network("us", "upstream",
        "chrony", "sec", "own")
    ca = Authority()
    serving = NtpServer(upstream)
    nts = 'nts certificate "%s" key "%s"'
    statements = ["server 10.9.0.2", "listen on *", "xleave", nts % ca.certify(
        "10.9.0.1", "fd09::1")]
    d = Daemon(us, *statements, options=("-x", "-v"))
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    ok(wait_for(lambda: listens(us), 5), "and listens for NTS", d.log)

    clients(d, ca, chrony, sec, own)
    checked(ca, nts)
    reload_certificate(d, ca, own, statements, nts)
    expires(d, ca, statements, nts)
    restart(d, ca, chrony, own, statements)
    serving.stop()


def clients(d, ca, chrony, sec, own):
    follower = chronyd(chrony, "server 10.9.0.1 iburst nts xleave minpoll 0 "
        "maxpoll 0", "server fd09::1 iburst nts", "ntstrustedcerts " + ca.file)
    reference = ntpsec(sec, "server 10.9.0.1 nts iburst ca " + ca.file)
    o = Daemon(own, "server 10.9.0.1 nts xleave poll 4-4 ca " + ca.file,
        "server fd09::1 nts ca " + ca.file, options=("-x", "-v"))
    ok(o.wait_sync(20), "our own client believes it", o.state)
    ok(wait_for(lambda: follower.count("Selected source"), 15),
        "chronyd believes it", follower.log)
    ok(reference.wait_log("Got 8 cookies, length 100, aead=15", 10),
        "ntpsec has its cookies", reference.log)
    ok(wait_for(lambda: d.show()["server"]["ke_agreed"] == 5, 5),
        "five exchanges gave keys", d.show)
    ok(wait_for(lambda: d.show()["server"]["nts"] >= 15, 20),
        "answers with NTS are counted", d.show)
    ok(wait_for(lambda: d.show()["server"]["interleaved"] >= 5, 20),
        "some of them in interleaved mode", d.show)
    ok(wait_for(lambda: o.peer("10.9.0.1").get("interleaved", 0) > 0, 20),
        "which our own client takes", o.peers)
    s = d.show()["server"]
    ok(s["nts"] == s["answered"], "all answers were authenticated", s)
    ok(s["nts_naked"] == s["nts_wrong"] == s["ke_failed"] == s["ke_bad"] == 0,
        "nobody was refused", s)
    for program in follower, reference:
        program.kill()
    o.check_end()


def subject(host):
    """Of the certificate that the daemon shows to whom connects."""
    return host.exec("sh", "-c", "openssl s_client -connect 10.9.0.1:4460 "
        "-alpn ntske/1 </dev/null 2>&1 | grep subject", check=False)


def checked(ca, nts):
    """What "ntpd -n" says of the files."""
    files = ca.certify("checked.test")

    def said(*modes):
        for file, mode in zip(files, modes):
            os.chmod(file, mode)
        return run(NTPD, "-n", "-f", config_file("checked", "listen on *\n"
            "server 192.0.2.1 nts ca /none\n" + nts % files + "\n"))
    ok("warning: ca: /none is not there now" in said(0o644, 0o640),
        "ntpd -n: there are no authorities", said(0o644, 0o640))
    ok("not used" not in said(0o644, 0o440), "modes that are right",
        said(0o644, 0o440))
    for modes, file in (((0o644, 0o644), files[1]), ((0o644, 0o660), files[1]),
            ((0o666, 0o600), files[0])):
        ok("%s is not used while its mode is" % file in said(*modes),
            "modes that are not: %o %o" % modes, said(*modes))


class Session:
    """Key establishment of HOST, by TLS whose bytes are sent by hand."""

    def __init__(self, host, ca):
        context = ssl.create_default_context(cafile=ca.file)
        context.set_alpn_protocols(["ntske/1"])
        self.come, self.go = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.come, self.go,
            server_hostname="10.9.0.1")
        self.sock = host.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.settimeout(3)
        self.sock.connect(("10.9.0.1", 4460))
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        self.sock.sendall(self.go.read(20))

    def until_done(self, call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                self.sock.sendall(self.go.read())
                self.come.write(self.sock.recv(4096))

    def finish(self, request):
        self.until_done(self.tls.do_handshake)
        self.tls.write(request)
        return self.until_done(lambda: self.tls.read(2000))


def reload_certificate(d, ca, own, statements, nts):
    """It is taken up at reload, and what was agreed on stays."""
    session = Session(own, ca)
    time.sleep(0.3)
    renewed = nts % ca.certify("new.test", "10.9.0.1", "fd09::1")
    ok(d.reconfigure(*statements[:3], renewed), "a new certificate", d.log)
    ok(wait_for(lambda: "new.test" in subject(own), 5), "is taken up",
        lambda: subject(own) + d.log())
    answer = session.finish(
        b"\x80\1\0\2\0\0\x80\4\0\2\0\x0f\x80\0\0\0")
    ok(answer.startswith(b"\x80\1\0\2\0\0\x80\4\0\2\0\x0f\0\5\0\x64") and
        "new.test" not in str(session.tls.getpeercert()),
        "a session that had begun ends well", answer)
    middle = ca.delegate("middle")
    leaf, key = middle.certify("10.9.0.1")
    with open(leaf, "a") as f, open(middle.file) as chain:
        f.write(chain.read())
    ok(d.reconfigure(*statements[:3], nts % (leaf, key)) and wait_for(lambda:
        "Verification: OK" in own.exec("sh", "-c", "openssl s_client -connect "
        "10.9.0.1:4460 -alpn ntske/1 -CAfile %s </dev/null 2>&1" % ca.file,
        check=False), 5), "one with those between it and the authority", d.log)
    d.reconfigure(*statements[:3], renewed)
    ok(d.reconfigure(*statements[:3], nts % (ca.file, workdir(
        "ca-new.test.key"))) and d.wait_log("keeping the old certificate", 5)
        and "new.test" in subject(own), "files that do not fit change nothing",
        d.log)
    openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "5",
        "-subj", "/CN=other.test", "-keyout", workdir("other.key"), "-out",
        workdir("other.pem"))
    ok(d.reconfigure(*statements[:3], nts % (workdir("other.pem"), workdir(
        "ca-new.test.key"))) and d.wait_log("keeping the old certificate", 5,
        2) and "new.test" in subject(own),
        "nor does a certificate whose key is of another type", d.log)
    os.chmod(workdir("ca-new.test.key"), 0o644)
    ok(d.reconfigure(*statements[:3], renewed) and
        d.wait_log("everybody may read it", 5),
        "a key that everybody may read is not used", d.log)
    os.chmod(workdir("ca-new.test.key"), 0o600)
    d.reconfigure(*statements)


def date(seconds):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds))


def expires(d, ca, statements, nts):
    """A certificate that expires while it is used."""
    end = int(time.time()) + 5
    ok(d.reconfigure(*statements[:3], nts % ca.certify("10.9.0.1", start=date(
        end - 86400), end=date(end), as_name="short")) and
        d.wait_log('certificate of "10.9.0.1" expires at 20', 5),
        "that a certificate soon expires is said when it is taken up", d.log)
    ok(wait_for(lambda: d.show()["server"]["certificate_until"] == end, 3),
        "ntpctl shows when", d.show)
    ok(not d.count("has expired") and d.wait_log("has expired", end -
        time.time() + 3), "and that it has, when it has", d.log)
    ok(d.count("expires at") == 1 and d.count("has expired") == 1,
        "each once", d.log)
    d.reconfigure(*statements)


def restart(d, ca, chrony, own, statements):
    """Cookies are good for those who come after it, too."""
    follower = chronyd(chrony, "server 10.9.0.1 iburst nts minpoll 2 "
        "maxpoll 2", "ntstrustedcerts " + ca.file)
    ok(wait_for(lambda: follower.count("Selected source"), 15),
        "chronyd has cookies", follower.log)
    file = workdir("nts-cookies")
    ok(os.stat(file).st_mode & 0o777 == 0o600, "the keys' file has mode 600")
    before = open(file).read()
    d.check_end()
    again = Daemon(d.host, *statements, options=("-x", "-v"))
    ok(again.wait_sync(), "after a restart", again.state)
    ok(wait_for(lambda: again.show()["server"]["nts"] >= 3, 20),
        "its cookies are still good", again.state)
    ok(again.show()["server"]["nts_naked"] == 0 and
        again.show()["server"]["ke_agreed"] == 0, "nobody needs new ones",
        again.show)
    ok(open(file).read() == before, "the file is the same")

    # Another machine's file, of the same days.
    with open(file, "w") as f:
        f.write(before[:-5] + "0000\n")
    ok(again.reconfigure(*statements), "another file of keys", again.log)
    ok(wait_for(lambda: again.show()["server"]["nts_naked"] > 0, 20),
        "is taken up at reload: the old cookies are unknown", again.show)
    ok(wait_for(lambda: again.show()["server"]["ke_agreed"] > 0, 60),
        "and chronyd agrees on new keys", again.show)
    os.chmod(file, 0o644)
    ok(again.reconfigure(*statements) and again.wait_log("chmod 600", 5),
        "a file that others can read is not used", again.log)
    follower.kill()
    again.check_end()


main(test)
