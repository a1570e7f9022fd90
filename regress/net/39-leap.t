#!/usr/bin/python3 -B
"""
A leap second by a list: it is announced to clients, or smeared for them, and
what is wrong with a list is said.
"""
from lib import *

DAY = 86400
HALF = DAY // 2


def leap_list(midnight, expires):
    """The lines of a list with a leap second at MIDNIGHT, s since 1970."""
    return "#@ %d\n%d 37\n%d 38\n" % (expires + ERA, midnight + ERA -
        3652 * DAY, midnight + ERA)


def smeared(now, midnight):
    """How far a clock is ahead of UTC that smears a leap second then."""
    since = now - midnight
    if since < 0:
        return -(HALF + since) / (DAY + 1)
    return (HALF - since) / (DAY + 1)


def ahead(asker, server):
    """(how far the server says that our clock is behind it, its answer)"""
    before = time.time()
    answer, _ = ask(asker, server)
    middle = (before + time.time()) / 2
    if answer is None:
        return None, None
    return unix_time(answer.transmit) - middle, answer


def test():
    switch, us, upstream, asker = network("us", "upstream", "asker")
    server = NtpServer(upstream)
    if time.time() % DAY > DAY - 90:
        time.sleep(95)          # a midnight in the middle changes all
    tomorrow = (int(time.time()) // DAY + 1) * DAY
    nearest = tomorrow if time.time() % DAY >= HALF else tomorrow - DAY

    path = config_file("list", leap_list(tomorrow, tomorrow + 90 * DAY))
    d = Daemon(us, "server 10.9.0.2", "listen on *", 'leapfile "%s"' % path)
    ok(d.wait_sync(), "the daemon is synchronized", d.state)
    ok(wait_for(lambda: ahead(asker, "10.9.0.1")[1].leap == 1, 10),
        "clients are told that this day has a second more", d.state)
    ok(d.status()["leap"] == "insert", "and so says ntpctl", d.status)
    offset, _ = ahead(asker, "10.9.0.1")
    ok(close_to(offset, 0, 0.05), "their time is UTC", offset)

    config_file("list", leap_list(nearest, tomorrow + 90 * DAY))
    d.reconfigure("server 10.9.0.2", "listen on *", 'leapfile "%s"' % path,
        "leap smear")
    wanted = smeared(time.time(), nearest)
    ok(wait_for(lambda: close_to(ahead(asker, "10.9.0.1")[0], wanted, 0.05),
        10), "then they are told smeared time", (wanted, ahead(asker,
        "10.9.0.1")[0]))
    _, answer = ahead(asker, "10.9.0.1")
    ok(answer.leap == 0, "which has no leap second", vars(answer))
    ok(unix_time(answer.transmit) >= unix_time(answer.receive) >
        unix_time(answer.reference), "all their times are smeared",
        vars(answer))

    config_file("list", leap_list(tomorrow - 7 * DAY, tomorrow - DAY))
    d.reload()
    ok(d.wait_log(r"leapfile .* expired \d days ago: leap seconds are what "
        "the servers announce", 40), "a list that has expired is said", d.log)
    ok(wait_for(lambda: close_to(ahead(asker, "10.9.0.1")[0], 0, 0.05), 10),
        "and does not count", ahead(asker, "10.9.0.1")[0])

    config_file("list", "<html>")
    d.reload()
    ok(d.wait_log("leapfile .* cannot be used: a line of it is not understood",
        5), "what is no list is said", d.log)
    d.check_end()


main(test)
