#!/usr/bin/python3 -B
"""
The hypervisor's clock, a file with the layout of /dev/vmclock0 that the test
writes: it votes like a server, one that lies is a falseticker, and a change of
its marker ends what was known before anybody gets a wrong answer.
"""
import mmap
import platform

from lib import *

sys.path.insert(0, os.path.join(TOP, "libntptime"))
import ntptime

PAGE = struct.Struct("<4sIHBBIQQ2xBBhBBQQQQQQQQ")
CODE = {"x86_64": (1, b"\x0f\xae\xe8\x0f\x31\x48\xc1\xe2\x20\x48\x09\xd0\xc3"),
    "aarch64": (0, b"\xdf\x3f\x03\xd5\x40\xe0\x3b\xd5\xc0\x03\x5f\xd6")}
DEVICES = "null zero full random urandom"


def counter():
    """The processor's counter as a function, and its number."""
    number, code = CODE[platform.machine()]
    memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ |
        mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    at = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_uint64)(at), number, memory


class Hypervisor(threading.Thread):
    """Writes the page again and again, by this machine's clock."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.read, self.counter, self.memory = counter()
        self.pair()
        start = self.pair()
        time.sleep(0.2)
        end = self.pair()
        self.period = int((end[1] - start[1]) / 1e9 / (end[0] - start[0]) *
            2 ** 95)
        self.marker, self.shift, self.sequence = 77, 0.0, 0
        self.shown = self.counter
        self.going = True
        with open(path, "wb") as f:
            f.write(bytes(4096))
        self.write()
        self.start()

    def pair(self):
        """The counter and the time of one moment."""
        before = self.read()
        now = time.time_ns()
        return (before + self.read()) // 2, now

    def write(self):
        value, now = self.pair()
        now += int(self.shift * 1e9) + 37 * 10 ** 9
        self.sequence += 2
        with open(self.path, "r+b") as f:
            data = PAGE.pack(b"VCLK", 4096, 1, self.shown, 1, self.sequence,
                self.marker, 1 | 1 << 4 | 1 << 6, 2, 0, 37, 0, 31, value,
                self.period, 0, self.period // 10 ** 4, now // 10 ** 9,
                (now % 10 ** 9 << 64) // 10 ** 9, 0, 5000)
            os.pwrite(f.fileno(), struct.pack("<I", self.sequence - 1), 12)
            os.pwrite(f.fileno(), data[:12], 0)
            os.pwrite(f.fileno(), data[16:], 16)
            os.pwrite(f.fileno(), struct.pack("<I", self.sequence), 12)

    def run(self):
        while True:
            time.sleep(0.05)
            if self.going:
                self.write()

    def move(self):
        """The machine is on another host from now on."""
        self.marker += 1
        self.write()


def test():
    if platform.machine() not in CODE:
        print("1..0 # SKIP no counter is known for %s" % platform.machine())
        sys.exit(0)
    switch, us, a, b = network("us", "a", "b")
    NtpServer(a)
    NtpServer(b)
    device = workdir("vmclock0")
    hypervisor = Hypervisor(device)
    segment = workdir("shm0")
    lines = ("server 10.9.0.2 poll 4-4", "server 10.9.0.3 poll 4-4",
        "listen on 10.9.0.1", 'clockbound "%s"' % segment)
    d = Daemon(us, *lines, "sensor *",
        prepare="mkdir /run/d && cd /dev && cp -a %s /run/d && "
            "touch /run/d/vmclock0 && mount --bind %s /run/d/vmclock0 && "
            "mount --rbind /run/d /dev && cd /" % (DEVICES, device))
    ok(d.wait_sync(), "the clock is synchronized", d.state)
    ok(d.count(r"sensor \* is here:.* vmclock0"),
        "sensor * is what is there", d.log)
    ok(d.wait_tally("vmclock0", "*+-", 20), "the hypervisor's agrees",
        d.state)
    peer = d.peer("vmclock0")
    ok(peer.get("refid") == ".VMC." and close_to(peer.get("offset"), 0, 2e-4),
        "and is near", d.state)
    moved(d, a, device, segment, hypervisor)
    hypervisor.shift = 0.5
    hypervisor.move()
    ok(d.wait_tally("vmclock0", "x", 40), "one that lies is a falseticker",
        d.state)
    # As QEMU has it: a marker, and no time.
    hypervisor.shown = 255
    hypervisor.move()
    ok(d.wait_log("was moved", 5, 3), "a marker counts without a time",
        d.state)
    ok(wait_for(lambda: d.tally("vmclock0") in " ?", 20),
        "which then does not vote", d.state)
    hypervisor.going = False
    os.truncate(device, 0)
    ok(d.wait_log("vmclock0 is gone", 5), "one that vanishes is missed",
        d.state)
    hypervisor.shown, hypervisor.shift = hypervisor.counter, 0
    hypervisor.move()
    ok(d.wait_log("vmclock0 is there", 12) and
        d.wait_log("was moved", 5, 4), "and back, with its news", d.state)
    ok(d.reconfigure(*lines) and wait_for(lambda: "sensor" not in
        d.children(), 3), "one that is configured no more has no process",
        d.state)
    ok(d.reconfigure(*lines, "sensor vmclock0") and wait_for(lambda:
        d.peer("vmclock0").get("received", 0) > 0, 10),
        "a reload takes it up again", d.state)
    d.check_end()


def moved(d, a, device, segment, hypervisor):
    """What everybody sees when the machine is moved."""
    t = ntptime.open(d.bound, device)
    plain = ntptime.open(d.bound, "/nonexistent")
    def known():
        with open(segment, "rb") as f:
            data = struct.unpack("=IIIHHqqqqqQIiB7x", f.read())
        return data[10], data[13]
    ok(wait_for(lambda: t.now().status == ntptime.SYNCHRONIZED, 5) and
        known() == (77, 1), "ClockBound's segment has the marker", known)
    answer = ask(a, "10.9.0.1")[0]
    ok(answer is not None and answer.leap == 0, "clients get the time",
        d.state)
    hypervisor.move()
    ok(t.now().status == ntptime.DISRUPTED, "a reader sees at once that the "
        "machine was moved", t.now)
    start = time.monotonic()
    ok(wait_for(lambda: plain.now().status == ntptime.DISRUPTED, 5, 0.005),
        "one that cannot look there, a moment later", d.state)
    gap = time.monotonic() - start
    ok(gap < 1, "within a second", gap)
    note("the page says so after %.0f ms" % (gap * 1e3))
    ok(d.wait_log("was moved, restored or paused", 2), "it is logged", d.log)
    ok(d.wait_sync() and wait_for(lambda: t.now().status ==
        ntptime.SYNCHRONIZED, 5), "the servers are asked anew", d.state)
    ok(known() == (78, 1), "and what they say goes with the new marker",
        known)


main(test)
