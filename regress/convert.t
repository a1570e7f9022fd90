#!/bin/sh
#
# ntpctl convert: each kind of line that ntp.conf and chrony.conf have, what it
# becomes, and that ntpd loads whatever came out.
#
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$top/regress/tap.sh"

# converts TEXT FILE STATEMENTS: the lines FILE become exactly STATEMENTS.
converts()
{
	printf '%s\n' "$2" >"$work/in"
	ok "$1" statements "$3"
}

statements()
{
	"$top/ntpctl/ntpctl" convert "$work/in" >"$work/ntpd.conf" || return 1
	cat "$work/ntpd.conf"
	"$top/ntpd/ntpd" -n -f "$work/ntpd.conf" || return 1
	[ "$(grep -v -e '^#' -e '^$' "$work/ntpd.conf")" = "$1" ]
}

# notes TEXT LINE PATTERN: nothing becomes of LINE, for a reason like PATTERN.
notes()
{
	printf '%s\n' "$2" >"$work/in"
	ok "$1" note "$3"
}

note()
{
	note_for "" "$1"
}

note_for()
{
	statements "$1" && grep -q "^#   .*$2" "$work/ntpd.conf"
}

converts "server with the usual options" \
    "server ntp.example.com iburst minpoll 4 maxpoll 6 prefer" \
    "server ntp.example.com poll 4-6 weight 2"
converts "polls that are too short, too long, or the wrong way round" \
    "server a.example minpoll 3
server b.example maxpoll 20
server c.example minpoll 12" \
    "server a.example poll 4-10
server b.example poll 6-17
server c.example poll 12-12"
converts "pool" "pool 2.example.pool.ntp.org iburst maxsources 4" \
    "servers 2.example.pool.ntp.org max 4"
converts "peer, families, options with values" \
    "peer -4 192.0.2.1 version 4 key 3
server -6 2001:db8::1 offset 0.1 xleave port 1123" \
    "server 192.0.2.1
server 2001:db8::1 port 1123 xleave"
converts "the local clock and its stratum" \
    "server 127.127.1.0
fudge 127.127.1.0 stratum 10" "local stratum 10"
converts "the same without fudge" "server 127.127.1.0 # local clock" \
    "local stratum 5"
converts "tos orphan" "tos orphan 6 minsane 2" "local stratum 6 orphan"
converts "chrony's local" "local stratum 8 orphan" "local stratum 8 orphan"
converts "restrict: default and loopback give nothing" \
    "restrict default kod nomodify notrap nopeer noquery limited
restrict -6 default nomodify
restrict 127.0.0.1
restrict ::1
restrict source notrap nomodify noquery" ""
converts "restrict: networks are allowed, the longest prefix first" \
    "restrict default ignore
restrict 10.0.0.0 mask 255.0.0.0 nomodify limited
restrict 10.9.8.7 mask 255.255.255.0 ignore
restrict 2001:db8:: mask ffff:ffff::" \
    "listen on *
ratelimit
allow from 2001:db8::/32
deny from 10.9.8.0/24
allow from 10.0.0.0/8"
converts "allow and deny" "allow 192.168/16
allow 10
deny 10.1.2.3
bindaddress 192.168.1.1" \
    "listen on 192.168.1.1
deny from 10.1.2.3/32
allow from 192.168.0.0/16
allow from 10.0.0.0/8"
converts "allow all" "allow all" "listen on *
allow from any"
converts "interfaces" "interface ignore wildcard
interface listen lo
nic listen 192.0.2.1" "listen on lo
listen on 192.0.2.1"
converts "the same place twice, in whatever spelling" "bindaddress 192.0.2.1
bindaddress 192.0.2.1
bindaddress 2001:db8::1
bindaddress 2001:db8:0::1
nic listen lo
binddevice lo" "listen on 192.0.2.1
listen on 2001:db8::1
listen on lo"
converts "all interfaces, of one family" "interface listen all
interface listen ipv6
interface listen wildcard" "listen on *
listen on ::"
notes "a network of interfaces" "interface listen 192.0.2.0/24" "cannot listen"
notes "no interface can be called so" "bindaddress ::::1" "cannot listen"
notes "a link-local address alone" "server fe80::1" "fe80::1%eth0"
converts "with its interface" "server fe80::1%eth0" "server fe80::1%eth0"
notes "an address that is none" "server ::::1" "nor a host name"
notes "a group" "server 224.0.1.1" "unicast"
converts "options twice, and for others than this" \
    "server a.example prefer prefer ntsport 4461 maxsources 3
