"""
A machine that is booted: Debian with systemd in User Mode Linux, from the disk
that build-tree makes, on a wire with three NTP servers that have the time of
this machine.  Nothing here is changed: the wire is in a network namespace, and
the disk is written to beside itself.
"""
import atexit
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.join(TOP, "obj", "peers")
GUEST = "192.0.2.10"
CLIENT = "192.0.2.20"
SERVERS = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]

# ---------------------------------------------------------------- verdicts

_count = 0
_failed = 0


def ok(right, text, detail=""):
    global _count, _failed
    _count += 1
    print("%sok %d - %s" % ("" if right else "not ", _count, text))
    if not right:
        _failed += 1
        for line in str(detail).splitlines()[-40:]:
            print("#   " + line)
    sys.stdout.flush()
    return right


def comment(text):
    for line in text.splitlines():
        print("# " + line)
    sys.stdout.flush()


def main(test):
    if os.getuid() != 0:
        print("Bail out! must be root")
        sys.exit(1)
    try:
        test()
    except Exception as e:
        print("Bail out! %s: %s" % (type(e).__name__, e))
        sys.exit(1)
    print("1..%d" % _count)
    sys.exit(1 if _failed else 0)


# ---------------------------------------------------------------- machine

# Where others compute, all takes so many times as long as steps say.
PATIENCE = 3


