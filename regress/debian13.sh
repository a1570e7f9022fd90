#!/bin/sh
#
# Fetches from Debian 13 what older releases do not have: ntpd-rs, newer chrony
# and ntpsec, and a nettle with AES-GCM-SIV, with all libraries that these are
# linked with.  They are unpacked below obj/peers/debian13, or the directory
# given, beside what peers.sh fetches, and not installed; the programs are run
# by their own dynamic linker.
#
# usage: debian13.sh [directory of the peers]
#
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-${NTPD_PEERS:-$top/obj/peers}}
mirror=${NTPD_MIRROR:-http://deb.debian.org/debian}
packages="ntpd-rs chrony ntpsec nettle-dev libnettle8t64 libhogweed6t64"
packages="$packages libc6 libgcc-s1 libgnutls30t64 libp11-kit0 libidn2-0"
packages="$packages libunistring5 libtasn1-6 libgmp10 libffi8 zlib1g libzstd1"
packages="$packages libbrotli1 libseccomp2 libcap2 libssl3t64 libbsd0 libmd0"

mkdir -p "$dir"
exec 9>"$dir/.lock13"
flock 9
[ ! -x "$dir/debian13/usr/sbin/chronyd" ] || exit 0
work=$(mktemp -d "$dir/debian13.XXXXXX")
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
rm -rf root/usr/share "$dir/debian13"
mv root "$dir/debian13"
