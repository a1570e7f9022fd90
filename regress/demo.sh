#!/bin/bash
#
# Shows the main job: this daemon synchronizes to a reference server and
# serves that time.  Everything happens in namespaces of its own - network,
# mounts, processes - which vanish with this script however it ends, and
# nothing changes the clock.  Run by "make demo", as root.
#
# Exit status: 0 if all of it worked; else 1, with the reason.

set -u

top=$(cd "$(dirname "$0")/.." && pwd)
ntpd=$top/ntpd/ntpd
ntpctl=$top/ntpctl/ntpctl
chronyd=${NTPD_PEERS:-$top/obj/peers}/chrony/usr/sbin/chronyd
patience=90		# s, until synchronized

fail()
{
	echo "demo: failed: $*" >&2
	for log in "${work:-/nonexistent}"/*.log; do
		[ -s "$log" ] || continue
		echo "---- the end of ${log##*/}" >&2
		tail -n 15 "$log" >&2
	done
	exit 1
}

say()
{
	printf '\n==> %s\n' "$*"
}

# Outside: make sure that everything is there, then go inside.
if [ "${1:-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] || fail "it needs root: sudo make demo"
	for program in "$ntpd" "$ntpctl"; do
		[ -x "$program" ] || fail "no $program: run make first"
	done
	"$top/regress/peers.sh" || fail "no reference server to be had"
	[ -x "$chronyd" ] || fail "no $chronyd"
	work=$(mktemp -d /tmp/ntpd-demo.XXXXXX) || fail "no directory"
	unshare --net --mount --pid --fork --kill-child --mount-proc \
	    "$0" inside "$work" &
	inside=$!
	trap 'kill -KILL "$inside" 2>/dev/null; rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	wait "$inside"
	exit
fi
work=$2
trap 'exit 1' HUP INT TERM

# Inside, /run and its sockets are this demonstration's own.
mount -t tmpfs tmpfs /run || fail "cannot mount a private /run"
printf '127.0.0.1 localhost\n192.0.2.2 time.example\n' >"$work/hosts"
[ -e /etc/hosts ] || touch /etc/hosts	# a container may have none
mount --bind "$work/hosts" /etc/hosts || fail "cannot mount a private hosts"

# Two machines, one cable: "reference" is .1 and .2, this one is .10.
network()
{
	ip netns add reference &&
	ip link add eth0 type veth peer name eth0 netns reference &&
	ip address add 192.0.2.10/24 dev eth0 &&
	ip address add 2001:db8::10/64 dev eth0 nodad &&
	ip -n reference address add 192.0.2.1/24 dev eth0 &&
	ip -n reference address add 192.0.2.2/24 dev eth0 &&
	ip -n reference address add 2001:db8::1/64 dev eth0 nodad &&
	ip link set lo up &&
	ip link set eth0 up &&
	ip -n reference link set lo up &&
	ip -n reference link set eth0 up
}

# The certificate by which the reference server is known.
make_certificate()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj /CN=time.example -addext subjectAltName=DNS:time.example \
	    -days 2 -keyout "$work/key.pem" -out "$work/certificate.pem" \
	    >"$work/openssl.log" 2>&1
}

start_reference()
{
	mkdir -p /run/chrony
	cat >"$work/chrony.conf" <<-EOF
	local stratum 1
	allow
	cmdport 0
	bindcmdaddress /
	pidfile $work/chronyd.pid
	ntsservercert $work/certificate.pem
	ntsserverkey $work/key.pem
	EOF
	ip netns exec reference "$chronyd" -d -x -u root \
	    -f "$work/chrony.conf" >"$work/chronyd.log" 2>&1 &
}

start_ntpd()
{
	cat >"$work/ntpd.conf" <<-EOF
	server 192.0.2.1
	server 2001:db8::1
	server time.example nts ca "$work/certificate.pem"
	authentication mix
	listen on eth0
	driftfile "$work/drift"
	user "nobody"
	EOF
	chmod 755 "$work"
	chmod 644 "$work/ntpd.conf"
	"$ntpd" -n -f "$work/ntpd.conf" || return 1
	"$ntpd" -d -x -f "$work/ntpd.conf" > >(tee "$work/ntpd.log" |
	    sed -u 's/^/ntpd: /') 2>&1 &
	ntpd_pid=$!
}

follow()
{
	local i

	for ((i = 0; SECONDS < patience; i++)); do
		kill -0 "$ntpd_pid" 2>/dev/null || fail "ntpd has ended"
		if [ -S /run/ntpd/ntpd.sock ]; then
			"$ntpctl" -s peers
			"$ntpctl" -w 4 >"$work/wait.out" 2>&1 && return 0
		fi
		sleep 1
	done
	fail "not synchronized after $patience s"
}

# The other machine asks this one: a second opinion on the time served.
query()
{
	local answer offset

	answer=$(ip netns exec reference timeout 30 "$chronyd" -Q -u root \
	    -f /dev/null "pidfile $work/query.pid" "cmdport 0" \
	    "bindcmdaddress /" "server $1 iburst maxsamples 1" 2>&1) ||
	    fail "$1 does not answer as a server: $answer"
	offset=$(sed -n 's/.*clock wrong by \(-*[0-9.]*\) seconds.*/\1/p' \
	    <<<"$answer")
	[ -n "$offset" ] || fail "chronyd does not say how $1 is: $answer"
	awk -v o="$offset" 'BEGIN { exit !(o < 0.05 && o > -0.05) }' ||
	    fail "$1 serves a time that is $offset s off"
	echo "$1 answers; chronyd -Q finds a difference of $offset s"
}

say "two machines in network namespaces; the reference server starts"
network || fail "cannot make the network"
make_certificate || fail "cannot make a certificate"
start_reference
say "ntpd starts, the clock read-only, with three addresses to ask, one by NTS"
start_ntpd || fail "ntpd does not like its configuration"
say "ntpctl -s peers, until it is synchronized"
follow
say "ntpctl -s status"
"$ntpctl" -s status || fail "no status"
say "ntpctl -s peers"
"$ntpctl" -s peers || fail "no peers"
say "ntpctl -s auth"
"$ntpctl" -s auth || fail "nothing about authentication"
"$ntpctl" -s auth | grep -q "cookies, NTS keys" || fail "no NTS"
say "the processes"
ps -o user:10,pid,args -C ntpd
say "now as a server: the other machine asks for the time"
query 192.0.2.10
query 2001:db8::10
say "the end"
kill -TERM "$ntpd_pid"
wait "$ntpd_pid"
status=$?
[ "$status" -eq 0 ] || fail "ntpd ended with status $status"
say "it works: synchronized and serving after $SECONDS s"
