#!/usr/bin/python3 -B
"""
ntpd -Q: says what would be done to the clock, and ends; -q does it.  -q is
tried here only where it does not get that far: the clock is this machine's.
"""
from lib import *


def once(host, *args, seconds=100):
    """(exit status, output, errors, seconds) of ntpd with ARGS."""
    begin = time.monotonic()
    done = subprocess.run(["ip", "netns", "exec", host.ns, NTPD, *args],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=seconds)
    return (done.returncode, done.stdout, done.stderr,
        time.monotonic() - begin)


def test():
    switch, us, s = network("us", "s")
    for n in (21, 22, 23, 24):
        s.address("eth0", "10.9.0.%d/24" % n)
    NtpServer(s, "10.9.0.21")
    late = [NtpServer(s, "10.9.0.%d" % n, shift=2.5) for n in (22, 23, 24)]
    us.add_user("_ntpd")

    status, out, err, took = once(us, "-Q", "10.9.0.21")
    ok(status == 0 and re.match(r"the clock is [0-9.]+ [nm]?u?s "
        r"(ahead|behind), give or take [0-9.]+ [mu]s\n$", out),
        "-Q and a server: how the clock is", out + err)
    ok(took < 20, "within seconds", took)
    status, out, err, _ = once(us, "-Q", "10.9.0.22", "10.9.0.23", "10.9.0.24",
        "10.9.0.21")
    ok(status == 0 and re.search(r"2.50\d s behind.*; it would be set forward "
        r"by 2.50\d s", out), "the majority decides", out + err)
    ok(abs(time.time() - time.clock_gettime(time.CLOCK_REALTIME)) < 1,
        "and nothing was set")
    conf = config_file("once.conf", "server 10.9.0.21\nlisten on *\n"
        'user "_ntpd"\n')
    status, out, err, _ = once(us, "-Q", "-f", conf)
    ok(status == 0 and "the clock is" in out, "-Q and a file", out + err)
    ok(not us.udp_ports(), "nothing is left listening")

    d = Daemon(us, "server 10.9.0.21 poll 4-4")
    ok(d.wait_sync(), "a daemon runs", d.state)
    ok(once(us, "-Q", "10.9.0.21")[0] == 0, "-Q does not mind")
    conf = config_file("set.conf", "server 10.9.0.21\n"
        'socket "%s"\nuser "_ntpd"\n' % d.socket)
    status, out, err, _ = once(us, "-q", "-f", conf)
    ok(status != 0 and "another ntpd is running" in err,
        "-q refuses to work against it", out + err)
    ok(d.running() and d.synchronized(), "which does not notice", d.state)

    ok(once(us, "10.9.0.21")[0] == 64, "servers take -q or -Q")
    status, out, err, _ = once(us, "-Q", "not a name")
    ok(status == 78 and "command line:1" in err, "what is no name is refused",
        err)
    status, out, err, _ = once(us, "-g", "-n", "-f", conf)
    ok(status == 0 and "-g is not needed" in err,
        "the options of others are explained", err)


main(test)
