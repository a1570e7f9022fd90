#!/usr/bin/python3 -B
"""
Network Time Security with the chrony and ntpsec of Debian 13, in both
directions, and with its nettle, which has AES-GCM-SIV (AEAD 30): the objects of
this daemon are linked with that library, and what asks for the cipher is
compiled anew.
"""
import shutil

import lib
from nts import *

LIBRARIES = ("-lmd", "-lbsd", "-lseccomp", "-lcap", "-lnettle", "-ltls",
    "-lssl", "-lcrypto", "-lm")


def link(name, *sources, extra=()):
    """A program NAME of SOURCES, compiled for that nettle, and our objects."""
    out, usr, folder = workdir(name), DEBIAN13 + "/usr", workdir("nettle")
    if not os.path.isdir(folder):       # alone: the others need its C library
        os.mkdir(folder, 0o755)
        for file in glob.glob(usr + "/lib/*/libnettle.so*"):
            shutil.copy(file, folder)
    run("cc", "-std=gnu11", "-O2", "-g", "-D_GNU_SOURCE", "-I" + TOP, "-I" +
        usr + "/include", "-o", out, *(os.path.join(TOP, s) for s in sources),
        os.path.join(TOP, "obj/regress/libntpd.a"), "-L" + folder,
        "-Wl,-rpath," + folder, *extra, *LIBRARIES, timeout=60)
    return out


def test():
    units = link("aead_test", "regress/unit/aead_test.c", "common/aead.c",
        extra=("-lcmocka",))
    out = run(units, timeout=60, check=False)
    ok(re.search(r"PASSED|^ok", out, re.M) and not re.search(
        r"FAILED|^not ok|older than", out, re.M), "the tests of the ciphers",
        out)
    lib.NTPD = link("ntpd", "obj/ntpd/main.o", "common/aead.c")
    os.chmod(lib.NTPD, 0o755)
    switch, us, upstream, one, two, sec, siv = network("us", "upstream", "one",
        "two", "sec", "siv")
    ca = Authority()
    names = ["10.9.0.%d" % n for n in range(1, 7)]
    files = [ca.certify(name) for name in names]
    new = debian13("usr/sbin/chronyd")
    peers = [nts_chronyd(one, *files[2], "local stratum 3", "allow",
            "ntsaeads 30", command=new),
        nts_chronyd(two, *files[3], command=new),
        nts_ntpsec(sec, *files[4], command=debian13("usr/sbin/ntpd"))]
    ok(wait_for(lambda: all(map(listens, (one, two, sec))), 10),
        "the peers serve NTS", lambda: [p.log() for p in peers])
    d = Daemon(us, "listen on *", "local stratum 5", 'nts certificate "%s" '
        'key "%s"' % files[0], *("server %s nts poll 4-4 ca %s" % (n, ca.file)
        for n in names[2:5]), options=("-x", "-v"))
    ok(wait_for(lambda: all(d.peer(n).get("received", 0) > 1
        for n in names[2:5]), 20), "all are heard", d.state)
    out = d.ntpctl("-s", "auth")[1]
    ok(re.findall(r"AEAD-\d+", out) == ["AEAD-30", "AEAD-15", "AEAD-15"],
        "with AEAD 30 where it is the only one", out)
    for p in peers:
        p.kill()
    clients(d, ca, one, two, sec, new)
    d.check_end()


def dumped(path):
    """The number of the AEAD in chronyd's file of cookies at PATH."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        with open(path) as f:
            return int(f.read().split("\n")[4].split()[1])
    return None


def clients(d, ca, one, two, sec, new):
    dumps = [workdir("dump1"), workdir("dump2")]
    for path in dumps:
        os.mkdir(path)
    asking = [chronyd(host, "server 10.9.0.1 iburst nts", "ntstrustedcerts " +
        ca.file, "ntsdumpdir " + path, *more, command=new) for host, path, more
        in ((one, dumps[0], ()), (two, dumps[1], ("ntsaeads 15",)))]
    asking.append(ntpsec(sec, "server 10.9.0.1 nts iburst ca " + ca.file,
        command=debian13("usr/sbin/ntpd")))
    ok(wait_for(lambda: asking[0].count("Selected source") and
        asking[1].count("Selected source"), 20), "chronyd believes us",
        lambda: asking[0].log() + asking[1].log())
    ok(asking[2].wait_log("Got 8 cookies, length 100, aead=15", 10),
        "ntpsec has our cookies", asking[2].log)
    ok(wait_for(lambda: d.show()["server"]["nts"] >= 6, 20),
        "all get answers with NTS", d.show)
    s = d.show()["server"]
    ok(s["nts"] == s["answered"] and s["nts_naked"] == s["nts_wrong"] == 0,
        "and no others", s)
    for program in asking:
        program.signal(signal.SIGTERM)
        program.wait(5)
    found = [dumped(path + "/10.9.0.1.nts") for path in dumps]
    ok(found == [30, 15], "by the cipher that the client likes best", found)


if has_debian13():
    main(test)