class Machine:
    def __init__(self):
        self.disk = subprocess.run([os.path.join(HERE, "build-tree")],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        subprocess.run(["sh", os.path.join(TOP, "regress", "peers.sh"),
            PEERS], check=True, stdout=subprocess.DEVNULL)
        # It keeps time: what computes on this machine lets it go first.
        os.setpriority(os.PRIO_PROCESS, 0, -10)
        self.work = tempfile.mkdtemp(prefix="ntpd-boot-")
        os.chmod(self.work, 0o755)	# _ntpd reads a certificate in it
        self.share = os.path.join(self.work, "share")
        self.ns = "boot-%d" % os.getpid()
        self.client_ns = self.ns + "-client"
        self.programs = []
        self.uml = None
        self.requests = 0
        atexit.register(self._clean)
        for s in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            signal.signal(s, lambda *_: sys.exit(1))
        os.mkdir(self.share)
        self._certify()
        self._wire()

    def _clean(self):
        if self.uml is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.uml.pid, signal.SIGKILL)
            self.uml.wait()
        for p in self.programs:
            p.kill()
            p.wait()
        for ns in self.client_ns, self.ns:
            subprocess.run(["ip", "netns", "del", ns],
                stderr=subprocess.DEVNULL)
        shutil.rmtree(self.work, ignore_errors=True)

    def _certify(self):
        """For NTS: that of the first server and that of the guest."""
        for name, address in ("server", SERVERS[0]), ("guest", GUEST):
            base = os.path.join(self.share, name)
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:" +
                address, "-keyout", base + ".key", "-out", base + ".pem"],
                check=True, stderr=subprocess.DEVNULL)

    def _ip(self, *args):
        subprocess.run(["ip", *args], check=True)

    def _wire(self):
        self._ip("netns", "add", self.ns)
        self._ip("-n", self.ns, "link", "set", "lo", "up")
        self._ip("-n", self.ns, "tuntap", "add", "tap0", "mode", "tap")
        self._ip("-n", self.ns, "link", "set", "tap0", "up")
        for address in SERVERS:
            self._ip("-n", self.ns, "addr", "add", address + "/24", "dev",
                "tap0")
        # A client has addresses of its own: who has those of the servers would
        # find that the guest has its time from there.
        self._ip("netns", "add", self.client_ns)
        self._ip("-n", self.ns, "link", "add", "client0", "link", "tap0",
            "netns", self.client_ns, "type", "macvlan", "mode", "bridge")
        self._ip("-n", self.client_ns, "addr", "add", CLIENT + "/24", "dev",
            "client0")
        for link in "lo", "client0":
            self._ip("-n", self.client_ns, "link", "set", link, "up")
        self.serve()

    def client(self, *args, **how):
        """Run a command on another machine at the other end of the wire."""
        return subprocess.run(["ip", "netns", "exec", self.client_ns, *args],
            text=True, capture_output=True, **how)

    def serve(self):
        """Start the servers.  -x: the clock is read, and never touched."""
        for address in SERVERS:
            conf = os.path.join(self.work, address + ".conf")
            with open(conf, "w") as f:
                f.write("local stratum 3\nallow\nbindaddress %s\ncmdport 0\n"
                    "bindcmdaddress /\npidfile %s.pid\n" % (address, conf))
                if address == SERVERS[0]:
                    f.write("ntsservercert {0}.pem\nntsserverkey {0}.key\n"
                        .format(os.path.join(self.share, "server")))
            with open(conf + ".log", "w") as log:
                self.programs.append(subprocess.Popen(["ip", "netns", "exec",
                    self.ns, os.path.join(PEERS, "chrony/usr/sbin/chronyd"),
                    "-x", "-d", "-u", "root", "-f", conf],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def end_servers(self):
        for p in self.programs:
            p.kill()
            p.wait()
        self.programs = []

    def boot(self):
        """Switch it on; True when systemd has started all that it will."""
        with open(os.path.join(self.share, "last"), "w") as f:
            f.write("%d\n" % self.requests)
        with open(os.path.join(self.work, "console"), "w") as console:
            self.uml = subprocess.Popen(["ip", "netns", "exec", self.ns,
                "linux.uml", "mem=512M", "ubda=%s,%s" % (
                os.path.join(self.work, "changes"), self.disk),
                "root=/dev/ubda", "rw", "con0=null,fd:1", "con=null",
                "ssl=null", "eth0=tuntap,tap0,52:54:00:00:00:10",
                "uml_dir=%s" % self.work, "umid=guest",
                "init=/lib/systemd/systemd", "systemd.log_color=no",
                "lsm=apparmor",
                "test.share=" + self.share], stdin=subprocess.DEVNULL,
                stdout=console, stderr=console, start_new_session=True)
        return self.booted()

    def booted(self):
        end = time.monotonic() + 180
        ready = os.path.join(self.share, "ready")
        while not os.path.exists(ready):
            if time.monotonic() > end or self.uml.poll() is not None:
                return False
            time.sleep(0.1)
        return self.run("systemctl is-system-running --wait || :",
            300)[0] == 0

    def reboot(self):
        self.run("sync; systemctl --no-block reboot; rm /share/ready")
        with open(os.path.join(self.share, "last"), "w") as f:
            f.write("%d\n" % self.requests)
        return self.booted()

    def console(self):
        with open(os.path.join(self.work, "console"), errors="replace") as f:
            return f.read()

    def run(self, commands, seconds=60):
        """Have bash -e run COMMANDS: (status, output); status None: hangs."""
        self.requests += 1
        n = self.requests
        path = lambda name: os.path.join(self.share, "%s.%d" % (name, n))
        with open(path("new"), "w") as f:
            f.write(commands + "\n")
        os.rename(path("new"), path("request"))
        end = time.monotonic() + PATIENCE * seconds
        while not os.path.exists(path("status")):
            if time.monotonic() > end or self.uml.poll() is not None:
                return None, "no answer from the machine within %d s" % \
                    (PATIENCE * seconds)
            time.sleep(0.05)
        with open(path("output"), errors="replace") as f:
            output = f.read()
        with open(path("status")) as f:
            return int(f.read()), output

    def step(self, text, commands, seconds=60):
        """Right if COMMANDS end with status 0."""
        status, output = self.run("set -x\n" + commands, seconds)
        return ok(status == 0, text, "%s\nstatus %s" % (output, status))

    def offset(self):
        """The least that its clock is off by, in seconds, with its sign."""
        before = time.time()
        status, output = self.run("date +%s.%N")
        after = time.time()
        if status != 0:
            return float("inf")
        theirs = float(output)
        return theirs - after if theirs > after else min(theirs - before, 0)
