#!/usr/bin/python3 -B
"""
The package on a booted machine, among what else there is: clients with NTS,
networks that come and go, DHCP, collectors, the packages of other daemons.

usage: 04-others.t [part ...]   all, unless some are named
"""
from walk import *

import ctypes
import socket
import threading


def with_nts(m):
    """Also: no vDSO here, so that what TLS asks for the time is a call."""
    m.step("NTS: keys from a server, and for clients",
        "mkdir /etc/ntpd; cp /share/server.pem /etc/ntpd/ca.pem\n"
        "install -g _ntpd -m 640 /share/guest.* /etc/ntpd/\n" +
        conf("server 192.0.2.1 nts ca /etc/ntpd/ca.pem", "authentication mix",
        "server 192.0.2.2", "listen on eth0",
        "nts certificate /etc/ntpd/guest.pem key /etc/ntpd/guest.key") +
        "ntpd -n; systemctl restart ntpd; ntpctl -w 60; ntpctl -s auth\n"
        "within 30 sh -c \"ntpctl -j | grep '\\\"auth\\\": \\\"nts\\\"'\"\n"
        "within 30 sh -c \"ntpctl -s peers | grep '^[*+]192.0.2.1'\"\n"
        "pid_of ke", 120)
    path = os.path.join(m.work, "client.conf")
    with open(path, "w") as f:
        f.write("server %s nts ca %s/guest.pem\n" % (GUEST, m.share))
    asked = m.client(os.path.join(TOP, "ntpd", "ntpd"), "-Q", "-f", path)
    ok(asked.returncode == 0, "a client on the wire gets keys and the time",
        m.run("ntpctl -s server; journalctl -q -b -u ntpd | tail -n 9")[1] +
        asked.stdout + asked.stderr)
    m.step("kill the process of the keys: another takes its place",
        "p=$(show ntpd MainPID); k=$(pid_of ke); kill -9 $k\n"
        "within 20 other_than ke $k; within 20 all_there\n"
        "[ $p = $(show ntpd MainPID) ]")
    asked = m.client(os.path.join(TOP, "ntpd", "ntpd"), "-Q", "-f", path)
    ok(asked.returncode == 0, "... and gives keys", asked.stdout +
        asked.stderr)
    m.step("no call was forbidden",
        "! journalctl -q -b -u ntpd | grep -iE 'forbid|SIGSYS|signal 31'\n" +
        conf(*EDITED, "listen on eth0") + "rm -r /etc/ntpd\n"
        "systemctl restart ntpd; ntpctl -w 60", 80)


class Dhcp(threading.Thread):
    """At the other end of the wire: leases that name an NTP server."""

    REPLIES = {1: 2, 3: 5}	# DISCOVER: OFFER, REQUEST: ACK

    def __init__(self, m):
        super().__init__(daemon=True)
        self.m = m

    def options(self, kind):
        ip = socket.inet_aton
        return b"".join(bytes([code, len(value)]) + value for code, value in (
            (53, bytes([kind])), (54, ip(SERVERS[0])), (51, b"\0\0\1\0"),
            (1, ip("255.255.255.0")), (42, ip(SERVERS[1])))) + b"\xff"

    def run(self):
        libc = ctypes.CDLL(None)
        with open("/run/netns/" + self.m.ns) as ns:
            libc.setns(ns.fileno(), 0)	# this thread alone
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"tap0")
        s.bind(("", 67))
        while True:
            asked = s.recv(1500)
            kind = self.REPLIES.get(asked[242])	# of option 53, the first
            if kind is None:
                continue
            s.sendto(b"\2" + asked[1:16] + socket.inet_aton(GUEST) +
                socket.inet_aton(SERVERS[0]) + asked[24:240] +
                self.options(kind), ("255.255.255.255", 68))


def dhcp(m):
    Dhcp(m).start()
    m.step("those of dhclient's lease",
        "systemctl stop systemd-networkd.socket systemd-networkd\n"
        "ip addr flush dev eth0; timeout 50 dhclient -1 -v eth0\n"
        "cat /run/ntpd-sources.d/*\n"
        "within 20 sh -c 'ntpctl -s peers | grep \" *192.0.2.2 \"'", 90)
    m.step("... until it is released",
        "dhclient -r -v eth0\n"
        "within 20 sh -c '! ntpctl -s peers | grep \" *192.0.2.2 \"'\n"
        "systemctl start systemd-networkd; networkctl reconfigure eth0")


