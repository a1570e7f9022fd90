#!/usr/bin/python3 -B
"""
A receiver, by the real gpsd: it has sentences of NMEA from the test, by TCP, as
it says nothing of what comes from a pseudo-terminal, and writes what time it is
to shared memory.
"""
from lib import *

PORT = 4567
LATE = 0.1          # s after its second that a sentence comes


def sentence(body):
    check = 0
    for letter in body.encode():
        check ^= letter
    return ("$%s*%02X\r\n" % (body, check)).encode()


def fix(second):
    """What a receiver in Berlin says of a second."""
    at = time.gmtime(second)
    hms = time.strftime("%H%M%S.00", at)
    where = "5230.0000,N,01324.0000,E"
    return b"".join(sentence(body) for body in (
        "GPGGA,%s,%s,1,08,1.0,34.0,M,46.9,M,," % (hms, where),
        "GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.5,1.0,1.1",
        "GPRMC,%s,A,%s,0.0,0.0,%s,,,A" % (hms, where,
            time.strftime("%d%m%y", at)),
        time.strftime("GPZDA,%H%M%S.00,%d,%m,%Y,00,00", at)))


class Receiver(threading.Thread):
    def __init__(self, host):
        super().__init__(daemon=True)
        self.socket = host.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.bind(("127.0.0.1", PORT))
        self.socket.listen()
        self.start()

    def run(self):
        gpsd, _ = self.socket.accept()
        with contextlib.suppress(OSError):
            while True:
                second = int(time.time() - LATE) + 1
                time.sleep(second + LATE - time.time())
                gpsd.sendall(fix(second))


def test():
    try:
        program = peer("gpsd/usr/sbin/gpsd")
    except RuntimeError as error:
        print("1..0 # SKIP gpsd cannot be had: %s" % str(error).split("\n")[0])
        sys.exit(0)
    switch, us, a = network("us", "a")
    NtpServer(a)
    Receiver(us)
    d = Daemon(us, "server 10.9.0.2 poll 4-4", "sensor shm0 refid GPS "
        "correction %d" % (LATE * 1e6),
        guard=["unshare", "--ipc", *NO_CLOCK])
    ok(d.wait_ready(), "it starts", d.state)
    gpsd = subprocess.Popen(["nsenter", "-t", str(d.pid), "-i", "-n", program,
        "-N", "-n", "-D1", "tcp://127.0.0.1:%d" % PORT],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=open(workdir("gpsd.log"), "w"))
    try:
        ok(wait_for(lambda: d.peer("shm0").get("received", 0) > 0, 30),
            "it hears of gpsd", lambda: open(workdir("gpsd.log")).read() +
            d.state())
        # When a receiver has said all gpsd finds out some time later.
        ok(close_to(d.peer("shm0").get("offset"), -0.15, 0.15) and
            d.peer("shm0").get("refid") == ".GPS.",
            "which says what the receiver does, and when that has come",
            d.state)
        d.check_end()
    finally:
        gpsd.kill()
        gpsd.wait()


main(test)
