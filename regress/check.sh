#!/bin/sh
#
# Every test, one verdict (make check).  Builds with gcc and with clang, the
# latter with sanitizers, and runs the unit tests of both, the manual pages
# through their checker, the fuzz targets over their corpora and the daemons
# in namespaces of their own.
#
set -eu

cd "$(dirname "$0")/.."
jobs=$(nproc)

if [ "$(id -u)" -ne 0 ]; then
	echo "check.sh: the tests need root for network namespaces:" \
	    "sudo make check" >&2
	exit 1
fi

make -j"$jobs" CC=gcc all unit-tests
make -j"$jobs" CC=clang SANITIZE=address,undefined all unit-tests
make -j"$jobs" CC=clang OBJ=obj-clang all
sh regress/peers.sh

getent passwd _ntpd >/dev/null ||
	useradd --system --no-create-home --shell /usr/sbin/nologin _ntpd

# What strangers can send, once more against the daemon with sanitizers.
mkdir -p obj-sanitize/regress/net
for t in 01-servers 09-bad-requests 10-bad-answers 12-control 14-children \
    17-server; do
	ln -sf "$PWD/regress/net/$t.t" "obj-sanitize/regress/net/$t.t"
done

# By their sources: a program may be left of a test that is gone.
tests=$(ls regress/unit/*_test.c | sed 's/\.c$//')

exec prove -j"$jobs" --timer --exec regress/run-test \
    regress/*.t $(printf 'obj/%s ' $tests) \
    $(printf 'obj-sanitize/%s ' $tests) \
    regress/net/*.t obj-sanitize/regress/net/*.t regress/lab/*.t
