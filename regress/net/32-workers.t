#!/usr/bin/python3 -B
"""
Many sockets and many workers: what they are to know gets to them, however
busy they are, and whatever other programs do to the kernel's limits.
"""
import array
import threading
from lib import *

WORKERS, PLACES = 8, 32
RULES = 9999            # and one place: the documented limit


def cpu(pid):
    """Seconds of CPU that PID has used."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def many_sockets(us, near):
    places = ["listen on eth0 port %d" % (2000 + i) for i in range(PLACES)]
    d = Daemon(us, *places, "workers %d" % WORKERS, "local stratum 5")
    wanted = WORKERS * PLACES * 2

    def sockets():
        return us.exec("ss", "-Hnul").count("\n")

    ok(wait_for(lambda: sockets() == wanted, 30), "%d sockets are open" %
        wanted, "%d" % sockets())
    for port in (2000, 2000 + PLACES - 1):
        ok(answers(near, "10.9.0.1", port) and answers(near, "fd09::1", port),
            "port %d is answered" % port)
    d.reconfigure(*places[:1], "workers 2", "local stratum 5")
    ok(wait_for(lambda: sockets() == 4, 10), "four are left after a reload")
    ok(answers(near, "10.9.0.1", 2000), "and answered")
    d.check_end()


def others_in_flight(us, near):
    """Another process of root's has many descriptors on their way."""
    d = Daemon(us, "listen on *", "local stratum 5")
    serves(near, "10.9.0.1")
    a, b = socket.socketpair()
    for _ in range(3):
        a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
            array.array("i", [0] * 200))])
    d.children()
    os.kill(d.children()["server"][0], signal.SIGKILL)
    time.sleep(2.5)
    before = cpu(d.pid)
    time.sleep(2)
    ok(cpu(d.pid) - before < 0.2, "the parent rests when it cannot pass a "
        "descriptor on", "%.2f s in 2 s" % (cpu(d.pid) - before))
    a.close()
    b.close()
    ok(answers(near, "10.9.0.1", seconds=10), "and goes on when it can")
    d.check_end()


def one_daemon_for_each_port(us, near):
    """Workers share ports among them, and with nobody else."""
    a = Daemon(us, "listen on *", "workers 2", "local stratum 5")
    serves(near, "10.9.0.1")
    b = Daemon(us, "server 10.9.0.99", "listen on *", "workers 4")
    ok(b.wait_log("cannot listen on .*Address already in use", 5),
        "a second daemon says that the port is taken")
    for n in range(2, 22):
        near.address("eth0", "10.9.0.%d/24" % (n + 50))

    def all_are_the_first_ones():
        strata = [ask(near, "10.9.0.1", source="10.9.0.%d" % (n + 50))[0]
            for n in range(2, 22)]
        return all(p and p.stratum == 5 for p in strata)

    ok(all_are_the_first_ones(), "all clients are the first one's")
    c = Daemon(us, "server 10.9.0.99", "listen on * port 2000", "workers 2")
    ok(c.wait_log("listening on", 5), "a third one has another port", c.state)
    c.configure("server 10.9.0.99", "listen on *", "workers 2")
    c.reload()
    ok(c.wait_log("cannot listen on .*Address already in use", 5) and
        all_are_the_first_ones(), "and does not get this one by a reload",
        c.state)
    c.check_end()
    a.check_end()
    ok(b.wait_log("now listening on", 15), "the second one has the port when "
        "the first has ended")
    b.check_end()


def reloads_in_a_row(us, near):
    rules = ["deny from 172.%d.%d.%d" % (16 + i // 65536, i // 256 % 256,
        i % 256) for i in range(RULES)]
    extra = "deny from 10.9.0.77"
    base = ["listen on *", "local stratum 5"]
    near.address("eth0", "10.9.0.77/24")
    d = Daemon(us, *rules, *base)
    serves(near, "10.9.0.1")
    server = d.children()["server"]
    stop = threading.Event()

    def flood():
        s = near.socket(socket.AF_INET)
        request = bytes(Packet(transmit=1))
        while not stop.is_set():
            try:
                s.sendto(request, ("10.9.0.1", 123))
            except OSError:
                pass

    thread = threading.Thread(target=flood)
    thread.start()
    for i in range(8):
        if i == 7:
            d.configure(extra, *rules, *base)
        d.reload()
        time.sleep(0.012)
    time.sleep(1)
    stop.set()
    thread.join()
    os.kill(server[0], signal.SIGSTOP)
    for _ in range(3):
        d.reload()
        time.sleep(0.1)
    os.kill(server[0], signal.SIGCONT)
    time.sleep(0.5)
    ok(d.children()["server"] == server, "a worker outlives reloads in a row, "
        "busy or stopped")
    ok(answers(near, "10.9.0.1"), "it answers")
    ok(not answers(near, "10.9.0.1", seconds=1, source="10.9.0.77"),
        "and knows the last rules")
    d.check_end()


def test():
    _, us, near = network("us", "near")
    many_sockets(us, near)
    others_in_flight(us, near)
    one_daemon_for_each_port(us, near)
    reloads_in_a_row(us, near)


main(test)
