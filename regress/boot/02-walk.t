#!/usr/bin/python3 -B
"""
The package on a booted machine: what a guide has its reader do, what the
service manager does, and that nothing is left when the package is purged.

usage: 02-walk.t [part ...]     all, unless some are named
"""
from walk import *


def install(m):
    m.step("chrony keeps the time, ntpd is not installed",
        "active chrony; ! dpkg -s ntpd")
    # What purge must leave as it was.
    m.step("the files before", "systemctl stop chrony\n"
        "files() { (cd / && find etc usr var/lib run -xdev ! -type d | grep "
        "-vE 'var/lib/(dpkg|apt|chrony|systemd)|^run/(systemd|udev|log)|"
        "chrony' | sort); }; files >/root/before\n"
        "systemctl start chrony")
    before = m.offset()
    put_in(m)
    m.step("dpkg -s ntpd: it is installed",
        "dpkg -s ntpd | grep 'Status: install ok installed'\n"
        "dpkg -l ntpd | grep '^ii'; ! dpkg -s chrony | grep 'ok installed'")
    m.step("it is active and enabled, chrony is not there any more",
        "within 10 active ntpd; systemctl is-enabled ntpd\n"
        "! active chrony; ! systemctl is-enabled chronyd; ! pgrep chronyd")
    m.step("its files are as they were packed",
        "dpkg -V ntpd; ntpd -n; getent passwd _ntpd")
    moved = m.offset() - before
    ok(abs(moved) < 0.5, "the clock is as right as it was",
        "it went %+.3f s astray" % moved)


def configure(m):
    m.step("edit the server lines, systemctl restart ntpd",
        conf(*EDITED) + "ntpd -n; systemctl restart ntpd; active ntpd")
    m.step("it is synchronized within a minute",
        "timeout 70 ntpctl -w 60; ntpctl -s status", 80)
    m.step("netstat -nupl: nobody listens at port 123, as ntpctl says",
        "! netstat -nupl | grep ':123 '\n"
        "! ntpctl -s status | grep 'clients:.*are given'")
    m.step("listen on eth0, systemctl reload ntpd: the same process",
        "p=$(show ntpd MainPID); " + conf(*EDITED, "listen on eth0") +
        "systemctl reload ntpd; [ $p = $(show ntpd MainPID) ]\n"
        "within 5 sh -c \"netstat -nupl | grep ':123 '\"")
    m.step("netstat -nupl: ntpd has port 123", "netstat -nupl\n"
        "netstat -nupl | grep -E ':123 .*/ntpd'")
    m.step("... on eth0 only", "ss -Hnulp sport = 123\n"
        "! ss -Hnulp sport = 123 | grep -v %eth0:")
    ok(client(m), "a client on the wire is given the time")
    m.step("service ntpd status: active (running)",
        "service ntpd status; "
        "service ntpd status | grep 'Active: active (running)'")
    m.step("... and to what it is synchronized",
        "within 40 sh -c 'systemctl status ntpd | grep synchronized.to.192'")
    m.step("ntpctl -s peers, as nobody: three servers, one of them *",
        "setpriv --reuid=nobody --clear-groups ntpctl -s peers >/tmp/peers\n"
        "cat /tmp/peers; [ $(grep -c '^[^#]192' /tmp/peers) = 3 ]\n"
        "[ $(grep -c '^\\*192' /tmp/peers) = 1 ]")
    m.step("ntpq -p: the same, as it always was",
        "ntpq -np >/tmp/peers; cat /tmp/peers\n"
        "grep -E '^\\*192.0.2.[123] .* u ' /tmp/peers")
    m.step("interface ignore wildcard, interface listen eth0", conf(*EDITED,
        "interface ignore wildcard", "interface listen eth0") +
        "systemctl reload ntpd; sleep 2; active ntpd\n"
        "ss -Hnulp sport = 123 | grep %eth0:; "
        "! ss -Hnulp sport = 123 | grep -v %eth0:\n" +
        conf(*EDITED, "listen on eth0") + "systemctl reload ntpd")
    m.step("systemctl disable --now chronyd: ntpd goes on",
        "systemctl disable --now chronyd || :; active ntpd")
    m.step("timedatectl: synchronized, NTP service active",
        "timedatectl | grep 'synchronized: yes'\n"
        "timedatectl | grep 'NTP service: active'")
    m.step("systemctl disable ntpd, enable ntpd",
        "systemctl disable ntpd; ! systemctl is-enabled ntpd\n"
        "systemctl enable ntpd; systemctl is-enabled ntpd")
    m.step("the first drift file is there soon",
        "within 60 test -s /var/lib/ntpd/drift; cat /var/lib/ntpd/drift", 90)


