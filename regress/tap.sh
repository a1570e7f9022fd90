# For tests in sh that try commands: TAP, a line each.  It is sourced, makes
# $work, a directory that goes at the end, and ends with "finish".

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
number=0
failed=0

# ok TEXT COMMAND...: does COMMAND succeed?  If not, its output is shown.
ok()
{
	text=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $number - $text"
	else
		echo "not ok $number - $text"
		sed 's/^/# /' "$work/out" | tail -n 30
		failed=1
	fi
}

finish()
{
	echo "1..$number"
	exit $failed
}
