#!/bin/sh
#
# What tools find that read the sources.  Each is first shown a file in which
# there is something to find.  The parser that bison makes is not theirs.
# TIDY names the tools; "make check" has those that take seconds.
#
cd "$(dirname "$0")/.." || exit 1
. regress/tap.sh

export flags="-std=gnu11 -D_GNU_SOURCE -I. -DBUILT=0 -DSYSCONFDIR=\"/etc\""
sources=$(ls common/*.c ntpd/*.c ntpd/*/*.c ntpctl/*.c)

# What gcc is wrong about, as it prints it.
# access.c: the rules are the configuration's from there on.
argued="ntpd/config/access.c:.*leak of .rules."

# Each prints what it finds in the files given to it.
run_gcc()
{
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 \
	    gcc $flags -O2 -fanalyzer -c -o /dev/null 2>&1 |
	    grep -e warning: -e error: | grep -v "$argued"
}

# One configuration of the preprocessor: ours, not all that headers know.
run_cppcheck()
{
	cppcheck --enable=warning,performance,portability --max-configs=1 \
	    --std=c11 --library=bsd -D_GNU_SOURCE -I. -j "$(nproc)" --quiet \
	    "$@" 2>&1
}

# With .clang-tidy, whose checks are those of "clang --analyze".
run_clang_tidy()
{
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 8 sh -c \
	    'clang-tidy --quiet "$@" -- $flags' sh 2>/dev/null
}

cat >"$work/bad.c" <<'end'
#include <stdlib.h>

char	*bad(char *p);

char *
bad(char *p)
{
	char	 never[2];

	never[2] = *p;
	free(p);
	*p = never[1];
	return p;
}
end
cp .clang-tidy "$work"

finds()
{
	"run_$1" "$work/bad.c" | grep bad.c
}

clean()
{
	found=$("run_$1" $sources)
	echo "$found"
	[ -z "$found" ]
}

for tool in ${TIDY:-gcc cppcheck}; do
	ok "$tool finds what is wrong" finds "$tool"
	ok "$tool finds nothing here" clean "$tool"
done
finish
