#!/usr/bin/python3 -B
"""
A clock that is too wrong to check a certificate by, and a stolen certificate
that has expired since: it does not set the clock back to when it was valid, if
this machine has known since then what time it was.

The machine's own clock is right and nothing touches it: for the test it is one
that was set back, by 401 days.
"""
from https import *

STOLEN, TRUE = 100 * DAY, 401 * DAY	# what is said to be the time, from now


def step(by):
    return "would set the clock forward by %d" % (by // 100)


def test():
    switch, us, web, a = network("us", "web", "a")
    web.address("eth0", "10.9.0.100/24", "10.9.0.101/24", "10.9.0.102/24")
    a.address("eth0", "10.9.0.4/24")
    ca = Authority()
    now = time.time()

    def certificate(name, at):
        return ca.certificate(name, now + at - 50 * DAY, now + at + 50 * DAY)
    HttpsServer(web, "10.9.0.100", certificate("10.9.0.100", STOLEN),
        shift=STOLEN)
    HttpsServer(web, "10.9.0.101", certificate("10.9.0.101", STOLEN),
        shift=STOLEN)
    HttpsServer(web, "10.9.0.102", certificate("10.9.0.102", TRUE),
        shift=TRUE)
    NtpServer(a, "10.9.0.3", shift=STOLEN)
    NtpServer(a, "10.9.0.4", shift=TRUE)

    def daemon(server, constraints, drift=None):
        return Daemon(us, "server 10.9.0.%d" % server, 'ca "%s"' % ca.file,
            *('constraint from "10.9.0.%d"' % n for n in constraints),
            driftfile=drift)
    drift = drift_file("drift", 400 * DAY)
    unknowing = daemon(3, [100])
    knowing = daemon(3, [100], drift)
    honest = daemon(4, [102], drift)
    mistaken = daemon(3, [100, 101], drift_file("wrong", 400 * DAY))
    blocked = daemon(3, [100, 250, 251], drift)

    ok(unknowing.wait_log(step(STOLEN), 20), "a machine that has never known "
        "better is misled", unknowing.state)
    unknowing.check_end()
    ok(knowing.wait_log("constraints: only one answers, and by it it is "
        "earlier", 10), "one that has a later drift file is not",
        knowing.state)
    ok(knowing.status().get("constraint") == "past", "which ntpctl shows",
        knowing.state)
    knowing.kill()
    again = daemon(3, [100], drift)
    ok(honest.wait_log(step(TRUE), 20), "it believes who says that it is later "
        "than that", honest.state)
    honest.check_end()
    ok(mistaken.wait_log(step(STOLEN), 20), "two that agree are believed, so "
        "that a drift file from the future does not hold the clock for ever",
        mistaken.state)
    mistaken.check_end()
    ok(blocked.wait_log("constraints: only one answers, and by it", 20),
        "one of three is not enough while the others are kept away",
        blocked.state)
    ok(again.wait_log("constraints: only one answers, and by it", 10),
        "nor is a restart", again.state)
    time.sleep(6)
    for d in again, blocked:
        ok(not d.count("would set"), "nothing is set", d.state)
        d.check_end()


main(test)
