#!/bin/sh
#
# Every fuzz target, from its seeds on.  What it finds on the way is kept below
# obj-fuzz/corpus.  FUZZ_SECONDS (2) is the time for each, FUZZ_RUNS the number
# of inputs at most.  TARGETS names some of them.
#
cd "$(dirname "$0")/.." || exit 1

seconds=${FUZZ_SECONDS:-2}
runs=${FUZZ_RUNS:--1}
targets=${TARGETS:-$(ls regress/fuzz | sed -n 's/_fuzz\.c$//p')}
log=$(mktemp)
clock=$(mktemp)
trap 'rm -f "$log" "$clock"' EXIT

# The inputs of a target.  Those of sync are sequences of some 200 events, up to
# 344: a hundredth of them has more events than others have inputs.
runs_of()
{
	if [ "$1" = sync ] && [ "$runs" -gt 0 ]; then
		echo $((runs / 100))
	else
		echo "$runs"
	fi
}

# One target; what libFuzzer says of it goes to the log.
run()
{
	mkdir -p "obj-fuzz/corpus/$1" &&
	    "obj-fuzz/fuzz/$1" -runs="$(runs_of "$1")" \
	    -max_total_time="$seconds" -timeout=20 -close_fd_mask=2 \
	    -print_final_stats=1 \
	    -artifact_prefix=obj-fuzz/ "obj-fuzz/corpus/$1" \
	    "obj-fuzz/fuzz/$1_seeds" >"$log" 2>&1
}

inputs()
{
	sed -n 's/^stat::number_of_executed_units: *//p' "$log"
}

# CPU time of all programs so far, s: not in a subshell, which had none.
count_cpu()
{
	times >"$clock"
	cpu=$(awk -F'[ms ]+' 'NR == 2 { print $1 * 60 + $2 + $3 * 60 + $4 }' \
	    "$clock")
}

set -- $targets
echo "1..$#"
if ! make -s -j"$(nproc)" CC=clang SANITIZE=address,undefined,fuzzer-no-link OBJ=obj-fuzz \
    fuzzers >"$log" 2>&1; then
	grep -v '^  ' "$log" | sed 's/^/# /'
	echo "Bail out! the fuzz targets do not build"
	exit 1
fi
number=0
failed=0
for target; do
	number=$((number + 1))
	count_cpu
	before=$cpu
	if run "$target"; then
		count_cpu
		echo "ok $number - $target: $(inputs) inputs," \
		    "$(awk "BEGIN { printf(\"%.0f\", $(inputs) / \
		    ($cpu - $before + .01)) }") a CPU second"
	else
		echo "not ok $number - $target"
		tail -n 30 "$log" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
