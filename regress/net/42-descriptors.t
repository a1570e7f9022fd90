#!/usr/bin/python3 -B
"""
Processes that have no descriptor left: they rest instead of trying without
end, say so in few lines, and go on when they have one.
"""
from nts import *

SECONDS = 3.0
MOST = 0.3              # of CPU time in these, s


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def limit(pid, n):
    """
    Let PID have the descriptors below N, as far as it may set that itself.
    Without CAP_SYS_RESOURCE only its user can do that.
    """
    run("setpriv", "--reuid=%d" % uid(pid), "--regid=%d" % uid(pid),
        "--clear-groups", "prlimit", "--pid", str(pid), "--nofile=%d:" % n)


def uid(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"^Uid:\s+(\d+)", f.read(), re.M)[1])


@contextlib.contextmanager
def no_descriptors(pid):
    """As many as it has, and no more."""
    used = {int(n) for n in os.listdir("/proc/%d/fd" % pid)}
    with open("/proc/%d/limits" % pid) as f:
        before = int(re.search(r"^Max open files\s+(\d+)", f.read(),
            re.M)[1])
    limit(pid, min(n for n in range(4096) if n not in used))
    yield
    limit(pid, before)


def knock(family, where, kind=socket.SOCK_STREAM, host=None):
    s = host.socket(family, kind) if host else socket.socket(family, kind)
    s.settimeout(5)
    s.connect(where)
    return s


def rests(d, name, pid, connect=lambda: None):
    """CONNECT() makes a connection that PID cannot take."""
    with no_descriptors(pid):
        lines = d.count("$")
        clients = [c for c in (connect() for _ in range(3)) if c]
        before = cpu(pid)
        time.sleep(SECONDS)
        used = cpu(pid) - before
        ok(used < MOST, "%s: without descriptors it rests" % name,
            "%.2f s of CPU time in %.0f s\n%s" % (used, SECONDS, d.log()))
        ok(1 <= d.count("$") - lines <= 4, "%s: and says so" % name, d.log)
    for s in clients:
        s.close()


def agrees(client, ca):
    """Does CLIENT get through to ke?"""
    context = ssl.create_default_context(cafile=ca.file)
    context.set_alpn_protocols(["ntske/1"])
    with contextlib.suppress(OSError), knock(socket.AF_INET, KE,
            host=client) as s:
        return context.wrap_socket(s, server_hostname="10.9.0.1")


def ask(d):
    subprocess.run([NTPCTL, "ask", "-S", d.socket], stdin=subprocess.DEVNULL,
        capture_output=True, timeout=20)


KE = "10.9.0.1", 4460


def test():
    switch, us, client, a = network("us", "client", "a")
    NtpServer(a)
    ca = Authority()
    d = Daemon(us, "server 10.9.0.3 poll 4-4", "listen on eth0",
        'nts certificate "%s" key "%s"' % ca.certify("10.9.0.1", "fd09::1"))
    ok(wait_for(lambda: listens(us), 10), "it serves NTS", d.state)
    ok(d.wait_sync(), "it is synchronized", d.state)
    kids = d.children()

    rests(d, "control", kids["control"][0], lambda: knock(socket.AF_UNIX,
        d.socket))
    ok(wait_for(lambda: d.ntpctl("-s", "status")[0] == 0, 5),
        "ntpctl is served again", d.state)
    rests(d, "ke", kids["ke"][0], lambda: knock(socket.AF_INET, KE,
        host=client))
    ok(wait_for(lambda: agrees(client, ca), 5),
        "clients of NTS are served again", d.state)
    rests(d, "engine", kids["engine"][0], lambda: ask(d))
    before = d.peer("10.9.0.3")["received"]
    ok(wait_for(lambda: d.peer("10.9.0.3")["received"] > before, 20),
        "servers are asked again", d.state)
    ok(d.children() == kids, "nobody was replaced", d.state)
    d.check_end()


main(test)
