"""
A device whose driver is a test: a file system with one file in it.
"""
from lib import *

INIT, LOOKUP, FORGET, GETATTR, OPEN, RELEASE, IOCTL = 26, 1, 2, 3, 14, 18, 39
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
    /dev/ptp0 for who binds FOLDER/ptp0 there.  Its open(2) ends when HOLDS is
    set.  CONTROL is what ioctl(2) does, given the request and what comes with
    it: (error, what is given back).  The kernel passes as much either way as
    the request's number says.
    """

    def __init__(self, folder, control=None):
        super().__init__(daemon=True)
        self.folder = folder
        self.control = control
        self.opens = 0          # that have come
        self.holds = threading.Event()
        os.mkdir(folder)
        self.fd = os.open("/dev/fuse", os.O_RDWR)
        options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % \
            self.fd
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
                elif opcode == IOCTL and self.control is not None:
                    self.answer(unique, *self.ioctl(data[HEADER.size:]))
                elif opcode != FORGET:
                    self.answer(unique, *self.work(opcode, node))

    def open(self, unique):
        self.holds.wait()
        self.answer(unique, 0, bytes(16))

    def ioctl(self, data):
        _, _, request, _, size, _ = struct.unpack_from("=QIIQII", data)
        error, back = self.control(request, data[32:32 + size])
        return -error, struct.pack("=iIII", 0, 0, 0, 0) + back

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
