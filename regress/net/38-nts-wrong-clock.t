#!/usr/bin/python3 -B
"""
NTS with a clock that is too wrong to check certificates by.  The daemon under
test believes that it is 400 days earlier than the servers, by a library that
shifts the clock of its processes.
"""
import https
from nts import *

DAY = 86400
BEHIND = 400 * DAY

STEP = "would set the clock forward by (%d|%d)" % (BEHIND // 1000,
    BEHIND // 1000 - 1)
EXPIRED = ": no NTS keys: its certificate had expired"
UNPROVEN = ": its certificate is not valid by our clock; the clock "


def test():
    switch, us, one, two, web, old, odd = network("us", "one", "two", "web", "old",
        "odd")
    library = shift_library("shift.so", BEHIND)
    dated = https.Authority("dated")
    now = time.time()
    servers = [nts_chronyd(host, *dated.certificate(address, now - DAY,
        now + 50 * DAY)) for host, address in ((one, "10.9.0.2"),
        (two, "10.9.0.3"))]
    servers.append(nts_chronyd(old, *dated.certificate("10.9.0.5",
        now - 300 * DAY, now - 290 * DAY)))
    servers.append(nts_chronyd(odd, *dated.certificate("10.9.0.6",
        now + 300 * DAY, now + 310 * DAY)))
    ok(wait_for(lambda: all(listens(host) for host in (one, two, old, odd)),
        10), "the servers run", lambda: servers[0].log())
    name = "10.9.0.4"
    https.HttpsServer(web, name, dated.certificate(name, now - DAY, now + DAY))

    def daemon(*lines, drift=0):
        """Its drift file says that it was DRIFT days from now, at least."""
        return Daemon(us, 'ca "%s"' % dated.file, *lines,
            driftfile=drift_file("drift%d" % drift, drift * DAY),
            prepare=shifted(library))
    # The floor is the build of this program, which is later than the clock.
    single = daemon("server 10.9.0.2 nts")
    both = daemon("server 10.9.0.2 nts", "server 10.9.0.3 nts")
    stolen = daemon("server 10.9.0.2 nts", drift=100)
    most = daemon("server 10.9.0.5 nts", "server 10.9.0.2 nts",
        "server 10.9.0.3 nts")
    outvoted = daemon("server 10.9.0.6 nts", "server 10.9.0.2 nts",
        "server 10.9.0.3 nts")
    against = daemon("server 10.9.0.6 nts", "server 10.9.0.2 nts")
    half = daemon("server 10.9.0.2 nts", "server 10.9.0.9 nts")
    never = daemon("server 10.9.0.2 nts", "step never")
    helped = daemon("server 10.9.0.2 nts", 'constraint from "%s"' % name)

    ok(single.wait_log(STEP, 25), "one server sets the clock to when its "
        "certificate is valid", single.state)
    ok(single.count("10.9.0.2" + UNPROVEN + "may be set once") == 1,
        "which is said", single.log)
    ok(single.wait_log("agreeing on keys again", 5) and
        single.wait_log("10.9.0.2: no NTS keys: .*not yet valid", 20),
        "and then has to prove that it is", single.state)
    sent = single.peer("10.9.0.2").get("sent")
    ok(both.wait_log(STEP, 25), "so do two that agree", both.state)
    both.check_end()
    ok(most.wait_log(UNPROVEN + "may be set once", 10) and
        most.wait_log("10.9.0.5" + EXPIRED, 10), "one whose certificate had expired is none of them",
        most.state)
    most.check_end()
    ok(outvoted.wait_log(STEP, 30) and outvoted.peer("10.9.0.6")["received"]
        == 0, "one whose certificate is of quite another time does not keep "
        "two that agree from it, and is not heard", outvoted.state)
    outvoted.check_end()
    ok(helped.wait_log(STEP, 25), "with a constraint certificates are checked "
        "by its time", helped.state)
    ok(not helped.count(UNPROVEN) and not helped.count("no NTS keys"),
        "so they are valid", helped.log)
    helped.check_end()
    ok(never.wait_log("10.9.0.2: no NTS keys: .*not yet valid", 20), "who never "
        "steps has no such keys", never.state)
    never.check_end()
    ok(stolen.wait_log("10.9.0.2" + EXPIRED, 10), "a stolen certificate that "
        "has expired, as the drift file tells, is refused", stolen.state)
    stolen.kill()
    again = daemon("server 10.9.0.2 nts", drift=100)
    ok(again.wait_log("10.9.0.2" + EXPIRED, 10), "and after a restart",
        again.state)
    time.sleep(6)
    ok(not stolen.count("would set") and not again.count("would set"),
        "but it sets nothing", lambda: stolen.log() + again.state())
    again.check_end()
    ok(against.wait_log("there was no time when most of these certificates",
        10) and not against.count("would set"), "of two that contradict each "
        "other neither does", against.state)
    against.check_end()
    ok(half.count("10.9.0.2" + UNPROVEN + "is set only if") == 1 and
        not half.count("would set"),
        "nor does one of two that are configured, alone", half.state)
    half.check_end()
    ok(single.peer("10.9.0.2").get("sent") == sent, "no cookie was spent since",
        single.state)
    single.check_end()
    for server in servers:
        server.kill()
    midnight(us, dated)
    snapshot(us, one, dated)


def midnight(us, ca):
    """The local clock is in 1970, and its day ends."""
    file = workdir("nts-cookies")
    with open(file, "w") as f:
        f.write("20000 %s\n" % (32 * "a7"))
    os.chmod(file, 0o600)
    day = 100 * DAY
    library = shift_library("midnight.so", int(time.time()) - day + 5)
    d = Daemon(us, "listen on 10.9.0.1", "local stratum 5",
        'nts certificate "%s" key "%s"' % ca.certificate("10.9.0.1",
        time.time() - 200 * DAY, time.time() - DAY), prepare=shifted(library))
    ok(d.wait_log("certificate taken up", 10) and d.count("is not valid yet, "
        "by our clock") == 1, "a server's own certificate that is not valid "
        "yet is taken up with a warning", d.log)
    time.sleep(7)
    with open(file) as f:
        ok(f.read().startswith("20000 a7a7"), "by a clock that begins in 1970 "
            "the cookie keys are not made anew")
    d.check_end()


def snapshot(us, host, ca):
    """
    A daemon that was synchronized has been behind for 50 s since, as if its
    machine had been set back to a snapshot: all servers have later certificates
    and no old keys.
    """
    now = time.time()
    server = nts_chronyd(host, *ca.certificate("10.9.0.2", now - DAY,
        now + DAY))
    ok(wait_for(lambda: listens(host), 10), "the server runs", server.log)
    # More than the limit; but the certificate says so, too.
    d = Daemon(us, 'ca "%s"' % ca.file, "server 10.9.0.2 nts poll 4-4",
        "step limit 30 s")
    ok(d.wait_sync(20), "a daemon is synchronized", d.state)
    server.kill()
    library = shift_library("later.so", -50)
    server = nts_chronyd(host, *ca.certificate("10.9.0.2", time.time() + 49,
        now + DAY), env={"LD_PRELOAD": library})
    ok(d.wait_log("10.9.0.2" + UNPROVEN + "may be set once", 25), "its server "
        "has keys by a certificate that is not valid yet",
        lambda: d.state() + server.log())
    ok(d.wait_log("would set the clock forward by (49|50)", 25), "and may set "
        "the clock forward without a restart",
        lambda: d.state() + server.log())
    d.check_end()


main(test)
