#!/usr/bin/python3 -B
"""
Interleaved mode: with chronyd as server, with chronyd as client, and of this
daemon with itself; and that without being asked for nobody gets it.
"""
from lib import *


def exchange(host, server, request):
    answer, _ = ask(host, server, packet=bytes(request))
    return answer or Packet()


def cookie():
    return int.from_bytes(os.urandom(8), "big") | 1 << 63


def server_keeps_to_the_rfc(client, other, server):
    """RFC 9769 section 2, packet by packet; OTHER is another client."""
    first = exchange(client, server, Packet(transmit=cookie()))
    ok(first.receive & 1 == 1 and first.transmit & 1 == 0,
        "receive and transmit timestamps can be told apart")
    request = Packet(origin=first.receive, receive=cookie(),
        transmit=cookie())
    second = exchange(client, server, request)
    ok(second.origin == request.transmit, "an answer that was not to be "
        "remembered is not: basic mode")
    request = request.but(origin=second.receive, receive=cookie(),
        transmit=cookie())
    stolen = exchange(other, server, request)
    ok(stolen.origin == request.transmit,
        "another client cannot have its time")
    third = exchange(client, server, request)
    late = unix_time(third.transmit) - unix_time(second.transmit)
    ok(third.origin == request.receive, "then it is interleaved")
    ok(0 < abs(late) < 0.01 and third.transmit > second.receive and
        third.transmit < third.receive, "with the time at which the answer "
        "before left", "%g s later than it said itself" % late)
    again = exchange(client, server, request)
    ok(again.origin == request.transmit, "once only")
    request = request.but(origin=again.receive, receive=request.transmit)
    ok(exchange(client, server, request).origin == request.transmit,
        "never if receive and transmit are the same")


CHRONY_SOCKET = "/run/chrony/chronyd.sock"
LOST = 2                # number of the answer that gets lost


def interleaving(server, request, answer, client):
    """
    Answer as a server in interleaved mode, after a few that are none.  Keeps
    in server.told which receive timestamp went with which answer.
    """
    if not hasattr(server, "left"):
        server.left, server.told = {}, []
    wrong = [answer.but(origin=n) for n in (0, request.origin,
        request.receive ^ 1, request.transmit ^ 1, answer.receive)]
    if request.origin in server.left:
        answer.origin = request.receive
        answer.transmit = server.left.pop(request.origin)
    server.left[answer.receive] = ntp_time(time.time_ns())
    if len(server.requests) == LOST:
        return wrong
    server.told.append(answer.receive)
    return wrong + [answer]


def client_keeps_to_the_rfc(server, d, address):
    """What SERVER, interleaving(), has seen of D, which calls it so."""
    wait_for(lambda: len(server.requests) > LOST + 1, 15)
    requests = [Packet(data) for _, _, data in server.requests]
    own = [n for p in requests for n in (p.receive, p.transmit) if n]
    ok(len(own) == len(set(own)) == 2 * len(requests) - 1,
        "requests have two random numbers, but for the first",
        [vars(p) for p in requests])
    ok(all(bytes(p.but(origin=0, receive=0, transmit=0)) == b"\x23" + bytes(47)
        for p in requests), "and tell nothing of the machine")
    named = [p.origin for p in requests[1:]]
    told = server.told[:LOST - 1] + server.told[LOST - 2:]
    ok(requests[0].origin == 0 and named == told[:len(named)] and
        named[LOST - 1] == named[LOST - 2],
        "they name the last answer, the same again if one was lost",
        "%s\n%s" % (named, told))
    wait_for(lambda: interleaved(d, address), 10)
    seen = d.peer(address)
    ok(seen.get("interleaved") is True and abs(seen["offset"]) < 0.02 and
        seen["received"] == len(server.told) and
        seen["rejected"] >= 4 * len(requests),
        "of all answers those that fit are taken", "%s\n%s" % (seen,
        d.state()))


def interleaves(client, server):
    """Does SERVER answer in interleaved mode?"""
    answer = exchange(client, server, Packet(transmit=cookie()))
    for _ in range(2):
        request = Packet(origin=answer.receive, receive=cookie(),
            transmit=cookie())
        answer = exchange(client, server, request)
    return answer.origin == request.receive


def reload(client, server, d, *lines):
    """D, with LINES, learns the mode, and forgets it again."""
    for mode in ["xleave"], []:
        d.configure(*lines, *mode)
        d.reload()
        ok(wait_for(lambda: answers(client, server, seconds=0.4) and
            interleaves(client, server) is bool(mode), 8),
            "a reload turns it %s" % ("on" if mode else "off"), d.state)