def confined(m):
    m.step("systemd-analyze security: at most 2.0",
        "systemd-analyze security --no-pager ntpd | tail -n 1\n"
        "systemd-analyze security --no-pager --threshold=20 ntpd >/dev/null")
    m.step("systemd-analyze verify has nothing to say",
        "systemd-analyze verify --man=no ntpd.service ntpd-wait.service 2>&1 "
        "| tee /tmp/said; ! test -s /tmp/said")
    m.step("no process is root's, and one has the right to set the clock",
        "for p in $(pgrep ntpd); do grep -H -E 'Uid|CapEff' /proc/$p/status; "
        "[ $(awk '/^Uid/{print $2}' /proc/$p/status) != 0 ]; done\n"
        "have() { for p in $(pgrep ntpd); do cat /proc/$p/status; done | "
        "grep -c \"CapEff:.*$1\"; }\n"
        # CAP_SYS_TIME: the parent; CAP_NET_BIND_SERVICE: launcher, binder.
        "[ $(have 0000000002000000) = 1 ]; [ $(have 0000000000000400) = 2 ]\n"
        "[ $(have 0000000000000000) = $(($(pgrep -c ntpd) - 3)) ]")
    m.step("each runs under the AppArmor profile, which is enforced",
        "for p in $(pgrep ntpd); do cat /proc/$p/attr/apparmor/current; done "
        "| tee /tmp/said\n"
        "[ \"$(sort -u /tmp/said)\" = 'ntpd (enforce)' ]")
    m.step("ntpctl -s processes: each with a filter",
        "ntpctl -s processes; [ $(ntpctl -s processes | "
        "grep -cE 'parent|launcher|binder|engine|server|resolver|control') "
        "-ge 7 ]")


def wrong(m):
    bad = conf(*EDITED, "listen on eth0", "pool 192.0.2.4")
    good = conf(*EDITED, "listen on eth0")
    m.step("reload with an error: it says so, as an error, and goes on",
        "now; " + bad + "! systemctl reload ntpd; active ntpd; ntpctl -w 0\n"
        "within 5 sh -c \"journalctl -q -u ntpd -p err --since @$since | "
        "grep 'ntpd.conf:5: unknown statement'\"\n" + good +
        "systemctl reload ntpd")
    m.step("restart with an error: failed, once, and says why as an error",
        "now; " + bad + "! systemctl restart ntpd; sleep 12\n"
        "systemctl is-failed ntpd; show ntpd ExecMainStatus; "
        "[ $(show ntpd ExecMainStatus) = 78 ]; [ $(show ntpd NRestarts) = 0 ]"
        "\njournal -p err | grep 'ntpd.conf:5: unknown statement'\n" +
        good + "systemctl reset-failed ntpd; systemctl start ntpd; "
        "ntpctl -w 60", 90)
    m.step("stopped: no process, port, socket is left, the drift file is",
        "systemctl stop ntpd; inactive ntpd; ! pgrep ntpd\n"
        "! ss -Hnulp sport = 123 | grep .; [ \"$(ls /run/ntpd)\" = bound ]\n"
        "cat /var/lib/ntpd/drift; systemctl start ntpd")
    m.step("without the right to set the clock: status 77, and it says so",
        "systemctl stop ntpd; s=0; "
        "setpriv --bounding-set=-sys_time,-sys_chroot "
        "--inh-caps=-sys_time,-sys_chroot "
        "ntpd -d >/tmp/said 2>&1 || s=$?; cat /tmp/said; [ $s = 77 ]\n"
        "grep CAP_SYS_TIME /tmp/said; systemctl start ntpd")
    m.step("ntpd -Q says that the clock is off, ntpd -q sets it",
        "systemctl stop ntpd; date -s '3 seconds'\n"
        "ntpd -Q 192.0.2.1 | tee /tmp/said\n"
        "grep 'ahead.* would be set back by' /tmp/said\n"
        "ntpd -q 192.0.2.1 192.0.2.2 192.0.2.3; systemctl start ntpd; "
        "ntpctl -w 60", 200)
    right(m, "... and it is right then")
    m.step("stopped ten times, also in a lookup: no SIGKILL",
        "now; echo nameserver 192.0.2.77 >/etc/resolv.conf\n" +
        conf(*EDITED, "listen on eth0", "server silent.example") +
        "for i in 1 2 3 4 5 6 7 8 9 10; do "
        "systemctl reset-failed ntpd; systemctl restart ntpd; sleep 0.$i; "
        "done; systemctl stop ntpd; : >/etc/resolv.conf\n" + good +
        "journalctl -q -u ntpd --since @$since -o cat | tee /tmp/said "
        ">/dev/null; ! grep -E 'SIGKILL|killed' /tmp/said\n"
        "systemctl reset-failed ntpd; systemctl start ntpd; ntpctl -w 60",
        120)


