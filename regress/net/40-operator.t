#!/usr/bin/python3 -B
"""
What root may tell ntpd, and that nobody else may, and nothing else.
"""
import random
import re

from lib import *

ASK, OFF, ON, RELOAD, STEP = range(5)


def order(command, name=b"", by=0.0, version=None):
    with open(os.path.join(TOP, "common", "control.h")) as header:
        current = int(re.search(r"CONTROL_VERSION\s+(\d+)",
            header.read())[1])
    return struct.pack("=IId256s", current if version is None else version,
        command, by, name)


def tell(d, data, seconds=2.0):
    """Send DATA to root's socket; what comes back, or None."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.settimeout(seconds)
        s.connect(d.socket + ".root")
        try:
            s.send(data)
            return s.recv(4096) or None
        except OSError:
            return None


def steps(host, *servers):
    """A clock that is 50 ms behind, which is no reason to set it."""
    d = Daemon(host, *servers, options=("-v",), guard=USER_NAMESPACE,
        env=fake_clock())
    wait_for(lambda: d.status().get("offset") is not None, 30)
    def step():
        done = subprocess.run([NTPCTL, "step", "-y", "-S", d.socket],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=20)
        return done.returncode, done.stdout + done.stderr
    # The offset is not what was confirmed.
    with_other = tell(d, order(STEP, by=0.01), 5)
    ok(with_other is not None and with_other[4] == 0 and
        b"too small" in with_other, "a step by something else is refused",
        str(with_other))
    before = d.count("clock set")
    code, said = step()
    ok(code == 0 and d.count("clock set forward by [45][0-9]") == before + 1,
        "step: the clock is set by what is confirmed", said + d.log())
    d.configure(*servers, "step never")
    d.reload()
    code, said = step()
    ok(code == 1 and 'says "step never"' in said, "step never is never", said)
    huge = tell(d, order(STEP, by=1e9), 5)
    ok(huge is not None and huge[4] == 0, "nor for ever", str(huge))


def test():
    switch, us, a, b, c, w, l = network("us", "a", "b", "c", "w", "l")
    for host in a, b, c:
        NtpServer(host)
    NtpServer(l, shift=0.05)
    steps(w, "server 10.9.0.6")
    d = Daemon(us, "server 10.9.0.2", "server 10.9.0.3", "server 10.9.0.4")
    ok(d.wait_sync(), "the daemon is synchronized", d.state)

    def command(*args, user=None):
        """The exit code and what was said."""
        who = ["setpriv", "--reuid", "65534", "--regid", "65534",
            "--clear-groups"] if user else []
        done = subprocess.run([*who, NTPCTL, args[0], "-S", d.socket,
            *args[1:]], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    mode = os.stat(d.socket + ".root")
    ok(mode.st_mode & 0o777 == 0o600 and mode.st_uid == 0,
        "the socket is root's alone", oct(mode.st_mode))
    for words in (("ask",), ("off", "10.9.0.2"), ("reload",),
            ("on", "10.9.0.2")):
        code, said = command(*words, user=True)
        ok(code == 3 and "only root" in said, "nobody may not: %s" % words[0],
            said)

    sent = d.peer("10.9.0.3")["sent"]
    code, said = command("ask", "10.9.0.3")
    ok(code == 0 and wait_for(lambda: d.peer("10.9.0.3")["sent"] > sent, 3),
        "ask: the server is asked now", said)
    code, said = command("ask", "10.9.9.9")
    ok(code == 1 and "no server has that name" in said,
        "ask: one that is not there", said)
    code, said = command("ask")
    ok(code == 1 and "too many" in said, "a third time is too often", said)

    code, said = command("off", "10.9.0.3")
    ok(code == 0 and wait_for(lambda: d.peer("10.9.0.3").get("state") ==
        "off" or [p for p in d.peers() if p["name"] == "10.9.0.3" and
        p["state"] == "off"], 3), "off: the server is off",
        said + str(d.peers()))
    ok("# 10.9.0.3 cannot be used: it is switched off" in
        d.ntpctl("-s", "peers")[1] and ".OFF." in d.ntpctl("-s", "peers")[1],
        "the table says so", d.ntpctl("-s", "peers")[1])
    ok(d.synchronized(), "the others go on")
    code, said = command("reload")
    ok(code == 0 and d.count("configuration reloaded") == 1,
        "reload: the configuration is read again", said + d.log())
    ok([p for p in d.peers() if p["state"] == "off"],
        "a server that is off stays so", str(d.peers()))
    code, said = command("on", "10.9.0.3")
    ok(code == 0 and wait_for(lambda: d.peer("10.9.0.3").get("received", 0)
        >= 1, 10), "on: it is asked again", said)
    ok(d.count("another line") == 0, "of no server is said that others ask it",
        d.log())
    code, said = command("off", "nobody.example")
    ok(code == 1 and "no server has that name" in said,
        "off: one that is not there", said)

    code, said = command("step", "-y")
    ok(code == 1 and "ntpd -x never touches the clock" in said,
        "step: not with -x", said)
    code, said = command("step")
    ok(code == 1 and "left as it is" in said,
        "step: not without a confirmation", said)

    d.configure("server 10.9.0.2", "nonsense")
    code, said = command("reload")
    ok(code == 1 and "has errors" in said,
        "reload: a configuration with errors", said)

    time.sleep(1)
    answers = {
        "another version": (order(ASK, version=99), b"another version"),
        "an unknown command": (order(77), b"no such command"),
        "a name for none": (order(RELOAD, b"a"), b"no such command"),
        "no name for one": (order(OFF), b"no such command"),
        "a name with a newline": (order(OFF, b"a\nb"), b"no such command"),
        "an endless name": (order(OFF, b"a" * 256), b"no such command"),
        "not a number": (order(STEP, by=float("nan")), b"no such command"),
    }
    for name, (data, wanted) in answers.items():
        got = tell(d, data)
        ok(got is not None and wanted in got, "hostile: %s" % name, str(got))
    for data in (b"", b"x", order(ASK)[:-1], order(ASK) + b"x"):
        ok(tell(d, data, 0.3) is None, "%d bytes have no answer" % len(data))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as idle:
        idle.connect(d.socket + ".root")
        code, said = command("on", "10.9.0.3")
        ok(code == 0, "who says nothing holds nobody up for long", said)
    random.seed(1)
    for _ in range(300):
        try:
            tell(d, random.randbytes(random.choice((4, 272, 271, 300))),
                0.001)
        except OSError:
            pass
    ok(d.running() and d.synchronized(), "noise changes nothing", d.state)
    ok(len(d.log().splitlines()) < 80, "and does not fill the log",
        len(d.log().splitlines()))
    d.signal(signal.SIGTERM)
    ok(d.wait(10) == 0 and not os.path.exists(d.socket + ".root"),
        "the socket goes with the daemon")
    code, said = command("ask")
    ok(code == 3 and "not running" in said, "without a daemon", said)


if __name__ == "__main__":
    main(test)