def sundries(m):
    m.step("servers of a network come with its lease",
        conf(EDITED[0], "listen on eth0", 'include "/run/ntpd-sources.d/"') +
        "systemctl reload ntpd; "
        "/usr/lib/ntpd/ntpd-sources test 192.0.2.2 'x; allow from any'\n"
        "cat /run/ntpd-sources.d/test.conf\n"
        "[ $(wc -l </run/ntpd-sources.d/test.conf) = 1 ]\n"
        "within 20 sh -c 'ntpctl -s peers | grep \" *192.0.2.2 \"'")
    m.step("... and go with it", "/usr/lib/ntpd/ntpd-sources test\n"
        "within 20 sh -c '! ntpctl -s peers | grep \" *192.0.2.2 \"'")
    m.step("those of systemd-networkd, too",
        "mkdir -p /etc/systemd/network/eth0.network.d\n"
        "printf '[Network]\\nNTP=192.0.2.3\\n' "
        ">/etc/systemd/network/eth0.network.d/test.conf\n"
        "networkctl reload; networkctl reconfigure eth0\n"
        "within 30 sh -c 'ntpctl -s peers | grep \" *192.0.2.3 \"'\n"
        "rm -r /etc/systemd/network/eth0.network.d; networkctl reload\n"
        "networkctl reconfigure eth0\n"
        "within 30 sh -c '! ntpctl -s peers | grep \" *192.0.2.3 \"'", 120)
    dhcp(m)
    m.step("metrics by HTTP, if that is started",
        "! systemctl is-enabled ntpd-metrics.socket\n"
        "systemctl start ntpd-metrics.socket\n"
        "python3 -c 'import urllib.request as u; print(u.urlopen("
        "\"http://127.0.0.1:9559/metrics\").read().decode())' >/tmp/metrics\n"
        "grep -x 'ntpd_synchronized 1' /tmp/metrics\n"
        "systemctl stop ntpd-metrics.socket; " +
        conf(*EDITED, "listen on eth0") + "systemctl reload ntpd; "
        "ntpctl -w 60", 120)


def network(m):
    m.step("no network for 20 s after the start: it is synchronized 30 s "
        "after that is there",
        "systemctl stop ntpd systemd-networkd.socket systemd-networkd\n"
        "ip addr flush dev eth0; ip link set eth0 down; systemctl start ntpd\n"
        "sleep 10; show ntpd StatusText | grep 'not synchronized'\n"
        "ntpctl -s peers | grep 'cannot leave: Network is unreachable'\n"
        "sleep 10; systemctl start systemd-networkd; "
        "t=$(cut -d . -f 1 /proc/uptime); ntpctl -w 180\n"
        "t=$(($(cut -d . -f 1 /proc/uptime) - t)); echo $t s; [ $t -le 30 ]",
        240)
    # Changes count every ten seconds.
    m.step("the address is lost for a second: all are asked again within 15",
        "ip addr flush dev eth0; sleep 1; networkctl reconfigure eth0\n"
        "sleep 15; ntpctl -s peers; ntpctl -w 0\n"
        "! ntpctl -s peers | grep 'cannot leave'")


def others(m):
    m.run(TOOLS + conf(*EDITED) + "systemctl reload ntpd")
    for name, unit in (("openntpd", "openntpd"), ("ntpsec", "ntpsec"),
        ("systemd-timesyncd", "systemd-timesyncd")):
        m.step("apt-get install %s: ntpd goes" % name,
            "cd /root/peers; debs=./%s_*.deb\n"
            "[ %s != ntpsec ] || debs=\"$debs ./python3-ntp_*.deb\"\n"
            "%s install $debs; within 20 active %s\n"
            "! pgrep -f 'ntpd: engine'; ! dpkg -s ntpd | "
            "grep 'ok installed'" % (name, name, APT, unit), 400)
        m.step("apt-get install ntpd: %s goes" % name,
            "%s install /root/ntpd.deb; within 20 active ntpd\n"
            "! active %s; ! dpkg -s %s | grep 'ok installed'\n"
            "ntpctl -w 60; grep 192.0.2.3 /etc/ntpd.conf" % (APT, unit, name),
            400)
    m.step("installed again: ntpd is another process, and synchronized",
        "p=$(show ntpd MainPID); %s --reinstall install /root/ntpd.deb\n"
        "[ $p != $(show ntpd MainPID) ]; active ntpd; ntpctl -w 60" % APT, 240)


def test():
    walk(put_in, with_nts, sundries, network, others)


main(test)