def killed(m):
    again = "within 30 active ntpd; within 30 ntpctl -s peers; " \
        "within 10 all_there; systemctl reset-failed ntpd\n"
    for name in "server", "resolver", "binder", "control":
        m.step("kill the %s: another takes its place, nothing restarts" % name,
            "p=$(show ntpd MainPID); k=$(pid_of %s); kill -9 $k\n"
            "within 20 other_than %s $k; within 20 all_there\n"
            "within 20 ntpctl -s peers; [ $p = $(show ntpd MainPID) ]" %
            (name, name))
    ok(client(m), "... and a client is given the time")
    for name, said in (("engine", "engine .*was killed by signal 9"),
        ("launcher", "the launcher is gone")):
        m.step("kill the %s: the service manager starts all again" % name,
            "now; p=$(show ntpd MainPID); kill -9 $(pid_of %s)\n"
            "within 30 is_other $p\n%sjournal | grep '%s'" %
            (name, again, said), 90)
    m.step("kill the parent: likewise",
        "p=$(show ntpd MainPID); kill -9 $p; within 30 is_other $p\n" + again,
        90)
    hung = "sleep 8; restarts 0; now\nkill -STOP %s\nwithin 40 restarts 1\n" + \
        again + "journalctl -q -u ntpd --since @$since -o cat | grep -i '%s'\n"
    m.step("the engine hangs: the parent ends before the watchdog's time",
        "mkdir -p /run/systemd/system/ntpd.service.d\n"
        "printf '[Service]\\nWatchdogSec=6\\nTimeoutAbortSec=3\\n' "
        ">/run/systemd/system/ntpd.service.d/test.conf\n"
        "systemctl daemon-reload; systemctl restart ntpd; " +
        hung % ("$(pid_of engine)", "the engine is held up"), 120)
    m.step("the parent hangs: the watchdog finds it",
        hung % ("$(show ntpd MainPID)", "watchdog timeout") +
        "rm -r /run/systemd/system/ntpd.service.d; systemctl daemon-reload; "
        "systemctl restart ntpd; ntpctl -w 60", 180)


def waiting(m):
    m.step("without ntpd-wait, time-sync.target is not reached",
        "systemctl restart ntpd; ! active time-sync.target\n"
        "! show ntpd Wants | grep time-sync")
    m.step("ntpd-wait: started when the clock is synchronized, with the target",
        "timeout 100 systemctl start ntpd-wait; active ntpd-wait\n"
        "within 5 active time-sync.target; ntpctl -w 0", 120)
    # 180 s are too long for a test.
    m.step("no servers: ntpd-wait gives up for those who wait",
        "mkdir -p /run/systemd/system/ntpd-wait.service.d\n"
        "printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/ntpctl -w 5\\n' "
        ">/run/systemd/system/ntpd-wait.service.d/test.conf\n"
        "systemctl daemon-reload\n"
        "systemctl stop time-sync.target ntpd-wait ntpd\n" +
        conf("server 192.0.2.77") + "systemctl start ntpd\n"
        "timeout 30 systemctl start time-sync.target ntpd-wait || :\n"
        "! ntpctl -w 0; systemctl status ntpd-wait --no-pager || :\n"
        "! active ntpd-wait", 60)
    m.step("... and is well when the clock is synchronized at last",
        conf(*EDITED, "listen on eth0") + "systemctl reload ntpd\n"
        "ntpctl -w 60; within 20 active ntpd-wait\n"
        "rm -r /run/systemd/system/ntpd-wait.service.d; "
        "systemctl daemon-reload", 100)


