#!/bin/sh
#
# Every fuzz target, over its corpus and for a few seconds more.  "make fuzz"
# runs them for longer.
#
cd "$(dirname "$0")/.." || exit 1

seconds=${FUZZ_SECONDS:-4}
number=0
for source in regress/fuzz/*_fuzz.c; do
	number=$((number + 1))
	name=$(basename "$source" .c)
	log=$(mktemp)
	if make -s CC=clang SANITIZE=address,undefined,fuzzer-no-link \
	    OBJ=obj-fuzz "obj-fuzz/$name" >"$log" 2>&1 &&
	    mkdir -p "obj-fuzz/corpus/$name" &&
	    "obj-fuzz/$name" -max_total_time="$seconds" \
	    "obj-fuzz/corpus/$name" "regress/fuzz/corpus/${name%_fuzz}" \
	    >>"$log" 2>&1; then
		echo "ok $number - $name: nothing found in $seconds s"
	else
		echo "not ok $number - $name"
		tail -n 30 "$log" | sed 's/^/# /'
	fi
	rm -f "$log"
done
echo "1..$number"
