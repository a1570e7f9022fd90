#!/bin/sh
#
# Every test, one verdict (make check).  Builds with gcc and with clang, the
# latter with sanitizers, and runs the unit tests of both, the manual pages
# through their checker, the fuzz targets over their corpora, the daemons in
# namespaces of their own and some scenarios in the time lab.
#
# "check.sh long" (make check-long) is what takes longer than such a verdict
# may.  It sets CHECK_LONG, with which some tests play more seeds and scenarios.
#
set -eu

cd "$(dirname "$0")/.."
jobs=$(nproc)

# Tuned: most tests wait rather than compute.
at_once=$((6 * jobs))

# Those that do more with CHECK_LONG.
more="regress/lab/lab.t regress/lab/rogue.t regress/lab/kills.t
    regress/lab/clocks.t regress/lab/smear.t regress/i386.t regress/net/34-faults.t
    regress/net/35-limits.t regress/net/43-rogues.t obj/regress/unit/chaos_test
    obj-sanitize/regress/unit/chaos_test"

if [ "$(id -u)" -ne 0 ]; then
	echo "check.sh: the tests need root for network namespaces:" \
	    "sudo make check" >&2
	exit 1
fi

# Those that take long come first.
run()
{
	exec prove -j"$at_once" --timer --exec regress/run-test "$@"
}

make -j"$jobs" CC=gcc all unit-tests
make -j"$jobs" CC=clang SANITIZE=address,undefined all unit-tests
sh regress/peers.sh
sh regress/debian13.sh ||
	echo "check.sh: no packages of Debian 13: skipping their tests" >&2

getent passwd _ntpd >/dev/null ||
	useradd --system --no-create-home --shell /usr/sbin/nologin _ntpd

if [ "${1:-}" = long ]; then
	export CHECK_LONG=1
	run $more
fi

make -j"$jobs" CC=clang OBJ=obj-clang all

# What strangers can send, once more against the daemon with sanitizers.
mkdir -p obj-sanitize/regress/net
for t in 01-servers 09-bad-requests 10-bad-answers 12-control 14-children \
    17-server; do
	ln -sf "$PWD/regress/net/$t.t" "obj-sanitize/regress/net/$t.t"
done

# By their sources: a program may be left of a test that is gone.
tests=$(ls regress/unit/*_test.c | sed 's/\.c$//')

run regress/lab/*.t regress/*.t regress/net/*.t obj-sanitize/regress/net/*.t \
    $(printf 'obj-sanitize/%s ' $tests) $(printf 'obj/%s ' $tests)