def set_ntp(m):
    m.step("timedatectl set-ntp true leaves the running ntpd alone",
        "cat >/etc/systemd/system/chrony.service <<X\n"
        "[Service]\nExecStart=/bin/sleep 1000\n"
        "[Install]\nWantedBy=multi-user.target\nX\n"
        "echo chrony.service >/usr/lib/systemd/ntp-units.d/50-chrony.list\n"
        "systemctl daemon-reload; p=$(show ntpd MainPID)\n"
        "timedatectl set-ntp true; sleep 1; active ntpd; "
        "[ $p = $(show ntpd MainPID) ]; ! active chrony\n")
    m.step("timedatectl set-ntp false stops it, set-ntp true starts it",
        "timedatectl set-ntp false; within 10 inactive ntpd; "
        "timedatectl set-ntp true; within 10 active ntpd; ! active chrony\n"
        "rm /etc/systemd/system/chrony.service "
        "/usr/lib/systemd/ntp-units.d/50-chrony.list; "
        "systemctl daemon-reload; ntpctl -w 60", 90)


def reboot(m):
    m.step("before the reboot: ntpd-wait is enabled, the clock right",
        "systemctl enable ntpd-wait; ntpctl -w 60", 80)
    ok(m.reboot(), "reboot", m.console())
    m.step("ntpd is there by itself, nothing failed",
        "active ntpd; netstat -nupl | grep -E ':123 .*/ntpd'\n"
        "systemctl --failed --no-legend; "
        "[ -z \"$(systemctl --failed --no-legend)\" ]")
    m.step("it is synchronized, with one step at most",
        "ntpctl -w 60\n"
        "[ $(journalctl -b -u ntpd -o cat | grep -c 'clock set') -le 1 ]", 80)
    m.step("time-sync.target was reached after that, and not before",
        "within 10 active time-sync.target; active ntpd-wait\n"
        "s=$(journalctl -b -u ntpd -o short-unix | "
        "awk '/clock synchronized/{print $1; exit}')\n"
        "r=$(date -d \"$(show time-sync.target ActiveEnterTimestamp)\" +%s)\n"
        "echo $s $r; [ ${s%.*} -le $r ]")
    m.step("logcheck has nothing to report of such a boot",
        "[ -s /etc/logcheck/ignore.d.server/ntpd ]\n"
        "journalctl -q -b -t ntpd -o short >/tmp/said; cat /tmp/said\n"
        "[ $(wc -l </tmp/said) -ge 2 ]\n"
        # Seconds are news, but not here: where others compute, it boots late.
        "! grep -Evf /etc/logcheck/ignore.d.server/ntpd /tmp/said | "
        "grep -vE 'clock set (forward|back) by [.0-9]+ s$'")
    right(m, "the clock is right")
    ok(client(m), "a client is given the time",
        m.run("ntpctl -s all; netstat -nupl; journalctl -q -b -u ntpd")[1])


def purge(m):
    m.step("apt-get purge ntpd", APT + "purge ntpd", 240)
    m.step("no process and no user is left", "! pgrep ntpd\n"
        "! getent passwd _ntpd; ! getent group _ntpd\n"
        "[ ! -e /run/ntpd ]; [ ! -e /var/lib/ntpd ]")
    m.step("no file is left",
        "(cd / && find etc usr var/lib run -xdev ! -type d | grep -vE "
        "'var/lib/(dpkg|apt|chrony|systemd)|^run/(systemd|udev|log)|chrony' | "
        "sort) | comm -13 /root/before - | grep ntpd && exit 1\n"
        "find /var/lib/systemd | grep ntpd && exit 1; :")
    m.step("purged, ntpd can be installed again",
        APT + "install /root/ntpd.deb; within 20 active ntpd\n" +
        conf(*EDITED) + "systemctl reload ntpd; ntpctl -w 60", 240)


def test():
    walk(install, configure, confined, wrong, killed, waiting, set_ntp, reboot,
        purge)


main(test)
