"""
What the network tests share: a private network, a client and a server of NTP
whose packets can be bent at will, a DNS server, and the daemons under test.

Nothing here leaves the machine or touches its clock.  Every host is a network
namespace of its own, joined to the others by a bridge in another namespace.
The daemon under test runs with -x, or where the kernel lets nobody set the
clock; the others run without CAP_SYS_TIME.  Everything ends with the test.
"""
import atexit
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("NTPD_BUILD", TOP))
NTPD = os.path.join(BUILD, "ntpd", "ntpd")
NTPCTL = os.path.join(BUILD, "ntpctl", "ntpctl")
PEERS = os.path.abspath(os.environ.get("NTPD_PEERS",
    os.path.join(TOP, "obj", "peers")))

# A command that takes away the right to set the clock.
NO_CLOCK = ["setpriv", "--bounding-set", "-sys_time", "--inh-caps",
    "-sys_time"]
CAP_SYS_TIME = 1 << 25

# Nor can one that insists on having CAP_SYS_TIME, if it has it in a user
# namespace: the kernel lets only those outside of any set the clock.
USER_NAMESPACE = ["unshare", "--user", "sh", "-c", "read go; exec \"$@\"",
    "sh"]

# ---------------------------------------------------------------- verdicts

_count = 0
_failed = 0


def ok(good, name, why=""):
    """One line of TAP; WHY is shown when it is not GOOD."""
    global _count, _failed
    _count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", _count, name))
    if not good:
        _failed += 1
        note("not ok %d - %s\n%s" % (_count, name, why() if callable(why) else
            why), sys.stderr)       # prove(1) hides what is in the TAP
    sys.stdout.flush()
    return bool(good)


def note(text, file=sys.stdout):
    """Text for whoever looks for the fault."""
    for line in str(text).splitlines():
        print("# " + line, file=file)
    file.flush()


def main(test):
    """Run TEST() and end the process with the verdict on it."""
    if os.geteuid() != 0:
        print("1..0 # SKIP network namespaces need root")
        sys.exit(0)
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGHUP, _interrupted)
    try:
        test()
    except Exception as error:
        import traceback
        ok(False, "the test ran to its end", traceback.format_exc())
        del error
    print("1..%d" % _count)
    sys.stdout.flush()
    sys.exit(1 if _failed else 0)


def _interrupted(signum, frame):
    sys.exit(128 + signum)


def wait_for(condition, seconds, every=0.1):
    """CONDITION()'s value as soon as it is true, or its last after SECONDS."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() >= end:
            return value
        time.sleep(every)


def close_to(value, wanted, within):
    """Is VALUE a number at all, and WITHIN so much of what is WANTED?"""
    return value is not None and abs(value - wanted) < within


def alive(pid):
    """Is PID a process, and not only the memory of one?"""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids, seconds=2):
    """Have all of PIDS ended within SECONDS?"""
    return wait_for(lambda: not any(alive(p) for p in pids), seconds)


# ----------------------------------------------------------------- network

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_hosts = []
_workdir = tempfile.mkdtemp(prefix="ntpd-net-")
os.chmod(_workdir, 0o755)


def workdir(name):
    """The path of NAME in the directory that ends with the test."""
    return os.path.join(_workdir, name)


def run(*args, check=True, timeout=20):
    """Run a program that must succeed; returns what it wrote."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    if check and done.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(args), done.stdout))
    return done.stdout


