#!/usr/bin/python3 -B
"""
How the processes are confined, as the kernel shows it in /proc, under -d in a
terminal: nothing of the terminal, the environment, the directory or the
descriptors of whoever started the daemon is theirs.
"""
import glob
import pty

from lib import *


def status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)


def limit(pid, name):
    """The hard limit NAME of PID; None: unlimited."""
    with open("/proc/%d/limits" % pid) as f:
        found = re.search(r"^%s +\S+ +(\S+)" % name, f.read(), re.M)[1]
    return None if found == "unlimited" else int(found)


def descriptors(pid):
    """{number: what it is}"""
    found = {}
    for fd in os.listdir("/proc/%d/fd" % pid):
        with contextlib.suppress(OSError):
            found[int(fd)] = os.readlink("/proc/%d/fd/%s" % (pid, fd))
    return found


def session(pid):
    """Of PID: (session, terminal), 0 for none."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[3]), int(fields[4])


# To enter a chroot, and to open ports below 1024.
CAPABILITIES = {"launcher": 1 << 18 | 1 << 10, "binder": 1 << 10}


class InTerminal(Daemon):
    """It has a terminal, a secret, and a descriptor that nobody needs."""

    def __init__(self, host, *lines):
        self.master, terminal = pty.openpty()
        super().__init__(host, *lines, env={"SECRET": "hush"},
            terminal=terminal, guard=NO_CLOCK + ["setsid", "-c", "sh", "-c",
            'exec "$@" 7</etc/passwd', "sh"])
        os.close(terminal)


def test():
    switch, us, a = network("us", "a")
    NtpServer(a, "10.9.0.2")
    d = InTerminal(us, "server 10.9.0.2", "listen on *",
        "workers 2")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    ok(session(d.pid)[1] != 0, "it has a terminal", lambda: session(d.pid))
    ok("/etc/passwd" not in descriptors(d.pid).values(),
        "but no descriptor that it inherited", lambda: descriptors(d.pid))
    kids = d.children()
    ok(sorted(kids) == sorted(["binder", "control", "engine",
        "launcher", "resolver", "server"]) and
        len(kids["server"]) == 2, "all processes run", kids)
    ours = {name: pid for name, pids in kids.items() for pid in pids}
    for name, pid in sorted(ours.items()):
        fds, st = descriptors(pid), status(pid)
        ok(fds[0] == fds[1] == "/dev/null" and
            fds[2].startswith("pipe:"), "%s: no input, no output, its errors "
            "go to the parent" % name, fds)
        ok(not any("pts" in f or "tty" in f or "passwd" in f for f in
            fds.values()), "%s: no descriptor of the starter's" % name, fds)
        ok(session(pid) == (pid, 0), "%s: a session of its own, without "
            "terminal" % name, lambda: session(pid))
        with open("/proc/%d/environ" % pid) as f:
            environ = f.read()
        ok("=" not in environ, "%s: no environment" % name, environ)
        cwd = os.readlink("/proc/%d/cwd" % pid)
        ok(cwd == os.readlink("/proc/%d/root" % pid),
            "%s: its directory is /" % name, cwd)
        ok(limit(pid, "Max core file size") == 0 and
            limit(pid, "Max open files") <= 600 and
            limit(pid, "Max address space") <= 128 << 20,
            "%s: memory, descriptors and core dumps are limited" % name)
        ok(st["NoNewPrivs"] == "1" and st["Seccomp"] == "2" and
            st["Uid"].split()[:2] == [us_uid(st)] * 2 and
            us_uid(st) != "0", "%s: filtered, and not root" % name, st)
        ok(int(st["CapEff"], 16) == CAPABILITIES.get(name, 0),
            "%s: the capabilities that it needs" % name, st["CapEff"])
    pipes = [descriptors(pid)[2] for pids in kids.values() for pid in pids]
    ok(len(set(pipes)) == len(pipes), "each has a pipe of its own for its "
        "log", pipes)
    st = status(d.pid)
    ok(st["Seccomp"] == "2" and limit(d.pid, "Max address space") <= 256 << 20,
        "the parent is confined", st)
    ok(not d.count("SIGSYS|forbids"), "and nobody missed anything", d.log)
    d.check_end()
    modules(us, a)


def loaded(pid, module):
    """Has PID mapped the code of the C library's MODULE?"""
    with contextlib.suppress(OSError), open("/proc/%d/maps" % pid) as f:
        return bool(re.search(r"r-x.*/libnss_%s\b" % module, f.read()))


def modules(us, a):
    """What nsswitch.conf names is loaded before the filter."""
    if not glob.glob("/usr/lib/*/libnss_hesiod.so.2"):
        return
    us.etc_file("nsswitch.conf", "passwd: files\nhosts: files dns\n")
    us.etc_file("resolv.conf", "nameserver 10.9.0.2\n"
        "options timeout:1 attempts:1\n")
    dns = DnsServer(a, "10.9.0.2", {"a.test": ["10.9.0.2"]})
    d = Daemon(us, "server a.test")
    ok(d.wait_sync(), "a name is resolved", d.state)
    us.etc_file("nsswitch.conf", "hosts: files hesiod [NOTFOUND=continue] "
        "dns\n")
    old = d.children()["resolver"][0]
    dns.records["b.test"] = ["10.9.0.22"]
    d.configure("server a.test", "server b.test")
    d.reload()
    ok(wait_for(lambda: d.peer("b.test").get("address"), 20),
        "with another module, too", d.state)
    new = d.children()["resolver"][0]
    ok(loaded(new, "hesiod"), "which a new resolver has loaded", d.state)
    ok(new != old and d.count("resolver .* was killed by signal 31") == 1,
        "as the old one may not", d.state)
    d.signal(signal.SIGTERM)
    d.wait(5)
    dns.stop()


def us_uid(st):
    return st["Uid"].split()[0]


main(test)
