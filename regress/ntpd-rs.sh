#!/bin/sh
#
# Fetches ntpd-rs from Debian 13, which older releases do not have, with the C
# library that it is linked with.  It is unpacked below obj/peers/ntpd-rs, or
# the directory given, beside what peers.sh fetches, and not installed; its
# program is run by its own dynamic linker.  check-lab measures it where it is.
#
# usage: ntpd-rs.sh [directory of the peers]
#
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-${NTPD_PEERS:-$top/obj/peers}}
mirror=${NTPD_MIRROR:-http://deb.debian.org/debian}
packages="ntpd-rs libc6 libgcc-s1"

[ ! -x "$dir/ntpd-rs/usr/bin/ntp-daemon" ] || exit 0
mkdir -p "$dir"
work=$(mktemp -d "$dir/ntpd-rs.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "$mirror trixie main" >"$work/sources.list"

# The machine's own lists are left alone.
get()
{
	apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o APT::Sandbox::User=root -o Acquire::Languages=none "$@" >/dev/null
}

cd "$work"
get update
get download $packages
for deb in *.deb; do
	dpkg -x "$deb" root
done
rm -rf root/usr/share "$dir/ntpd-rs"
mv root "$dir/ntpd-rs"