class Host:
    """A network namespace.  NAME is unique within the test."""

    def __init__(self, name):
        self.name = name
        self.ns = "ntpd-%d-%s" % (os.getpid(), name)
        self.etc = "/etc/netns/" + self.ns
        self.users = set()
        os.makedirs(self.etc)
        _hosts.append(self)
        run("ip", "netns", "add", self.ns)
        self.ip("link", "set", "lo", "up")
        # An address is answered for by the interface that has it.
        self.exec("sysctl", "-q", "-w", "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv4.conf.all.arp_ignore=1",
            "net.ipv4.conf.all.arp_announce=2")

    def ip(self, *args, check=True):
        return run("ip", "-n", self.ns, *args, check=check)

    def exec(self, *args, check=True, timeout=20):
        return run("ip", "netns", "exec", self.ns, *args, check=check,
            timeout=timeout)

    def address(self, interface, *addresses):
        """Give INTERFACE addresses such as "10.9.0.1/24"."""
        for address in addresses:
            extra = ["nodad"] if ":" in address else []
            self.ip("addr", "add", address, "dev", interface, *extra)

    def join(self, switch, interface, *addresses):
        """
        A new INTERFACE, joined to SWITCH, with ADDRESSES.  When it goes and
        comes back it has the same link-layer address.
        """
        port = "%s-%s" % (self.name, interface)
        mac = "02:00:" + ":".join("%02x" % b for b in
            zlib.crc32(port.encode()).to_bytes(4, "big"))
        self.ip("link", "add", interface, "address", mac, "type", "veth",
            "peer", "name", port, "netns", switch.ns)
        switch.ip("link", "set", port, "master", "br0", "up")
        self.ip("link", "set", interface, "up")
        self.address(interface, *addresses)

    def etc_file(self, name, text):
        """What this host's daemons see as /etc/NAME."""
        with open(os.path.join(self.etc, name), "w") as f:
            f.write(text)

    def add_user(self, name, home="/nonexistent", uid=64123):
        """Let there be a user on this host, and on no other."""
        if name in self.users:
            return              # somebody may be reading the file
        self.users.add(name)
        for file, line in (
            ("passwd", "%s:x:%d:%d::%s:/usr/sbin/nologin\n" %
                (name, uid, uid, home)),
            ("group", "%s:x:%d:\n" % (name, uid))):
            own = os.path.join(self.etc, file)
            with open(own if os.path.exists(own) else "/etc/" + file) as f:
                lines = [l for l in f if not l.startswith(name + ":")]
            self.etc_file(file, "".join(lines) + line)

    def pids(self):
        """Of the processes that run on this host."""
        out = run("ip", "netns", "pids", self.ns, check=False)
        return [int(p) for p in out.split() if p.isdigit()]

    def inside(self):
        """Let sockets be made on this host: with host.inside(): ..."""
        return _inside(self.ns)

    def socket(self, family, kind=socket.SOCK_DGRAM, proto=0):
        with self.inside():
            return socket.socket(family, kind, proto)

    def udp_ports(self):
        """The local addresses of UDP sockets, as ss(8) prints them."""
        out = self.exec("ss", "-Hnul")
        return [line.split()[3] for line in out.splitlines() if line.strip()]

    def remove(self):
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        run("ip", "netns", "del", self.ns, check=False)
        shutil.rmtree(self.etc, ignore_errors=True)


class Switch(Host):
    """The bridge that hosts are joined to."""

    def __init__(self, name="switch"):
        super().__init__(name)
        self.ip("link", "add", "br0", "type", "bridge")
        self.ip("link", "set", "br0", "up")


