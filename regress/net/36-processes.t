#!/usr/bin/python3 -B
"""
ntpctl -s processes: what it says of each process is what the kernel says in
/proc, and what is counted in the filters that are loaded.
"""
import pwd

from lib import *

BITS = {"net_bind_service": 10, "sys_chroot": 18, "sys_time": 25}
COUNTER = os.path.join(TOP, "obj" if BUILD == TOP else BUILD,
    "regress/unit/syscalls_test")


def counted():
    """{process: system calls}, counted in the programs for the kernel"""
    out = subprocess.run([COUNTER], capture_output=True, text=True,
        check=False).stdout
    return {name: int(n) for name, n in
        re.findall(r"^# (\w+): (\d+) of at most", out, re.M)}


def status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)



def shown(d):
    """[what ntpctl says of each process]"""
    return json.loads(d.ntpctl("-j", "-s", "processes")[1])["processes"]


def check(p, calls):
    name, st = "%s %d" % (p["process"], p["instance"]), status(p["pid"])
    uid = int(st["Uid"].split()[1])
    ok(p["user"] in (str(uid), *(u.pw_name for u in pwd.getpwall() if
        u.pw_uid == uid)), "%s: its user" % name, p)
    ok(sum(1 << BITS[c] for c in p["capabilities"]) ==
        int(st["CapEff"], 16), "%s: its capabilities" % name, p)
    ok(abs(p["memory"] - int(st["VmRSS"].split()[0]) * 1024) < 1 << 20,
        "%s: its memory" % name, lambda: (p, st["VmRSS"]))
    # That of ntpctl's own connection may be gone, or the next one there.
    ok(abs(p["descriptors"] - len(os.listdir("/proc/%d/fd" % p["pid"]))) <=
        (1 if p["process"] == "control" else 0), "%s: its descriptors" % name,
        p)
    ok((p["root"] == "empty") == (not os.listdir("/proc/%d/root" % p["pid"])),
        "%s: its root" % name, p)
    ok(not calls or p["calls"] == calls[p["process"]],
        "%s: its system calls" % name, lambda: (p, calls))
    ok(st["Seccomp"] == "2", "%s: has a filter" % name, st)
    ok(p["landlock"] in (None, {"parent": "folders", "launcher": "run",
        "resolver": "read"}.get(p["process"], "none")),
        "%s: what Landlock leaves it" % name, p)


def test():
    switch, us, a = network("us", "a")
    NtpServer(a, "10.9.0.2")
    calls = counted() if os.access(COUNTER, os.X_OK) else {}
    d = Daemon(us, "server 10.9.0.2", "listen on *", "workers 2")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    processes = shown(d)
    ok(sorted(p["pid"] for p in processes) == sorted(us.pids()),
        "all processes are there", lambda: (processes, us.pids()))
    ok(not [p for p in processes if p["restarts"]], "none was restarted",
        processes)
    for p in processes:
        check(p, calls)
    text = d.ntpctl("-s", "processes")[1]
    ok(all(re.search(r"^%s .* %d " % (p["process"], p["pid"]), text, re.M) for
        p in processes), "as text, too", text)
    old, = d.children()["resolver"]
    os.kill(old, signal.SIGKILL)
    ok(wait_for(lambda: [p for p in shown(d) if p["process"] == "resolver" and
        p["pid"] not in (0, old) and p["restarts"] == 1], 10),
        "one that was killed has another id, and was restarted", d.state)
    d.check_end()


main(test)