def cpu(pids):
    """The CPU time that PIDS have used, in s."""
    ticks = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid) as f:
            ticks += sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def late_stamps(client, server, d):
    """
    Answers that have to wait on their way out, so that their time stamps come
    after the server is done with them.
    """
    if d.host.exec("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate",
        "40kbit", "burst", "1600", "latency", "3s", check=False):
        note("not tested here: this kernel cannot delay packets")
        return
    first = exchange(client, server, Packet(transmit=cookie()))
    last = None
    with client.socket(socket.AF_INET) as s:
        s.settimeout(1)
        for _ in range(50):
            s.sendto(bytes(Packet(origin=first.receive, receive=cookie(),
                transmit=cookie())), (server, 123))
        with contextlib.suppress(OSError):
            for _ in range(50):
                last = Packet(s.recv(2048))
    used = cpu(d.children()["server"])
    time.sleep(1)
    used = cpu(d.children()["server"]) - used
    ok(used < 0.1, "late time stamps do not keep the server busy", used)
    answer = exchange(client, server, Packet(origin=last.receive,
        receive=cookie(), transmit=cookie()))
    late = unix_time(answer.transmit) - unix_time(last.transmit)
    ok(0.1 < late < 1, "and say when the answer really left",
        "%g s later than it said itself" % late)
    d.host.exec("tc", "qdisc", "del", "dev", "eth0", "root")


def counted(d):
    """How many answers the servers of D counted as interleaved."""
    status, out, _ = d.ntpctl("-j", "-s", "server")
    return json.loads(out)["server"]["interleaved"] if status == 0 else None


def interleaved(d, address):
    return d.peer(address).get("interleaved") is True


def chrony_says(chrony, host, address):
    """What chronyc ntpdata says of ADDRESS: {name: value}."""
    out = host.exec("nsenter", "-t", str(chrony.pid), "-m",
        peer("chrony/usr/bin/chronyc"), "-h", CHRONY_SOCKET, "ntpdata",
        address, check=False)
    return {k.strip(): v.strip() for k, _, v in
        (line.partition(":") for line in out.splitlines())}


def test():
    switch, us, chrony, plain, follower, other = network("us", "chrony",
        "plain", "follower", "other")
    source = chronyd(chrony)
    d = Daemon(us, "server 10.9.0.2 xleave poll 4", "listen on *", "xleave",
        "workers 2")
    basic = Daemon(plain, "server 10.9.0.2 poll 4", "listen on *")
    ok(d.wait_sync(), "synchronized to chronyd", d.state)
    client = chronyd(follower, "bindcmdaddress " + CHRONY_SOCKET,
        "server 10.9.0.1 xleave minpoll 0 maxpoll 0 iburst")
    bent = NtpServer(follower, port=1123, reply=interleaving)
    own = Daemon(other, "server 10.9.0.1 xleave poll 4",
        "server 10.9.0.4 port 1123 xleave poll 4",
        "server fd09::1 xleave poll 4", "server 10.9.0.3 xleave poll 4")
    server_keeps_to_the_rfc(other, follower, "10.9.0.1")
    server_keeps_to_the_rfc(other, follower, "fd09::1")
    ok(counted(d) >= 2, "and counted", d.state)
    ok(wait_for(lambda: interleaved(d, "10.9.0.2"), 15),
        "chronyd's answers are interleaved", d.state)
    said = {}
    def chrony_interleaves():
        said.update(chrony_says(client, follower, "10.9.0.1"))
        return said.get("Interleaved") == "Yes" and int(said.get(
            "Total good RX", 0)) > 3
    ok(wait_for(chrony_interleaves, 10), "chronyd says so of ours",
        lambda: "%s\n%s" % (said, client.log()))
    ok(abs(float(said.get("Offset", "1 s").split()[0])) < 0.01 and
        said.get("NTP tests") == "111 111 1111", "and finds them good", said)
    for address in "10.9.0.1", "fd09::1":
        ok(wait_for(lambda: interleaved(own, address), 15),
            "so are those of %s for one of ours" % address, own.state)
    main_peer = own.peer("10.9.0.1")
    ok(main_peer.get("rejected") == 0 and close_to(main_peer.get("offset"), 0,
        0.01) and main_peer.get("delay", 1) < 0.01,
        "and their samples are right", main_peer)
    client_keeps_to_the_rfc(bent, own, "10.9.0.4")
    ok(basic.wait_sync(5) and not interleaved(basic, "10.9.0.2"),
        "without \"xleave\" nothing is interleaved", basic.state)
    ok(counted(basic) == 0, "nor counted", basic.state)
    ok(own.peer("10.9.0.3").get("received", 0) > 2 and
        not interleaved(own, "10.9.0.3"),
        "nor by a server without it, which is a source all the same",
        own.state)
    reload(other, "10.9.0.3", basic, "server 10.9.0.2 poll 4",
        "listen on *")
    late_stamps(other, "10.9.0.1", d)
    for daemon in own, basic, d:
        daemon.check_end()


main(test)