@contextlib.contextmanager
def _inside(ns):
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + ns, os.O_RDONLY)
    try:
        if _libc.setns(there, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        _libc.setns(here, _CLONE_NEWNET)
        os.close(here)
        os.close(there)


def network(*names):
    """
    A switch, and a host for each of NAMES.  Host number N has eth0 with
    10.9.0.N/24 and fd09::N/64, counted from 1.
    """
    switch = Switch()
    hosts = [Host(name) for name in names]
    for n, host in enumerate(hosts, 1):
        host.join(switch, "eth0", "10.9.0.%d/24" % n, "fd09::%d/64" % n)
    return [switch] + hosts


def _clean_up():
    for daemon in list(_programs):
        daemon.kill()
    for host in reversed(_hosts):
        with contextlib.suppress(Exception):
            host.remove()
    shutil.rmtree(_workdir, ignore_errors=True)


atexit.register(_clean_up)

# ---------------------------------------------------------------- programs

_programs = []


class Program:
    """A program on a host, without CAP_SYS_TIME, its log in a file."""

    def __init__(self, host, name, args, guard=NO_CLOCK, env=None,
            prepare="true", terminal=None):
        """
        GUARD is the command that takes away the right to set the clock.
        PREPARE is shell that runs first, in the program's own mount
        namespace, where /run and /var/lib are empty.  TERMINAL, if given,
        is its input instead of nothing.
        """
        self.host = host
        self.name = name
        self.logfile = workdir("%s-%s-%d.log" % (host.name, name,
            len(_programs)))
        script = ("mount -t tmpfs -o mode=755 none /run && "
            "mount -t tmpfs -o mode=755 none /var/lib && %s && "
            "exec \"$@\"" % prepare)
        environ = dict(os.environ, **(env or {}))
        environ.pop("NOTIFY_SOCKET", None)
        with open(self.logfile, "wb") as log:
            self.process = subprocess.Popen(["ip", "netns", "exec", host.ns,
                "sh", "-c", script, "sh", *guard, *args],
                stdin=subprocess.PIPE if terminal is None else terminal,
                stdout=log, stderr=log, env=environ)
        self.pid = self.process.pid
        _programs.append(self)
        if guard is USER_NAMESPACE:
            self._map_users()
        if terminal is None:
            self.process.stdin.close()

    def _map_users(self):
        """Let users of the new user namespace be what they are outside."""
        ours = os.readlink("/proc/self/ns/user")
        wait_for(lambda: os.readlink("/proc/%d/ns/user" % self.pid) != ours,
            5, 0.01)
        for file in "uid_map", "gid_map":
            with open("/proc/%d/%s" % (self.pid, file), "w") as f:
                f.write("0 0 65536\n")
        self.process.stdin.write(b"\n")

    def log(self):
        with open(self.logfile, errors="replace") as f:
            return f.read()

    def count(self, pattern):
        """How many lines of the log match PATTERN, a regular expression."""
        return len(re.findall(pattern, self.log(), re.M | re.I))

    def wait_log(self, pattern, seconds, times=1):
        return wait_for(lambda: self.count(pattern) >= times, seconds)

    def running(self):
        return self.process.poll() is None

    def can_set_clock(self):
        """Has it CAP_SYS_TIME, against all intentions?"""
        with open("/proc/%d/status" % self.pid) as f:
            caps = int(re.search(r"^CapEff:\s*(\w+)", f.read(), re.M)[1], 16)
        return bool(caps & CAP_SYS_TIME)

    def signal(self, signum):
        self.process.send_signal(signum)

    def wait(self, seconds):
        """Its exit status, None if it still runs after SECONDS."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self):
        if self.running():
            self.process.kill()
            self.process.wait()


def peer(path):
    """The program PATH of the unpacked packages, fetched if need be."""
    full = os.path.join(PEERS, path)
    if not os.path.exists(full):
        run("sh", os.path.join(TOP, "regress", "peers.sh"), PEERS,
            timeout=300)
    return full


def config_file(name, text):
    path = workdir(name)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def chronyd(host, *lines, command=None, **how):
    """chronyd on HOST, serving at once as stratum 3 if no LINES say else."""
    conf = config_file(host.name + "-chrony.conf", "\n".join((
        "cmdport 0", "bindcmdaddress /", "pidfile /run/chronyd.pid") +
        (lines or ("local stratum 3", "allow"))) + "\n")
    return Program(host, "chronyd", [*(command or
        [peer("chrony/usr/sbin/chronyd")]), "-d", "-x", "-u", "root", "-f",
        conf], **how)


def ntpsec(host, *lines, command=None):
    """ntpsec's ntpd on HOST, serving at once as stratum 4 likewise."""
    conf = config_file(host.name + "-ntpsec.conf", "\n".join((
        "driftfile /run/drift",) +
        (lines or ("tos orphan 4 orphanwait 1",))) + "\n")
    return Program(host, "ntpsec", [*(command or
        [peer("ntpsec/usr/sbin/ntpd")]), "-n", "-N", "-c", conf, "-p",
        "/run/ntpsec.pid"])


def openntpd(host, *lines):
    """OpenNTPD's ntpd on HOST."""
    conf = config_file(host.name + "-openntpd.conf", "\n".join(lines) + "\n")
    host.add_user("ntpd", "/run/openntpd", 64124)
    return Program(host, "openntpd", [peer("openntpd/usr/sbin/ntpd"), "-d",
        "-v", "-f", conf], prepare="mkdir -p /run/openntpd "
        "/var/lib/openntpd/db /var/lib/openntpd/run")


# -------------------------------------------------------- the daemon itself

class Daemon(Program):
    """Our daemon, on HOST: ntpd -d -x -f CONF, made of LINES."""

    def __init__(self, host, *lines, driftfile=None, bound=None,
            options=("-x",), guard=NO_CLOCK, **how):
        self.number = len(_programs)
        self.host = host
        self.socket = workdir("%s-%d.sock" % (host.name, self.number))
        self.driftfile = driftfile or workdir("%s-%d.drift" % (host.name,
            self.number))
        self.bound = bound or workdir("%s-%d.bound" % (host.name,
            self.number))
        self.conf = workdir("%s-%d.conf" % (host.name, self.number))
        self.configure(*lines)
        if not os.access(NTPD, os.X_OK):
            raise RuntimeError("%s is not there: build it first" % NTPD)
        host.add_user("_ntpd")
        super().__init__(host, "ntpd", [NTPD, "-d", *options, "-f",
            self.conf], guard=guard, **how)

    def configure(self, *lines):
        """Write the configuration; what tests need is added to LINES."""
        config_file(os.path.basename(self.conf), "\n".join(lines + (
            'driftfile "%s"' % self.driftfile,
            'socket "%s"' % self.socket, 'bound "%s"' % self.bound,
            'user "_ntpd"')) + "\n")

    def reload(self):
        self.signal(signal.SIGHUP)

    def reconfigure(self, *lines):
        """Have it load LINES in the place of what it has; has it?"""
        before = self.count("configuration reloaded")
        self.configure(*lines)
        self.reload()
        done = self.wait_log("configuration reloaded", 5, before + 1)
        time.sleep(0.1)         # until its servers have heard of it
        return done

    def ntpctl(self, *args, timeout=10):
        """What ntpctl says: (exit status, output, errors)."""
        try:
            done = subprocess.run([NTPCTL, "-S", self.socket, *args],
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=timeout)
        except subprocess.TimeoutExpired:
            return None, "", "ntpctl hangs"
        return done.returncode, done.stdout, done.stderr

    def show(self):
        """All of ntpctl -j -s all; {} while there is no answer."""
        status, out, _ = self.ntpctl("-j", "-s", "all")
        if status != 0:
            return {}
        try:
            return json.loads(out)
        except ValueError:
            return {}

    def status(self):
        return self.show().get("status", {})

    def peers(self):
        return self.show().get("peers", [])

    def peer(self, which):
        """The association with the address or name WHICH; {} if none."""
        for p in self.peers():
            if which in (p.get("address"), p.get("name")):
                return p
        return {}

    def tally(self, which):
        """The mark of the association WHICH, as in ntpctl -s peers."""
        return {"unusable": " ", "falseticker": "x", "outlier": "-",
            "combined": "+", "system_peer": "*"}.get(
            self.peer(which).get("tally"), "?")

    def synchronized(self):
        return self.status().get("synchronized") is True

    def wait_ready(self, seconds=10):
        """Until ntpctl gets an answer."""
        return wait_for(lambda: self.ntpctl("-s", "status")[0] == 0 or
            not self.running(), seconds) and self.running()

    def wait_sync(self, seconds=30):
        return wait_for(lambda: self.synchronized() or not self.running(),
            seconds, 0.25) and self.synchronized()

    def wait_tally(self, which, marks, seconds):
        """Until the association WHICH has one of the tally MARKS."""
        return wait_for(lambda: self.tally(which) in marks, seconds, 0.25)

    def wait_used(self, which, seconds=20):
        """Until the association WHICH is one of those that the time is from."""
        return self.wait_tally(which, "*+", seconds)

    def is_self(self, which):
        """Is the association WHICH known to be the daemon's own machine?"""
        return self.peer(which).get("state") == "self"

    def children(self):
        """{"engine": [pid], "server": [pid, ...], ...}"""
        found = {}
        for pid in self.host.pids():
            if pid == self.pid or not self._descends(pid):
                continue
            with contextlib.suppress(OSError):
                with open("/proc/%d/cmdline" % pid, "rb") as f:
                    title = f.read().replace(b"\0", b" ").decode()
                name = re.match(r"ntpd: (\w+)", title)
                if name:
                    found.setdefault(name[1], []).append(pid)
        return found

    def everybody(self):
        """The pids of all its processes."""
        return [self.pid] + sum(self.children().values(), [])

    def _descends(self, pid):
        """Is PID a child of this daemon, or a child's child?"""
        for _ in range(4):
            try:
                with open("/proc/%d/stat" % pid) as f:
                    pid = int(f.read().rpartition(")")[2].split()[1])
            except OSError:
                return False
            if pid == self.pid:
                return True
        return False

    def faults(self):
        """Lines of the log that must never be there."""
        return [line for line in self.log().splitlines() if re.search(
            r"Sanitizer|runtime error|SIGSYS|signal 31|bad system call|"
            r"stack smashing|buffer overflow|assert", line, re.I)]

    def state(self):
        """For diagnostics: the end of the log, and what ntpctl shows."""
        lines = self.log().splitlines()
        return "\n".join(["log, %d lines:" % len(lines)] + lines[-25:] +
            [self.ntpctl("-s", "all")[1]])

    def check_end(self):
        """The last checks of most tests: it lives, ends, and left no fault."""
        ok(self.running(), "the daemon still runs", self.state)
        if not self.running():
            return
        before = self.everybody()
        self.signal(signal.SIGTERM)
        status = self.wait(5)
        ok(status == 0, "and ends with status 0 when told to",
            lambda: "status %s\n%s" % (status, self.log()[-2000:]))
        ok(gone(before), "no process of it is left", before)
        ok(not self.faults(), "no fault in its log",
            lambda: "\n".join(self.faults()))


# -------------------------------------------------------------- NTP packets

ERA = 2208988800
HEADER = struct.Struct(">BBbbII4sQQQQ")


def ntp_time(unix_ns):
    """Nanoseconds since 1970 as a 64-bit timestamp."""
    seconds, ns = divmod(int(unix_ns), 10 ** 9)
    return ((seconds + ERA) & 0xffffffff) << 32 | (ns << 32) // 10 ** 9


def unix_time(stamp):
    """A 64-bit timestamp of this era as seconds since 1970."""
    return (stamp >> 32) - ERA + (stamp & 0xffffffff) / 2 ** 32


class Packet:
    """The fields of an NTP packet, to be read or bent."""

    NAMES = ("stratum", "poll", "precision", "root_delay", "root_dispersion",
        "refid", "reference", "origin", "receive", "transmit")

    def __init__(self, data=None, **fields):
        self.leap, self.version, self.mode = 0, 4, 3
        self.stratum, self.poll, self.precision = 0, 0, -20
        self.root_delay = self.root_dispersion = 0
        self.refid = bytes(4)
        self.reference = self.origin = self.receive = self.transmit = 0
        self.fields = b""
        if data is not None:
            first, *rest = HEADER.unpack_from(data)
            self.leap, self.version, self.mode = (first >> 6, first >> 3 & 7,
                first & 7)
            for name, value in zip(self.NAMES, rest):
                setattr(self, name, value)
            self.fields = data[HEADER.size:]
        for name, value in fields.items():
            setattr(self, name, value)

    def __bytes__(self):
        return HEADER.pack(self.leap << 6 | self.version << 3 | self.mode,
            *(getattr(self, name) for name in self.NAMES)) + self.fields

    def but(self, **fields):
        """A copy with other FIELDS."""
        return Packet(bytes(self), **fields)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def ask(host, server, port=123, source=None, interface=None, seconds=1.0,
        packet=None):
    """
    Ask SERVER from HOST for the time once: (answer, its sender), or (None,
    None).  The socket is not connected, so that the sender is the answer's.
    """
    request = packet if packet is not None else bytes(Packet(
        transmit=int.from_bytes(os.urandom(8), "big")))
    with host.socket(family_of(server)) as s:
        if source:
            s.bind((source, 0))
        if interface:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                interface.encode())
        s.settimeout(seconds)
        try:
            s.sendto(request, (server, port))
            data, sender = s.recvfrom(2048)
        except OSError:
            return None, None
    return Packet(data), sender[0]


