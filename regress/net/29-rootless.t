#!/usr/bin/python3 -B
"""
Started without root, by a user who was given the capabilities that it takes:
it does the same, and every process has still no more than it needs.
"""
from lib import *

BIND, CHROOT = 1 << 10, 1 << 18

# As a service manager does it, but for the right to set the clock.
def rootless(caps):
    return ["setpriv", "--reuid=_ntpd", "--regid=_ntpd", "--clear-groups",
        "--inh-caps", caps, "--ambient-caps", caps, "--bounding-set", caps,
        "--no-new-privs"]


def status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)


def test():
    switch, us, near, dns, a = network("us", "near", "dns", "a")
    us.etc_file("resolv.conf", "nameserver 10.9.0.3\n")
    DnsServer(dns, "10.9.0.3", {"a.test": ["10.9.0.4"]})
    NtpServer(a, "10.9.0.4")
    os.chmod(workdir(""), 0o1777)       # it makes its socket there
    d = Daemon(us, "server a.test", "listen on eth0", 
        guard=rootless("-all,+net_bind_service"))
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    ok((ask(near, "10.9.0.1")[0] or Packet()).stratum == 3,
        "it serves time at port 123", d.state)
    kids = d.children()
    ok(sorted(kids) == ["binder", "control", "engine", "launcher", "resolver",
        "server"],
        "its processes", kids)
    user = status(d.pid)["Uid"]
    for pid in [d.pid, *(pid for pids in kids.values() for pid in pids)]:
        s = status(pid)
        name = next((n for n, pids in kids.items() if pid in pids), "parent")
        ok(s["Uid"] == user and "0" not in user.split(),
            "%s: an ordinary user" % name, s)
        own = BIND * (name in ("binder", "launcher"))
        passes_on = BIND * (name == "launcher")
        ok([int(s[c], 16) for c in ("CapPrm", "CapEff", "CapInh", "CapAmb")] ==
            [own, own, passes_on, passes_on], "%s: its capabilities" % name, s)
        ok(s["NoNewPrivs"] == "1" and (name == "launcher" or
            s["Seccomp"] == "2"), "%s: is confined" % name, s)
    for name in "server", "resolver", "binder":
        os.kill(kids[name][0], signal.SIGKILL)
        ok(wait_for(lambda: set(d.children().get(name, [])) - set(kids[name]),
            10), "another %s takes the place of one that was killed" % name,
            d.state)
    ok(d.reconfigure("server a.test"), "it loads its configuration",
        d.state)
    ok(wait_for(lambda: not us.udp_ports(), 5), "and closes the port",
        us.udp_ports)
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0, "it ends", d.log)
    ok(not us.pids(), "with all of its processes", us.pids)
    ok(not os.path.exists(d.socket), "and its socket")
    ok(not d.faults(), "no fault in its log", d.log)
    empty_root(us)


def empty_root(us):
    """With the capability that it takes, those that need no files see none."""
    own_directory = ["unshare", "--mount", "sh", "-c", "mkdir -p /run/ntpd && "
        "mount -t tmpfs -o mode=755,uid=_ntpd run /run/ntpd && exec \"$@\"",
        "sh"]
    d = Daemon(us, "server 10.9.0.4", "listen on eth0", guard=own_directory +
        rootless("-all,+net_bind_service,+sys_chroot"))
    ok(d.wait_sync(), "with CAP_SYS_CHROOT, it is synchronized", d.state)
    for name, (pid,) in d.children().items():
        ok((os.listdir("/proc/%d/root" % pid) == []) ==
            (name not in ("launcher", "resolver")), "%s: its root" % name)
        s = status(pid)
        ok(int(s["CapEff"], 16) == {"launcher": BIND | CHROOT,
            "binder": BIND}.get(name, 0), "%s: its capabilities" % name, s)
    d.check_end()


main(test)
