#!/bin/sh
#
# Readers of the page with the bound never see half of it, nor is anything in it
# read and written without the generation around it: under the sanitizers for
# threads and for addresses.  A copy in which the writer forgets the generation
# shows that the test would see it.
#
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0
failed=0

verdict()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=1
	echo "not ok $number - $2"
	tail -n 20 "$dir/out" | sed 's/^/# /'
}

# build SANITIZER FOLDER: the program, with ntpd's sources of FOLDER
build()
{
	clang -std=gnu11 -O1 -g -D_GNU_SOURCE -D_TIME_BITS=64 \
	    -D_FILE_OFFSET_BITS=64 -I"$2" -I. -fsanitize="$1" \
	    -fno-sanitize-recover=all -o "$dir/races-$1" regress/races/writer.c \
	    regress/races/reader.c \
	    "$2/ntpd/parent/publish.c" ntpd/parent/clockbound.c \
	    ntpd/parent/segment.c ntpd/parent/file.c common/own.c \
	    common/log.c common/ns.c common/instant.c -lbsd -lm \
	    >"$dir/out" 2>&1
}

for s in thread address,undefined; do
	rm -f "$dir/bound"
	build $s . && "$dir/races-$s" "$dir/bound" 2 >"$dir/out" 2>&1
	verdict $? "nothing torn with -fsanitize=$s: $(grep torn "$dir/out")"
done

mkdir -p "$dir/ntpd/parent"
sed '/SEGMENT_BEGIN(page);/,/SEGMENT_END(page);/{/SEGMENT_/d}' \
    ntpd/parent/publish.c >"$dir/ntpd/parent/publish.c"
# Whether two that race meet in it is chance: on a busy machine not at once.
torn()
{
	for seconds in 2 4 8; do
		rm -f "$dir/bound"
		"$dir/races-thread" "$dir/bound" $seconds >"$dir/out" 2>&1 ||
			break
	done
	grep -q torn "$dir/out" && ! grep -q " 0 torn" "$dir/out"
}

build thread "$dir" && torn
verdict $? "without a generation it is: $(grep torn "$dir/out")"

echo "1..$number"
exit $failed