def answers(host, server, port=123, seconds=5, **how):
    """Does SERVER answer HOST within SECONDS?"""
    return bool(wait_for(lambda: ask(host, server, port, seconds=0.4,
        **how)[0], seconds))


def serves(host, server, seconds=10):
    """Does SERVER, asked from HOST, come to have the time?"""
    def good():
        answer, _ = ask(host, server, seconds=0.4)
        return answer and answer.leap != 3 and 0 < answer.stratum < 16
    return bool(wait_for(good, seconds))


def listening(host, address, port):
    """A TCP socket of HOST that clients can connect to."""
    sock = host.socket(family_of(address), socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(16)
    return sock


def drift_file(name, age):
    """A drift file NAME that was written AGE s from now."""
    path = workdir(name)
    with open(path, "w") as f:
        f.write("1.000 0.010\n")
    os.utime(path, (time.time() + age,) * 2)
    return path


class Server(threading.Thread):
    """What answers at SOCK until stop(), in a thread of its own: run()."""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock, self.stopped = sock, False
        self.sock.settimeout(0.2)
        self.start()

    def stop(self):
        self.stopped = True
        self.join()
        self.sock.close()


class NtpServer(Server):
    """
    A server of NTP on HOST, as good as a Python program can be.  SHIFT is by
    how many seconds it lies.  REPLY(server, request, answer, client), if
    given, returns what is sent instead of [answer]: packets or bytes.
    """

    def __init__(self, host, address=None, port=123, shift=0.0, stratum=2,
            leap=0, refid=b"\x7f\x7f\1\1", reply=None, silent=False):
        self.shift, self.stratum, self.leap = shift, stratum, leap
        self.refid, self.reply, self.silent = refid, reply, silent
        self.requests = []      # (monotonic time, client, bytes)
        self.host = host
        address = address or "0.0.0.0"
        sock = host.socket(family_of(address))
        sock.setsockopt(socket.SOL_SOCKET, 35, 1)       # SO_TIMESTAMPNS
        sock.bind((address, port))
        super().__init__(sock)

    def run(self):
        while not self.stopped:
            try:
                data, extra, _, client = self.sock.recvmsg(2048, 256)
            except socket.timeout:
                continue
            except OSError:
                # Somebody's port was closed, or the interface is gone.
                continue
            received = time.time_ns()
            for level, kind, value in extra:
                if (level, kind) == (socket.SOL_SOCKET, 35):
                    seconds, ns = struct.unpack("qq", value)
                    received = seconds * 10 ** 9 + ns
            self.requests.append((time.monotonic(), client, data))
            if self.silent or len(data) < HEADER.size:
                continue
            self._answer(Packet(data), received, client)

    def _answer(self, request, received, client):
        shift = int(self.shift * 1e9)
        answer = Packet(leap=self.leap, mode=4, version=request.version,
            stratum=self.stratum, poll=request.poll, refid=self.refid,
            root_delay=66, root_dispersion=66, origin=request.transmit,
            reference=ntp_time(received + shift - 10 ** 9),
            receive=ntp_time(received + shift))
        packets = [answer]
        answer.transmit = ntp_time(time.time_ns() + shift)
        if self.reply:
            packets = self.reply(self, request, answer, client) or []
        elif not self.shift:
            answer.transmit = ntp_time(time.time_ns())
        for packet in packets:
            with contextlib.suppress(OSError):
                self.sock.sendto(bytes(packet), client)


class DnsServer(Server):
    """
    A DNS server on HOST for the names in RECORDS, {"a.test": ["10.9.0.2",
    ...]}.  RCODE, if not 0, is what everybody gets (2 SERVFAIL, 3 NXDOMAIN).
    Names in DEAD get no answer at all.
    """

    def __init__(self, host, address, records, rcode=0, dead=()):
        self.records, self.rcode, self.dead = records, rcode, dead
        self.questions = []     # (monotonic time, name)
        sock = host.socket(family_of(address))
        sock.bind((address, 53))
        super().__init__(sock)

    def run(self):
        while not self.stopped:
            try:
                data, client = self.sock.recvfrom(2048)
                reply = self._answer(data)
                self.sock.sendto(reply, client)
            except (OSError, IndexError, struct.error):
                continue

    def _answer(self, data):
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode().lower())
            at += 1 + data[at]
        name = ".".join(labels)
        kind = struct.unpack_from(">H", data, at + 1)[0]
        question = data[12:at + 5]
        self.questions.append((time.monotonic(), name))
        if name in self.dead:
            raise IndexError(name)
        found = [a for a in self.records.get(name, []) if
            kind == (28 if ":" in a else 1)]
        rcode = self.rcode or (0 if name in self.records else 3)
        if rcode:
            found = []
        rest = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1,
            16 if ":" in a else 4) + socket.inet_pton(family_of(a), a)
            for a in found)
        return data[:2] + struct.pack(">HHHHH", 0x8580 | rcode, 1,
            len(found), 0, 0) + question + rest


