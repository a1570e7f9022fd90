#!/bin/sh
#
# Other machines: everything is compiled for 32 bits (i386), and unit tests run
# there, and on one that has the most significant byte first, too (powerpc, with
# qemu-user).  Without the libraries of these machines: regress/cross/ has as
# much of them as the tests need.  Ciphers and hashes themselves are theirs.

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
number=0
failed=0

# Those that need no library; where qemu has to play the machine, those that
# have to do with bytes.
codec="access answer cookie ke leap ntp ntptime nts policy xleave"
others="clock clockbound confirm delays discipline imsg libntptime line living mark
    patience pollset publish sample
    select source"

verdict()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=1
	echo "not ok $number - $2"
	tail -n 20 "$out" | sed 's/^/# /'
}

# i386 TARGET...: by the Makefile.  Floating point as on other machines: x87
# computes with more bits.
i386()
{
	make -s -k -j"$(nproc)" OBJ=obj-i386 HARDENING= ALL_LDFLAGS=-static \
	    CC="gcc -m32 -msse2 -mfpmath=sse" \
	    TEST_LIBS="$bsd obj-i386/regress/libntpd.a -lm" \
	    CFLAGS="-O2 -idirafter $include -Iregress/cross" "$@" >"$out" 2>&1
}

# powerpc TEST...: these alone, with what they need.
powerpc()
{
	# libbsd's headers are the same everywhere, but not found there.
	mkdir -p obj-powerpc/include &&
	    cp -R /usr/include/bsd obj-powerpc/include/ || return 1
	for t in "$@"; do
		powerpc-linux-gnu-gcc -std=gnu11 -O1 -Wall -Werror -static \
		    -D_GNU_SOURCE -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 \
		    -I. -Iregress/cross -idirafter obj-powerpc/include \
		    -ffunction-sections -Wl,--gc-sections \
		    -o "obj-powerpc/${t}_test" "regress/unit/${t}_test.c" \
		    regress/unit/unit.c regress/unit/rng.c regress/cross/bsd.c \
		    regress/cross/nettle.c common/aead.c common/cookie.c \
		    common/ke.c common/nts.c common/siphash.c common/ntp.c \
		    common/ntptime.c common/leap.c common/instant.c common/log.c \
		    common/own.c ntpd/parent/cookies.c ntpd/parent/file.c \
		    ntpd/clients/access.c ntpd/clients/addrbits.c \
		    ntpd/server/answer.c common/smear.c \
		    ntpd/server/xleave.c \
		    ntpd/clock/policy.c -lm || return 1
	done >"$out" 2>&1
}

# run MACHINE COMMAND TEST...
run()
{
	machine=$1
	command=$2
	shift 2
	for t in "$@"; do
		timeout 300 $command"${t}_test" >"$out" 2>&1
		verdict $? "$machine: $t"
	done
}

case $(uname -m) in
x86_64)	;;
*)	echo "1..0 # SKIP cross compilers are those of x86_64"
	exit 0 ;;
esac
bsd="obj-i386/regress/cross/bsd.o obj-i386/regress/cross/nettle.o"
include=/usr/include/x86_64-linux-gnu
i386 obj-i386/regress/libntpd.a obj-i386/ntpd/main.o obj-i386/ntpctl/ntpctl.o
verdict $? "everything compiles with 32 bits"
i386 $bsd && i386 $(printf "obj-i386/regress/unit/%s_test " $codec $others)
verdict $? "unit tests are built for i386"
run i386 obj-i386/regress/unit/ $codec $others
powerpc $codec
verdict $? "unit tests are built for powerpc"
run powerpc "qemu-ppc obj-powerpc/" $codec
echo "1..$number"
exit $failed
