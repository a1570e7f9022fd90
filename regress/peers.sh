#!/bin/sh
#
# Fetches the programs that this daemon is tested with from Debian's packages:
# chrony, ntpsec (its ntpd and ntpq), ntpdig, openntpd and gpsd.  They are
# unpacked below obj/peers, or the directory given, and not installed: the
# packages conflict with one another, and each would start a daemon.  Only the
# libraries and Python modules that they lack are installed.
#
# usage: peers.sh [directory]
#
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-${NTPD_PEERS:-$top/obj/peers}}
packages="chrony ntpsec ntpsec-ntpdig openntpd gpsd"
quiet="-q -o Dpkg::Use-Pty=0"
export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes

# What is needed besides, each by a command that fails if it is missing.
lacking() {
	for program in chrony/usr/sbin/chronyd ntpsec/usr/sbin/ntpd \
	    openntpd/usr/sbin/ntpd gpsd/usr/sbin/gpsd; do
		ldd "$dir/$program" | awk '/not found/ { print $1 }'
	done
	/usr/bin/python3 -c 'import ntp.packet' 2>/dev/null || echo python3-ntp
}

# The package that has the library $1, of those that the peers depend on.
package_of() {
	case $1 in
	lib*.so.*)
		for p in $packages; do
			dpkg-deb -f "$dir"/deb/"${p}"_*.deb Depends
		done | tr ',|' '\n\n' | sed 's/^ *//; s/[ (].*//' | sort -u |
		    grep '^lib'
		;;
	*)
		echo "$1"
		;;
	esac
}

mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
missing=
for p in $packages; do
	[ -d "$dir/$p" ] || missing="$missing $p"
done
if [ -f "$dir/.done" ] && [ -z "$missing" ] && [ -z "$(lacking)" ]; then
	exit 0
fi

apt-get $quiet update >/dev/null
mkdir -p "$dir/deb"
cd "$dir/deb"
# What is there stays: a program of it may run.
for p in ${missing:-$packages}; do
	rm -f "${p}"_*.deb
	# As root: apt's own user may not write here.
	apt-get $quiet -o APT::Sandbox::User=root download "$p" >/dev/null
	rm -rf "${dir:?}/$p"
	dpkg -x "${p}"_*.deb "$dir/$p"
done

wanted=$(for l in $(lacking); do package_of "$l"; done | sort -u)
if [ -n "$wanted" ]; then
	apt-get $quiet install -y --no-install-recommends $wanted >/dev/null
fi
still=$(lacking)
if [ -n "$still" ]; then
	echo "peers.sh: still missing:" $still >&2
	exit 1
fi
touch "$dir/.done"