def spoof(host, source, source_port, target, target_port, payloads):
    """Send UDP from an IPv4 address that is not HOST's own."""
    with host.socket(socket.AF_INET, socket.SOCK_RAW,
            socket.IPPROTO_RAW) as s:
        for payload in payloads:
            udp = struct.pack(">HHHH", source_port, target_port,
                8 + len(payload), 0) + payload
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0,
                64, 17, 0, socket.inet_aton(source), socket.inet_aton(target))
            with contextlib.suppress(OSError):
                s.sendto(ip + udp, (target, 0))


def fake_clock():
    """
    A library for LD_PRELOAD with which a daemon believes that it adjusts the
    clock.  Its environment; the daemon is to run in USER_NAMESPACE as well.
    """
    source, library = workdir("clock.c"), workdir("clock.so")
    with open(source, "w") as f:
        f.write(FAKE_CLOCK)
    run(os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library,
        source)
    return {"LD_PRELOAD": library, "ASAN_OPTIONS":
        os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


FAKE_CLOCK = """
#define _GNU_SOURCE
#include <sys/timex.h>
#include <time.h>

static struct timex state = { .tick = 10000, .status = STA_UNSYNC };

int
clock_adjtime(clockid_t id, struct timex *tx)
{
	(void)id;
	if (tx->modes & ADJ_FREQUENCY)
		state.freq = tx->freq;
	if (tx->modes & ADJ_TICK)
		state.tick = tx->tick;
	if (tx->modes & ADJ_STATUS)
		state.status = tx->status;
	if (tx->modes & ADJ_MAXERROR)
		state.maxerror = tx->maxerror;
	if (tx->modes & ADJ_ESTERROR)
		state.esterror = tx->esterror;
	*tx = state;
	return TIME_OK;
}

int
clock_settime(clockid_t id, const struct timespec *ts)
{
	(void)id;
	(void)ts;
	return 0;
}
"""
