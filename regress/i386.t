#!/bin/sh
#
# ntpd as Debian's i386 has it: linked with the libraries of that machine, and
# run in its sandboxes, as the kernel of x86_64 can.  The C library makes other
# system calls there, and libraries have another time_t.  The packages are
# unpacked below obj/peers/i386, not installed.  With CHECK_LONG only: it builds
# everything once more.
#
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
. regress/tap.sh

skip()
{
	echo "1..0 # SKIP $1"
	exit 0
}

[ -n "${CHECK_LONG:-}" ] || skip "make check-long has it"
[ "$(uname -m)" = x86_64 ] || skip "only x86_64 runs programs of i386"
root=${NTPD_PEERS:-$top/obj/peers}/i386
lib=$root/usr/lib/i386-linux-gnu
mirror=${NTPD_MIRROR:-http://deb.debian.org/debian}
packages="libbsd-dev libbsd0 libmd-dev libmd0 libcap-dev libcap2
    libseccomp-dev libseccomp2 libjansson-dev libjansson4 libssl-dev libssl3
    libtls-dev libtls26 nettle-dev libnettle8 libhogweed6 libgmp10 libc6
    libc6-dev libgcc-s1 libcrypt1 libcrypt-dev linux-libc-dev"

# The machine's own lists are left alone.
get()
{
	apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" \
	    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/l" \
	    -o Dir::Cache="$work/c" -o APT::Architecture=i386 \
	    -o APT::Architectures=i386 -o APT::Sandbox::User=root \
	    -o Acquire::Languages=none "$@"
}

fetch()
{
	mkdir -p "$work/l/partial" "$work/c/archives/partial" "$root.new" &&
	    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
	    "$mirror bookworm main" >"$work/sources.list" && get update &&
	    (cd "$work" && get download $packages) || return 1
	for deb in "$work"/*.deb; do
		dpkg -x "$deb" "$root.new" || return 1
	done
	mv "$root.new" "$root" || return 1
	# What linkers read has paths of a machine with another root.
	sed -i "s|\([( ]\)/\(usr/\)\{0,1\}lib/|\1$root/\2lib/|g" \
	    "$lib/libbsd.so" "$lib/libc.so" || return 1
	for link in "$lib"/*.so; do
		case $(readlink "$link") in
		/*)	ln -sf "$root$(readlink "$link")" "$link" ;;
		esac
	done
}

build()
{
	make -s -j"$(nproc)" OBJ=obj-i386-real \
	    HARDENING="-fPIE -fstack-protector-strong" \
	    CC="gcc -m32 -msse2 -mfpmath=sse" \
	    CFLAGS="-O2 -isystem $root/usr/include/i386-linux-gnu \
	    -isystem $root/usr/include" LDFLAGS="-L$lib \
	    -L$root/lib/i386-linux-gnu -Wl,--disable-new-dtags \
	    -Wl,-rpath,$root/lib/i386-linux-gnu:$lib \
	    -Wl,-rpath-link,$root/lib/i386-linux-gnu \
	    -Wl,--dynamic-linker=$root/lib/i386-linux-gnu/ld-linux.so.2" \
	    obj-i386-real/ntpd/ntpd obj-i386-real/ntpctl/ntpctl
}

runs()
{
	NTPD_BUILD=obj-i386-real timeout 300 python3 -B "regress/net/$1.t"
}

[ -d "$root" ] || fetch >"$work/fetched" 2>&1 || skip "no packages of i386"
ok "ntpd and ntpctl for i386" build
for t in 01-servers 02-clients 08-reload 12-control 14-children 36-constraints \
    38-nts-strangers 42-opener; do
	ok "i386: net/$t" runs "$t"
done
finish
