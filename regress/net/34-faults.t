#!/usr/bin/python3 -B
"""
Every system call and every allocation fails in turn, one in each life of a
daemon: it starts, is synchronized, answers a client and ntpctl, reloads, writes
the drift file and ends.  It goes on right, or ends and says why; it does not
hang, no process is left and no file half written.

Without CHECK_LONG: some of them.  FAULTS names some ("engine sendto"), and
says what became of each.
"""
import concurrent.futures
import errno
import platform

import lib
from lib import *

INJECT = os.path.join(BUILD, "obj", "faults", "inject")
AT_ONCE = 8
LIFE = 40               # s, to get synchronized at the latest
FIRST = 3               # of calls that are alike: the first
SPREAD = 3              # and so many of the others
ALLOCATIONS = 60        # of each process

# What a call fails with, one after the other; ENOMEM if it is not here.
ERRORS = {
    "accept4": "EMFILE ECONNABORTED", "access": "EACCES", "bind":
    "EADDRINUSE", "capset": "EPERM", "chdir": "EACCES", "chroot": "EPERM",
    "clock_adjtime": "EPERM", "clone": "EAGAIN", "close": "EIO", "connect":
    "ENETUNREACH EAGAIN", "dup": "EMFILE", "dup2": "EMFILE", "fcntl": "EBADF",
    "fsync": "EIO", "getsockname": "ENOBUFS", "getsockopt": "ENOBUFS",
    "kill": "EPERM", "lseek": "EIO", "mkdir": "EROFS", "openat":
    "EMFILE ENOENT EACCES", "pipe2": "EMFILE", "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM", "read": "EIO EINTR", "recvfrom":
    "ENOMEM EINTR EAGAIN", "recvmmsg": "ENOMEM EINTR EAGAIN ECONNREFUSED",
    "recvmsg": "ENOMEM EINTR", "renameat": "ENOSPC", "sendmmsg":
    "ENOBUFS EPERM EAGAIN", "sendmsg": "ENOBUFS EAGAIN ETOOMANYREFS", "sendto":
    "ENOBUFS EAGAIN EPERM", "setsid": "EPERM", "setsockopt": "ENOPROTOOPT",
    "socket": "EMFILE ENOBUFS", "socketpair": "EMFILE", "unlink":
    "EACCES", "unlinkat": "EROFS", "wait4": "ECHILD", "write":
    "ENOSPC EAGAIN EPIPE",
}

# Made without failing; libbsd ends its process without random numbers.
NEVER = "exit_group", "rt_sigreturn", "restart_syscall", "getrandom"

# When there is no time for all: what went wrong once, and one of each kind.
SHORT = (
    "parent openat 1 EMFILE", "parent renameat 1 ENOSPC",
    "parent fsync 1 EIO", "parent malloc 40 ENOMEM",
    "engine sendto 1 EPERM", "engine sendto 2 EPERM",
    "engine sendto 4 ENOBUFS", "engine socket 1 EMFILE",
    "engine malloc 13 ENOMEM", "engine malloc 60 ENOMEM",
    "server recvmmsg 1 ENOMEM", "server ppoll 2 ENOMEM",
    "control accept4 1 EMFILE", "launcher clone 2 EAGAIN",
    "launcher malloc 300 ENOMEM",
    "resolver seccomp 1 ENOMEM", "parent sendmsg 3 ETOOMANYREFS",
)


