#!/usr/bin/python3 -B
"""
Children that are killed: the resolver and the servers come back, the end of
the engine or the parent is the end of all.  And how the daemon ends.
"""
from lib import *

# What dist/systemd leaves of the capabilities, but for CAP_SYS_TIME.
UNIT_CAPS = ["setpriv", "--bounding-set",
    "-all,+net_bind_service,+setuid,+setgid,+sys_chroot",
    "--inh-caps", "-all"]


def replaced(d, name, old):
    """Is there a new process NAME for each OLD one?"""
    now = d.children().get(name, [])
    return len(now) == len(old) and not set(now) & set(old)


def test():
    switch, us, near, dns, a = network("us", "near", "dns", "a")
    us.etc_file("resolv.conf", "nameserver 10.9.0.3\n"
        "options timeout:1 attempts:1\n")
    names = {"a.test": ["10.9.0.4"]}
    DnsServer(dns, "10.9.0.3", names)
    a.address("eth0", "10.9.0.44/24")
    NtpServer(a, "10.9.0.4")
    NtpServer(a, "10.9.0.44")
    lines = "server a.test", "listen on *", "workers 2"
    d = Daemon(us, *lines)
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    kids = d.children()
    ok(len(kids.get("engine", [])) ==
        len(kids.get("resolver", [])) == len(kids.get("control", [])) == 1 and
        len(kids.get("server", [])) == 2, "its processes have their names",
        kids)
    ok(sorted(d.everybody()) == sorted(us.pids()),
        "and all of them have one", us.pids)
    for name, pids in sorted(kids.items()):
        for pid in pids:
            with open("/proc/%d/status" % pid) as f:
                status = dict(l.rstrip("\n").split(":\t", 1) for l in f if
                    ":\t" in l)
            caps = {"launcher": 1 << 18 | 1 << 10,
                "binder": 1 << 10}.get(name, 0)
            ok("0" not in status["Uid"].split()[:2] and
                status["NoNewPrivs"] == "1" and
                int(status["CapEff"], 16) == caps and
                status["Seccomp"] == "2", "%s is confined" % name, status)
            if name in ("binder", "engine", "server", "control"):
                ok(not os.listdir("/proc/%d/root" % pid),
                    "%s is in an empty root" % name)

    for pid in kids["server"]:
        os.kill(pid, signal.SIGKILL)
    ok(wait_for(lambda: replaced(d, "server", kids["server"]), 15),
        "killed servers are restarted", d.state)
    ok(wait_for(lambda: (ask(near, "10.9.0.1", seconds=0.4)[0] or
        Packet()).stratum == 3, 5), "and serve the time again", d.state)
    os.kill(kids["control"][0], signal.SIGKILL)
    ok(wait_for(lambda: replaced(d, "control", kids["control"]), 3),
        "a killed control is restarted", d.state)
    ok(d.synchronized(), "and ntpctl works", d.state)
    kids = d.children()
    os.kill(kids["binder"][0], signal.SIGKILL)
    ok(wait_for(lambda: replaced(d, "binder", kids["binder"]) and
        replaced(d, "server", kids["server"]), 15),
        "a killed binder is restarted, and the servers with it", d.state)
    ok(wait_for(lambda: (ask(near, "10.9.0.1", seconds=0.4)[0] or
        Packet()).stratum == 3, 5), "and they serve the time", d.state)
    os.kill(kids["resolver"][0], signal.SIGKILL)
    ok(wait_for(lambda: replaced(d, "resolver", kids["resolver"]), 15),
        "a killed resolver is restarted", d.state)
    names["b.test"] = ["10.9.0.44"]
    d.configure(*lines, "server b.test")
    d.reload()
    ok(wait_for(lambda: [p for p in d.peers() if p["name"] == "b.test" and
        p["address"]], 10), "and finds addresses again", d.state)
    ok(d.children().get("engine") == kids["engine"] and d.synchronized(),
        "the engine is the same, and synchronized", d.state)
    d.check_end()

    for victim in "engine", "launcher":
        d = Daemon(us, *lines)
        ok(d.wait_ready() and d.children().get(victim), "it starts again",
            d.state)
        all_ = d.everybody()
        os.kill(d.children()[victim][0], signal.SIGKILL)
        status = d.wait(3)
        ok(status not in (0, None), "%s killed: the daemon ends, non-zero" %
            victim, lambda: "status %s\n%s" % (status, d.log()))
        ok(gone(all_), "and all its processes", all_)
        ok(d.count(r"\b%s is gone" % victim), "and says why", d.log)
        # Processes that end with the engine may be noticed first.
        ok(re.search((r"engine \(pid \d+\) was killed by signal 9\n"
            r"(starting another \w+ in 1 s\n)*" if victim == "engine" else
            "") + r".*%s is gone.*\n\Z" % victim, d.log()),
            "how it ended comes before, if anybody is left to know",
            d.log)

    # What a service manager does with a daemon whose engine does not answer.
    d = Daemon(us, *lines)
    ok(d.wait_ready(), "it starts again", d.state)
    all_ = d.everybody()
    d.signal(signal.SIGABRT)
    ok(d.wait(5) == 1 and gone(all_, 1) and d.count("the watchdog says"),
        "SIGABRT of a watchdog: it ends with status 1, and says why", d.log)

    d = Daemon(us, *lines)
    ok(d.wait_ready(), "it starts again", d.state)
    all_ = d.everybody()
    d.kill()
    ok(len(all_) >= 5 and gone(all_), "parent killed: nobody is left", all_)

    # It asks a name server that is silent, for a minute.
    us.etc_file("resolv.conf", "nameserver 10.9.0.4\n"
        "options timeout:20 attempts:3\n")
    with a.socket(socket.AF_INET) as silent:
        silent.bind(("10.9.0.4", 53))
        silent.settimeout(10)
        for victim, signum in (("parent", signal.SIGTERM),
            ("parent", signal.SIGKILL), ("launcher", signal.SIGKILL)):
            d = Daemon(us, "server dead.test", guard=UNIT_CAPS)
            asked = d.wait_ready() and silent.recv(512)
            all_ = d.everybody()
            os.kill(d.pid if victim == "parent" else
                d.children()[victim][0], signum)
            ok(asked and len(all_) >= 4 and gone(all_, 1),
                "%s of the %s: a resolver that waits ends, too" %
                (signum.name, victim),
                lambda: [p for p in all_ if alive(p)])
            d.wait(3)
            for pid in all_:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            silent.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while silent.recv(512):
                    pass
            silent.settimeout(10)

    for name, signum, early in (("SIGTERM", signal.SIGTERM, False),
        ("SIGINT", signal.SIGINT, False), ("early SIGTERM", signal.SIGTERM,
        True)):
        d = Daemon(us, *lines)
        if early:
            d.wait_log(".", 5)
        else:
            d.wait_ready()
        all_ = d.everybody()
        start = time.monotonic()
        d.signal(signum)
        status = d.wait(5)
        took = time.monotonic() - start
        left = [p for p in all_ if p != d.pid and alive(p)]
        ok(not left, "%s: the parent ends last" % name, left)
        ok(status == 0, "%s: it ends with status 0" % name,
            lambda: "status %s\n%s" % (status, d.log()))
        ok(took < 2, "%s: within two seconds" % name, took)
        ok(gone(all_, 1) and not us.pids(), "%s: no process is left" % name,
            us.pids)
        ok(not os.path.exists(d.socket), "%s: nor its socket" % name)


main(test)