server b.example nts ntsport 4461 nts" "server a.example weight 2
server b.example nts ntsport 4461"
converts "IPv4 written as IPv6 asks nobody" "restrict ::ffff:192.0.2.1
restrict fe80::1%2
allow 192.0.2.7" "listen on *
allow from 192.0.2.7/32"
converts "tos orphan: none would be left for the others" "tos orphan 15
local stratum 15 orphan" "local stratum 14 orphan"
converts "makestep" "makestep 1.0 3" "step boot"
converts "makestep without a limit" "makestep 0.1 -1
makestep 1 3" "step always 100 ms"
converts "tinker" "tinker panic 0 step 0 stepout 1" "step limit none
step never"
converts "bindacqaddress" "bindacqaddress 192.0.2.1
server ntp.example.com" "query from 192.0.2.1
server ntp.example.com"
converts "bindacqaddress below the servers, the last of a family" \
    "server a.example
bindacqaddress 192.0.2.1
bindacqaddress 192.0.2.2
server b.example
bindacqaddress 2001:db8::1" "query from 192.0.2.2
query from 2001:db8::1
server a.example
server b.example"
notes "bindacqaddress without servers" "bindacqaddress 192.0.2.1" "query from"

notes "keys, if none has" "keys /etc/ntp.keys" "no server has a key"
converts "a key without a file of keys" "server ntp.example.com key 3" \
    "server ntp.example.com"
printf '100000 SHA1 ASCII:sixteen-and-more\n' >"$work/keys"
chmod 600 "$work/keys"
converts "a key of a large number" "keyfile $work/keys
server ntp.example.com key 100000" \
    "keys \"$work/keys\"
server ntp.example.com key 100000"
converts "a key beside NTS" "keyfile $work/keys
server ntp.example.com nts key 100000" \
    "keys \"$work/keys\"
server ntp.example.com nts"
converts "keys, if a peer alone has one" "peer ntp.example.com key 100000
keys $work/keys" "server ntp.example.com key 100000
keys \"$work/keys\""
converts "a server whose key is no number: none" "keyfile $work/keys
server ntp.example.com key x" "keys \"$work/keys\""
converts "authselectmode" "server ntp.example.com nts
authselectmode require" "server ntp.example.com nts
authentication require"
converts "authselectmode require, and none is" "authselectmode require
server ntp.example.com" "server ntp.example.com"
converts "authselectmode ignore" "authselectmode ignore" "authentication mix"
notes "another authselectmode" "authselectmode maybe" \
    "authentication require, prefer or mix"
converts "servers with nts and without" "server a.example nts
pool b.example" "server a.example nts
servers b.example"
ok "the latter have no part in the time, which is said" \
    grep -q '^#   .*authentication mix' "$work/ntpd.conf"
converts "servers that are all alike" "server a.example nts
pool b.example nts" "server a.example nts
servers b.example nts"
ok "have all the same part" sh -c \
    "! grep -q 'authentication mix' '$work/ntpd.conf'"
notes "chrony's ratelimit" "ratelimit interval 1 burst 16" "ratelimit"
notes "chrony's NTS certificate" "ntsservercert /etc/x.pem" "nts certificate"
notes "and its key" "ntsserverkey /etc/x.key" "nts certificate"
notes "and authorities" "ntstrustedcerts /etc/ca.pem" "ca FILE"
converts "the list of leap seconds" "leapfile /etc/leap-seconds.list" \
    'leapfile "/etc/leap-seconds.list"'
converts "by chrony's name, and what the clock does then" \
    "leapseclist /etc/leap-seconds.list
leapsecmode slew" 'leapfile "/etc/leap-seconds.list"
leap slew'
converts "that of the time zones, and both twice" "leapsectz right/UTC
leapsectz right/UTC
leapsecmode system
leapsecmode ignore" 'leapfile "/usr/share/zoneinfo/leap-seconds.list"
leap kernel'
notes "a list without a path" "leapfile leap-seconds.list" "absolute path"
notes "another leapsecmode" "leapsecmode maybe" "leap kernel"
notes "the time stamps of network cards" "hwtimestamp eth0" "the kernel"
notes "the port" "port 0" "listen on WHERE port N"
notes "ntp.conf's limits" "discard average 3" "ratelimit"
notes "driftfile" "driftfile /var/lib/ntp/ntp.drift" "file of its own"
notes "statistics" "filegen loopstats file loopstats type day enable" \
    "no statistics"
