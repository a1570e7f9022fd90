#!/usr/bin/python3 -B
"""
The drift file: read at the start, replaced at the end.  Trouble with it is
said once, and is no reason to stop.
"""
from lib import *


def test():
    switch, us, a = network("us", "a")
    NtpServer(a)

    def start(name, text=None, **how):
        path = workdir(name)
        if text is not None:
            with open(path, "w") as f:
                f.write(text)
        d = Daemon(us, "server 10.9.0.2", driftfile=path, **how)
        d.name = name
        return d

    # Only one that adjusts the clock writes the file: these believe they do.
    adjusts = {"options": ("-v",), "guard": USER_NAMESPACE, "env": fake_clock()}
    for name in "sealed", "folder":
        os.mkdir(workdir(name))
    # A directory that not even root can write.
    seal = "mount --bind {0} {0} && mount -o remount,bind,ro {0}".format(
        workdir("sealed"))
    good = start("good", "12.345 0.250\n", **adjusts)
    fresh = start("fresh", **adjusts)
    unwritable = [start("sealed/drift", prepare=seal, **adjusts),
        start("nowhere/drift", **adjusts), start("folder", **adjusts)]
    unreadable = [start(name, text) for name, text in (
        ("garbage", "not a number\n"),
        ("huge", "123456.0 1.0\n"),
        ("nan", "nan nan\n"),
        ("negative", "1.0 -1.0\n"),
        ("long", "1.0 " * 5000),
        ("binary", "\0\1\2\3" * 100))]
    readonly = start("readonly")

    everyone = [good, fresh, readonly] + unwritable + unreadable
    for d in everyone:
        ok(d.wait_sync(), "%s: the daemon goes on, synchronized" % d.name,
            d.state)
    ok(unwritable[1].count(r"cannot write .*nowhere/drift: its directory does "
        r"not exist(.*\n)*.*ntpd started") == 1,
        "that there is no directory for it is said at the start",
        unwritable[1].log)
    # A frequency that no samples have measured yet is not written.  On a busy
    # machine the quick requests of the start may not be enough for that.
    for d in [fresh] + unwritable:
        wait_for(lambda: d.status().get("frequency_error", 200) < 1, 150)
    # Where it goes from there is not asked: no clock obeys here.
    ok(good.count(r"frequency 12\.345 \+- 0\.250 ppm from ") == 1,
        "good: it is where the frequency begins", good.log)
    for d in everyone:
        d.signal(signal.SIGTERM)
    for d in everyone:
        ok(d.wait(5) == 0, "%s: it ends well" % d.name, d.log)
        ok(not d.faults(), "%s: no fault in its log" % d.name, d.log)
    for d in unwritable:
        said = d.count(r"cannot write .*%s" % d.name)
        ok(said == 1, "%s: it says once that it cannot write" % d.name,
            lambda: "%d times\n%s" % (said, d.log()))
    for d in unreadable:
        said = d.count(r"/%s is not a drift file" % d.name)
        ok(said == 1, "%s: it says once that it is ignored" % d.name,
            lambda: "%d times\n%s" % (said, d.log()))
    for d in good, fresh:
        text = ""
        with contextlib.suppress(OSError), open(workdir(d.name)) as file:
            text = file.read()
        ok(re.fullmatch(r"-?\d+\.\d+ \d+\.\d+\n", text),
            "%s: there is a good one afterwards" % d.name, text)
    ok(not os.path.exists(workdir("readonly")),
        "readonly: who only looks writes none")


main(test)
