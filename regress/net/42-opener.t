#!/usr/bin/python3 -B
"""
A reference clock whose driver does not return from open(2): the daemon steers
the clock, answers and reloads meanwhile, says so once, and has the device when
it is there.  The driver is a file system of this test's.
"""
from lib import *

INIT, LOOKUP, FORGET, GETATTR, OPEN, RELEASE = 26, 1, 2, 3, 14, 18
HEADER = struct.Struct("=IIQQIIIHH")
ROOT, FILE = 1, 2
MNT_DETACH = 2


def attributes(node):
    """A folder, or the device in it."""
    mode = 0o40755 if node == ROOT else 0o100644
    return struct.pack("=6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0,
        0, 4096, 0)


class Driver(threading.Thread):
    """
    /dev/ptp0 for who binds FOLDER/ptp0 there.  Its open(2) ends when HOLDS
    does not hold any more.
    """

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder = folder
        self.opens = 0          # that have come
        self.holds = threading.Event()
        os.mkdir(folder)
        self.fd = os.open("/dev/fuse", os.O_RDWR)
        options = "fd=%d,rootmode=40000,user_id=0,group_id=0" % self.fd
        if ctypes.CDLL(None, use_errno=True).mount(b"driver",
                folder.encode(), b"fuse", 0, options.encode()) != 0:
            raise OSError(ctypes.get_errno(), "mount")
        self.start()

    def run(self):
        with contextlib.suppress(OSError):      # it is unmounted
            while True:
                data = os.read(self.fd, 1 << 17)
                _, opcode, unique, node, *_ = HEADER.unpack_from(data)
                if opcode == OPEN:
                    self.opens += 1
                    threading.Thread(target=self.open, args=(unique,),
                        daemon=True).start()
                elif opcode != FORGET:
                    self.answer(unique, *self.work(opcode, node))

    def open(self, unique):
        self.holds.wait()
        self.answer(unique, 0, bytes(16))

    def work(self, opcode, node):
        """(error, answer)"""
        if opcode == INIT:
            return 0, struct.pack("=4I2H2I2H8I", 7, 31, 0, 0, 0, 0, 4096, 1,
                0, 0, *[0] * 8)
        if opcode == LOOKUP:
            return 0, struct.pack("=4Q2I", FILE, 0, 60, 60, 0, 0) + \
                attributes(FILE)
        if opcode == GETATTR:
            return 0, struct.pack("=Q2I", 60, 0, 0) + attributes(node)
        return (0 if opcode == RELEASE else -38), b""   # ENOSYS

    def answer(self, unique, error, data):
        with contextlib.suppress(OSError):      # nobody waits for it
            os.write(self.fd, struct.pack("=IiQ", 16 + len(data), error,
                unique) + data)

    def remove(self):
        self.holds.set()
        ctypes.CDLL(None).umount2(self.folder.encode(), MNT_DETACH)


# What the daemon sees as /dev.
DEVICES = """
mount -t tmpfs -o mode=755 none /mnt && for d in null urandom; do
cp -a /dev/$d /mnt || exit 1; done && touch /mnt/ptp0 &&
mount --bind %s/ptp0 /mnt/ptp0 && mount --move /mnt /dev"""


def check(d, driver):
    ok(d.wait_ready() and wait_for(lambda: driver.opens == 1, 5),
        "a device is opened", d.state)
    ok(d.wait_sync(), "its driver does not answer: the clock is synchronized",
        d.state)
    opener, = d.children()["opener"]
    with open("/proc/%d/status" % opener) as f:
        st = dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)
    ok(int(st["CapEff"], 16) == 0 and st["NoNewPrivs"] == "1" and
        st["Seccomp"] == "2", "the opener is confined", st)
    ok(d.wait_log("ptp0 is not used: its driver takes more than", 10),
        "it says so", d.log)
    start = time.monotonic()
    ok(d.reconfigure(*LINES, "listen on 10.9.0.1") and serves(d.host,
        "10.9.0.1"), "it reloads, and serves", d.state)
    ok(time.monotonic() - start < 5, "at once")

    old, = d.children()["sensor"]
    os.kill(old, signal.SIGKILL)
    ok(wait_for(lambda: d.children().get("sensor", [old]) != [old], 10),
        "the sensor is replaced", d.state)
    ok(d.children()["opener"] == [opener] and driver.opens == 1,
        "nobody is asked again", lambda: (d.children(), driver.opens))
    ok(d.count("ptp0") == 1, "and nothing more is said", d.log)

    driver.holds.set()
    ok(wait_for(lambda: driver.opens > 1, 5),
        "when it is open, the new sensor gets it", d.state)
    ok(d.wait_log("ptp0 is there", 5), "which is said", d.log)
    ok(d.wait_log("ptp0 is gone, or is no such clock", 5),
        "and that it is no clock", d.log)
    driver.holds.clear()
    before = driver.opens
    ok(wait_for(lambda: driver.opens > before, 15),
        "it is tried again, and does not answer", d.state)
    start = time.monotonic()
    d.signal(signal.SIGTERM)
    ok(d.wait(5) == 0 and time.monotonic() - start < 2,
        "the daemon ends, at once", d.log)
    driver.holds.set()
    ok(gone([opener]), "so does the opener")


LINES = "server 10.9.0.2", "sensor ptp0"


def test():
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("1..0 # SKIP no file systems of programs here")
        sys.exit(0)
    switch, us, a = network("us", "a")
    NtpServer(a)
    driver = Driver(workdir("driver"))
    try:
        check(Daemon(us, *LINES, prepare=DEVICES % driver.folder), driver)
    finally:
        driver.remove()


main(test)