notes "rtcsync" "rtcsync" "hardware clock"
notes "an include" "includefile /etc/ntp/crypto/pw" "path of the file"

# Reference clocks: NAME of test, lines, statements.
converts "chrony's SHM" "refclock SHM 0 refid GPS offset 0.12 delay 0.2 poll 3" \
    "sensor shm0 refid GPS correction 120000"
converts "with permissions, and a negative offset" \
    "refclock SHM 1:perm=0644 offset -1.5e-3 stratum 2 prefer trust" \
    "sensor shm1 correction -1500 stratum 3 weight 2 trusted"
converts "chrony's SOCK" "refclock SOCK /run/ntpd/chrony.ttyS0.sock refid GPS" \
    'sensor sock "/run/ntpd/chrony.ttyS0.sock" refid GPS'
converts "in a folder that is not ntpd's" "refclock SOCK /run/x.sock:perm=0666" \
    'sensor sock "/run/x.sock"'
ok "which is said" grep -q '^#   .*/run/ntpd only' "$work/ntpd.conf"
converts "chrony's PPS, locked to what stands above" "refclock SHM 0 refid NMEA
refclock PPS /dev/pps0 lock NMEA refid PPS
refclock PPS /dev/pps1:clear lock GPS" "sensor shm0 refid NMEA
sensor pps0 lock shm0 refid PPS
sensor pps1 falling"
ok "or to nothing, which is said" \
    grep -q '^#   no sensor has the refid GPS' "$work/ntpd.conf"
converts "or to what stands below" "refclock PPS /dev/pps0 lock NMEA prefer
server a.example
refclock SHM 0 refid NMEA" "server a.example
sensor shm0 refid NMEA
sensor pps0 lock shm0 weight 2"
ok "and what to do for the devices" grep -q 'sensors.conf' "$work/ntpd.conf"
converts "a clock that is not selected" "refclock SHM 0 refid NMEA noselect
refclock PPS /dev/pps0 lock NMEA" "sensor pps0"
converts "chrony's PHC" "refclock PHC /dev/ptp0 poll 0 dpoll -2 offset 0 tai
refclock PHC eth0:nocrossts refid NIC" "sensor ptp0 tai
sensor ptp eth0 refid NIC"
notes "a device that does not say which" "refclock PHC /dev/ptp_none" \
    "/dev/ptpN that it is"
notes "pulses of a network card" "refclock PHC /dev/ptp0:extpps:pin=0 width 0.2" \
    "not read"
notes "a driver that is not here" "refclock RTC /dev/rtc0:utc" "by hand"
notes "refclock alone" "refclock" "incomplete"
notes "with half of it" "refclock SHM" "not a number"
notes "a path that is none" "refclock SOCK run/x" "absolute path"
notes "a unit that is none" "refclock SHM 256" "0 to 255"
converts "wrong values" "refclock SHM 0 refid TOOLONG offset 1e9 stratum 16
refclock SHM 1 offset nan lock X refid" "sensor shm0
sensor shm1"
converts "ntp.conf's SHM, with what fudge says" \
    "fudge 127.127.28.1 refid PPS
server 127.127.28.0 minpoll 4 maxpoll 4 mode 1 prefer
fudge 127.127.28.0 time1 0.420 refid GPS stratum 3
server 127.127.28.1" "sensor shm0 refid GPS correction 420000 stratum 4 weight 2
sensor shm1 refid PPS"
converts "ntp.conf's PPS" "server 127.127.22.0
fudge 127.127.22.0 time1 0.000002 flag2 1 flag3 1" \
    "sensor pps0 correction 2 falling"
