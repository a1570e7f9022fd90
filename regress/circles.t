#!/bin/sh
#
# No circles: if one file of a program calls another, that one does not call
# back, over others neither.  So each can be read knowing only those below it.
#
cd "$(dirname "$0")/.." || exit 1

# circles FOLDER FILE ...: the circles among these files, of which FOLDER has
# the objects.
circles()
{
	folder=$1
	shift
	for file; do
		object=$folder/${file%.*}.o
		[ -f "$object" ] || { echo "$object is missing"; continue; }
		nm "$object" | sed "s,^,$file ,"
	done | awk '
	$(NF - 1) == "U" {
		needs[++n] = $NF
		file[n] = $1
	}
	$(NF - 1) ~ /^[TDBRV]$/ {
		has[$NF] = $1
	}
	/is missing$/
	END {
		for (i = 1; i <= n; i++)
			if (needs[i] in has && has[needs[i]] != file[i])
				print file[i], has[needs[i]] | "tsort 2>&1 >/dev/null"
	}'
}

# check TEXT FOUND
check()
{
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "$2" | sed 's/^/# /'
	fi
}

number=0
for program in ntpd ntpctl; do
	found=$(circles obj $(find common $program -name '*.[cy]'))
	check "no circle in $program" "$found"
done

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
echo 'int g(void); int f(void); int f(void) { return g(); }' >"$dir/a.c"
echo 'int h(void); int g(void); int g(void) { return h(); }' >"$dir/b.c"
echo 'int f(void); int h(void); int h(void) { return f(); }' >"$dir/c.c"
(cd "$dir" && cc -c a.c b.c c.c)
check "two that call one way are none" "$(circles "$dir" a.c b.c)"
check "a circle over three files is found" "$([ -n "$(circles "$dir" a.c b.c \
    c.c)" ] || echo "it was not")"
echo "1..$number"
