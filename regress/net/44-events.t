#!/usr/bin/python3 -B
"""
The example that orders events: two daemons with pages of their own, whose
servers lie in turn, and a line that goes to and fro between two programs.
"""
from lib import *

ROUNDS = 100
LIES = (0, 0.3, -0.3, 5)        # s


def build():
    program = workdir("events")
    subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Werror",
        "-I", os.path.join(TOP, "libntptime"), "-o", program,
        os.path.join(TOP, "dist", "examples", "events.c"),
        os.path.join(TOP, "obj", "libntptime.a")], check=True)
    return program


class Events:
    def __init__(self, program, page):
        self.process = subprocess.Popen([program, page], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def stamp(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        stamp, text = self.process.stdout.readline().split()
        assert text == line
        seconds, _, ns = stamp.partition(".")
        return int(seconds) * 10**9 + int(ns)

    def end(self):
        self.process.stdin.close()
        return self.process.wait()


def test():
    program = build()
    switch, a, b, s = network("a", "b", "s")
    for n in (21, 22, 23):
        s.address("eth0", "10.9.0.%d/24" % n)
    servers = [NtpServer(s, "10.9.0.%d" % n) for n in (21, 22, 23)]
    lines = ["server 10.9.0.%d poll 4-4" % n for n in (21, 22, 23)]
    daemons = [Daemon(host, *lines) for host in (a, b)]
    for d in daemons:
        ok(d.wait_sync(), "a daemon is synchronized", d.state)
    both = [Events(program, d.bound) for d in daemons]
    stamps, over = [], 0
    for i in range(ROUNDS):
        servers[2].shift = LIES[i * len(LIES) // ROUNDS]
        stamps.append(both[i % 2].stamp("event%d" % i))
        # The servers have this machine's clock: it is true.
        over += time.time_ns() > stamps[-1]
    ok(stamps == sorted(set(stamps)),
        "each event has a later stamp than what was seen before it", stamps)
    ok(over == ROUNDS, "which is over when it is written", over)
    ok([e.end() for e in both] == [0, 0], "both end well")


main(test)