converts "ntp.conf's NMEA, by gpsd" "server 127.127.20.0 mode 17
fudge 127.127.20.0 time1 0.001 time2 0.5 flag1 1
server 127.127.20.1" "sensor shm0 refid GPS correction 500000
sensor shm1 refid PPS correction 1000
sensor shm2 refid GPS"
converts "one twice" "server 127.127.28.0
refclock SHM 0" "sensor shm0"
notes "ntp.conf's others" "server 127.127.8.0 mode 2
fudge 127.127.8.0 time1 0.1" "no such sensor"
notes "no unit" "server 127.127.28
fudge 127.127.28 time1 1" "not asked"
converts "NTPsec's" "refclock shm unit 2 refid GPS time1 0.1 prefer
refclock pps unit 0 flag2 1 time1 1e-6
refclock local unit 0 stratum 7" "sensor shm2 refid GPS correction 100000 weight 2
sensor pps0 correction 1 falling
local stratum 7"
converts "sensors and servers, one of which is authenticated" \
    "refclock SHM 0
server a.example nts" "sensor shm0
server a.example nts"
ok "the sensor has no part in the time, which is said" \
    grep -q '^#   .*authentication mix' "$work/ntpd.conf"
for n in $(seq 0 9); do
	echo "refclock SHM $n"
done >"$work/in"
ok "ten sensors: eight of them" sh -c "
    '$top/ntpctl/ntpctl' convert '$work/in' >'$work/ntpd.conf' &&
    [ \$(grep -c ^sensor '$work/ntpd.conf') = 8 ] &&
    '$top/ntpd/ntpd' -n -f '$work/ntpd.conf'"
notes "noselect" "server ntp.example.com noselect" "not selected"
notes "a name in restrict" "restrict ntp.example.com" "nor is a name"
notes "a name that is none" "server ntp.example.com;reboot" "nor a host name"
notes "what nobody knows" "frobnicate 7" "not known"
notes "case does not matter" "RTCSYNC" "hardware clock"
notes "server alone" "server" "incomplete"

# Hostile files: no control characters go through, nothing hangs or ends badly.
printf 'server \033[2Jx\n# \033]0;x\007\nlog\0ged\n' >"$work/in"
ok "control characters" statements ""
ok "are not copied" sh -c "! grep -q '[[:cntrl:]]' '$work/ntpd.conf'"
# In notes, in paths, and those that are two bytes in UTF-8.
printf 'tinker \033[2J 1\nallow \033[2J\nserver a.test \033[2J
keys /\033[2J\nserver a.test key 1\n# \302\2332J \177 M\303\274ller\n' >"$work/in"
ok "others" sh -c "'$top/ntpctl/ntpctl' convert '$work/in' >'$work/ntpd.conf' &&
    '$top/ntpd/ntpd' -n -f '$work/ntpd.conf'"
ok "are not copied" sh -c "! LC_ALL=C grep -q -e '[[:cntrl:]]' -e \
    \"\$(printf '\302\233')\" '$work/ntpd.conf'"
ok "letters are" grep -q "$(printf 'M\303\274ller')" "$work/ntpd.conf"
printf 'keys /\nserver ntp.example.com key 1\n' >"$work/in"
ok "a folder as keys" note_for "server ntp.example.com" "not the absolute path"
echo "1 SHA256 HEX:000102030405060708090a0b0c0d0e0f" >"$work/k" && chmod 600 "$work/k"
printf 'keys /%0255d\nserver ntp.example.com key 1\n' 1 >"$work/in"
ok "a path that is too long" note_for "server ntp.example.com" "255"
printf 'keys %s/k\nkeys /x\nserver ntp.example.com key 1\n' "$work" >"$work/in"
ok "keys twice" note_for "keys \"$work/k\"
server ntp.example.com key 1" "once is enough"
for n in $(seq 40); do
	echo "server s$n.example"
done >"$work/in"
ok "40 servers: 32 of them" sh -c "
    '$top/ntpctl/ntpctl' convert '$work/in' >'$work/ntpd.conf' &&
    [ \$(grep -c ^server '$work/ntpd.conf') = 32 ] &&
    '$top/ntpd/ntpd' -n -f '$work/ntpd.conf'"
head -c 6000 /dev/zero | tr '\0' a >"$work/in"
ok "a line of 6000 letters" note "too long"
head -c 2000000 /dev/zero | tr '\0' '\n' >"$work/in"
ok "2 MB are too many" sh -c "! '$top/ntpctl/ntpctl' convert '$work/in'"
ok "so is no file" sh -c "! '$top/ntpctl/ntpctl' convert '$work/none'"
finish
