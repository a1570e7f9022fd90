#!/bin/sh
#
# Installs the Debian packages that are needed to build the programs (build),
# to run the tests (check) or the demonstration (demo), to make the packages
# (deb, rpm), or to boot a machine with one (boot).  Says nothing, and needs no
# root and no network, when all of them are there.  With -n it installs nothing,
# and fails if one is missing.
#
# usage: deps.sh [-n] build|check|demo|deb|rpm|boot
#
set -eu

build="make gcc libc6-dev bison libbsd-dev libmd-dev libcap-dev libseccomp-dev
    libjansson-dev libssl-dev libtls-dev nettle-dev"
# clang for the second opinion and libFuzzer, perl for prove(1), netbase for
# openntpd, which looks "ntp" up in /etc/services.  The last two lines are for
# regress/cross.t; gcc-multilib would be in the way of a cross compiler.
check="clang clang-tidy cppcheck libclang-rt-dev libcmocka-dev perl mandoc
    openssl python3 python3-ntp iproute2 procps netbase
    lib32gcc-12-dev libc6-dev-i386 gcc-powerpc-linux-gnu libc6-dev-powerpc-cross
    qemu-user"
demo="iproute2 openssl procps"
deb="build-essential debhelper dh-apparmor dpkg-dev lintian pkg-config systemd"
rpm="rpm rpmlint"
boot="debootstrap user-mode-linux e2fsprogs iproute2 perl python3"

only_say=false
if [ "${1:-}" = -n ]; then
	only_say=true
	shift
fi
case ${1:-} in
build)	wanted=$build ;;
check)	wanted="$build $check" ;;
demo)	wanted="$build $demo" ;;
deb)	wanted="$build $deb" ;;
rpm)	wanted="$build $rpm" ;;
boot)	wanted="$build $deb $rpm $boot" ;;
*)	echo "usage: deps.sh [-n] build|check|demo|deb|rpm|boot" >&2
	exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "deps.sh: not a Debian system, going on without installing" \
	    "anything; needed are what Debian calls" $wanted >&2
	exit 0
fi

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" \
	    2>/dev/null) || status=none
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if $only_say; then
	echo "these packages are missing:$missing" >&2
	echo "\"sudo make deps\" installs them" >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "deps.sh: these packages are missing, and only root can install" \
	    "them: apt-get install$missing" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
quiet="-q -o Dpkg::Use-Pty=0"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

install()
{
	apt-get $quiet install -y --no-install-recommends $missing \
	    >"$log" 2>&1
}

# A fresh machine has no list of packages, an old one has a stale list.
echo "deps.sh: installing$missing"
if ! install && ! { apt-get $quiet update >"$log" 2>&1 && install; }; then
	cat "$log" >&2
	echo "deps.sh: cannot install$missing" >&2
	exit 1
fi