class Life:
    """A daemon on HOST from its start to its end, with a fault."""

    def __init__(self, host, number, plan):
        self.host = host
        self.report = workdir("report-%d" % number)
        self.folder = workdir("drift-%d" % number)
        os.mkdir(self.folder)
        self.drift = os.path.join(self.folder, "ntpd.drift")
        with open(self.drift, "w") as f:
            f.write("12.345 0.250\n")
        self.plan = plan
        process, call, count, error = plan.split()
        self.wrong = []
        self.d = Daemon(host, "server 10.9.0.2", "listen on *",
            driftfile=self.drift, options=(), guard=USER_NAMESPACE + [INJECT,
            self.report, process, call, count, str(getattr(errno, error, 0))],
            env=dict(FAKE, WATCHDOG_USEC="9000000"))
        self.everybody = set()

    def wants(self, good, what):
        """WHAT is wrong, unless it is GOOD or the daemon has ended."""
        if not good and self.d.running():
            self.wrong.append(what)
        return self.d.running()

    def synchronized(self, seconds):
        """One question of ntpctl's may be the one that fails."""
        return wait_for(lambda: self.d.synchronized() or
            not self.d.running(), seconds, 0.25)

    def busy(self):
        d = self.d
        if not self.wants(self.synchronized(LIFE), "it is never synchronized"):
            return
        self.everybody = set(d.everybody())
        if self.wants(wait_for(lambda: not d.running() or (ask(self.host,
            "127.0.0.1", seconds=0.5)[0] or Packet()).stratum == 3, 20),
            "clients are not answered"):
            d.reload()
            if self.wants(wait_for(lambda: not d.running() or
                d.count("configuration reloaded|error|cannot"), 5),
                "it does not reload"):
                self.wants(self.synchronized(10), "reloaded, it has no time")

    def end(self):
        d = self.d
        ended = not d.running()
        if not ended:
            self.everybody |= set(d.everybody())
            d.signal(signal.SIGTERM)
        status = d.wait(8)
        log = d.log()
        if status is None:
            self.wrong.append("it does not end")
        elif status == 99:
            self.wrong.append("it leaves a process behind")
        elif ended and status == 0:
            self.wrong.append("it ends with status 0")
        elif ended and not log.strip() and not self.argued():
            self.wrong.append("it ends without a word")
        elif not gone(self.everybody | set(self.host.pids()), 2):
            self.wrong.append("a process is left")
        if len(log.splitlines()) > 40:
            self.wrong.append("it floods the log")
        if (d.faults() or (status or 0) >= 128) and not self.argued():
            self.wrong.append("it crashes")
        self.check_files(ended)
        self.outcome = ("ends, status %s" % status if ended else
            "goes on" + (", ends with status %s" % status if status else ""))

    def argued(self):
        """
        Crashes that are not the daemon's.  The dynamic linker crashes when
        its first mmap(2) fails, and libbsd's arc4random(3) ends a process
        that has no memory for it.
        """
        return " mmap 1 " in self.plan or \
            " mmap " in self.plan and self.d.count("killed by signal 31") == 1

    def check_files(self, ended):
        """After a fatal error the socket may stay: the next start removes it."""
        if not ended and os.path.exists(self.d.socket) and \
            not self.failed("unlink"):
            self.wrong.append("its socket is left")
        if len(os.listdir(self.folder)) != 1 and not self.failed("unlink"):
            self.wrong.append("a file is left: %s" % os.listdir(self.folder))
        with open(self.drift) as f:
            text = f.read()
        if not re.fullmatch(r"-?\d+\.\d+ \d+\.\d+\n", text):
            self.wrong.append("half a drift file: %r" % text)

    def reached(self):
        """What was done; "" if it never came to that."""
        with contextlib.suppress(OSError), open(self.report) as f:
            return f.read()
        return ""

    def failed(self, call):
        return " %s" % call in self.reached()


def live(host, number, plan):
    life = Life(host, number, plan)
    try:
        life.busy()
    finally:
        life.end()
        life.d.kill()
        for pid in host.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return life


def spread(count, first, others):
    """Some of the numbers from 1 to COUNT."""
    some = set(range(1, min(count, first) + 1))
    if count > first:
        some |= {first + (count - first) * i // others for i in
            range(1, others + 1)}
    return sorted(some)


def plans(report):
    """All of them, from what the processes did without a fault."""
    for line in sorted(report.splitlines()):
        process, call, count = line.split()
        if process == "exec" or call in NEVER:
            continue
        numbers = spread(int(count), *((0, ALLOCATIONS) if call == "malloc"
            else (FIRST, SPREAD)))
        for number in numbers:
            for error in ERRORS.get(call, "ENOMEM").split():
                yield "%s %s %d %s" % (process, call, number, error)


def run_all(hosts, chosen):
    """The lives with what is CHOSEN, as many at once as there are HOSTS."""
    free = list(hosts)

    def one(item):
        host = free.pop()
        try:
            return live(host, *item)
        finally:
            free.append(host)
    with concurrent.futures.ThreadPoolExecutor(len(hosts)) as pool:
        yield from zip(chosen, pool.map(one, enumerate(chosen, 1)))


def test():
    global FAKE
    if platform.machine() != "x86_64":
        ok(True, "faults # SKIP written for x86_64")
        return
    FAKE = fake_clock()
    lib.NTPD = os.path.join(BUILD, "obj", "faults", "ntpd")
    hosts = []
    for n in range(AT_ONCE):
        switch = Switch("s%d" % n)
        us, them = Host("us%d" % n), Host("them%d" % n)
        us.join(switch, "eth0", "10.9.0.1/24")
        # In a user namespace nobody has the right to port 123 here.
        us.exec("sysctl", "-q", "-w", "net.ipv4.ip_unprivileged_port_start=0")
        them.join(switch, "eth0", "10.9.0.2/24")
        NtpServer(them)
        hosts.append(us)

    quiet = live(hosts[0], 0, "nobody none 0 0")
    ok(not quiet.wrong and quiet.outcome == "goes on",
        "without a fault nothing is wrong", lambda: "%s\n%s" % (quiet.wrong,
        quiet.d.log()))
    chosen = SHORT
    if os.environ.get("CHECK_LONG"):
        chosen = list(plans(quiet.reached()))
    if os.environ.get("FAULTS"):
        chosen = [p for p in plans(quiet.reached()) if
            p.startswith(os.environ["FAULTS"])]
    outcomes = {}
    for plan, life in run_all(hosts, chosen):
        outcome = life.outcome if life.reached() else "does not get there"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if os.environ.get("FAULTS"):
            note("%s: %s %s" % (plan, outcome, life.wrong))
        if life.wrong or chosen is SHORT:
            ok(not life.wrong, plan, lambda: "%s\n%s" % (life.wrong,
                life.d.log()[-3000:]))
    ok(sum(outcomes.values()) == len(chosen), "%d faults: %s" % (len(chosen),
        ", ".join("%d %s" % (n, o) for o, n in sorted(outcomes.items()))))


main(test)
