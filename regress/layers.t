#!/bin/sh
#
# The layers, as nevers: what no file of this part may include or name.  The
# process split is worth no more than these lines, so they are looked for in
# every file, and each check is first shown a tree in which somebody crossed
# its line.
#
# A check is a function that prints the violations in the tree in the current
# directory.  Comments do not count; includes count through other headers.

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
number=0
failed=0

# All sources of the tree with comments blanked, "file:line:text".  Those of the
# real tree are read once.
sources()
{
	if [ "$PWD" = "$top" ] && [ -s "$read" ]; then
		cat "$read"
	else
		read_sources
	fi
}

read_sources()
{
	find common ntpd ntpctl -name '*.[chy]' 2>/dev/null | sort |
	xargs -r perl -0777 -ne '
		s{("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*}
		 {defined $1 ? $1 : ($& =~ s/[^\n]//gr)}gse;
		$line = 0;
		printf "%s:%d:%s\n", $ARGV, ++$line, $_ for split /\n/'
}

# lines FILES PATTERN: lines of FILES in which PATTERN (both are extended
# regular expressions) stands outside of strings.
lines()
{
	sources | grep -E "^($1):" | sed 's/"[^"]*"/""/g' |
	    grep -E "^[^:]*:[0-9]*:.*($2)"
}

# reach FROM TO: files that match FROM and include, themselves or through
# others, one that matches TO: "a includes b includes c".
reach()
{
	sources | awk -v from="^($1)\$" -v to="^($2)\$" '
	function normal(path)
	{
		while (sub(/[^\/]+\/\.\.\//, "", path) || sub(/\.\//, "", path))
			;
		return path
	}
	function visit(file, chain,	edge, i, n)
	{
		seen[file] = 1
		n = split(includes[file], edge, " ")
		for (i = 1; i <= n; i++) {
			if (edge[i] ~ to) {
				print chain " includes " edge[i]
				return 1
			}
			if (!(edge[i] in seen) &&
			    visit(edge[i], chain " includes " edge[i]))
				return 1
		}
		return 0
	}
	{
		split($0, part, ":")
		file[part[1]] = 1
	}
	/:[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		dir = part[1]
		sub(/[^\/]*$/, "", dir)
		# As from the top, and as from the file itself.
		includes[part[1]] = includes[part[1]] " " \
		    normal(quoted[2]) " " normal(dir quoted[2])
	}
	END {
		for (f in file)
			if (f ~ from && f !~ to) {
				split("", seen)
				visit(f, f)
			}
	}' | sort
}

# A folder with a sandbox is a process.
processes()
{
	(cd "$top" && ls ntpd/*/*_sandbox.c) | cut -d/ -f2
}

sync_is_pure()
{
	sources | grep '^ntpd/sync/' |
	    grep -E ':[[:space:]]*#[[:space:]]*include[[:space:]]*<' |
	    grep -Ev '<(math|stdbool|stdint|stddef)\.h>'
}

sync_reads_no_clock()
{
	lines 'ntpd/sync/.*' \
	    '(clock_gettime|gettimeofday|instant_now|[^_a-z]time) *\('
}

sync_includes_only_common()
{
	reach 'ntpd/sync/.*' \
	    'ntpd/[^/]*|ntpd/[^s].*|ntpd/server/.*|ntpctl/.*'
}

# In the engine data goes up and calls go down: a file includes headers only of
# those before it in this order.
engine_order="ballot cards clocks check history names nts patience schedule \
    self smeared query_socket query association association_faults \
    associations interfaces hosts sensors trust members disruption steer \
    steer_leap steer_log \
    orphan report"

engine_calls_go_down()
{
	sources | awk -v order="engine_sandbox $engine_order engine" '
	function place(path)
	{
		sub(/.*\//, "", path)
		sub(/\.[chy]$/, "", path)
		if (path ~ /^engine_(state|events|answers|hosts|keys|leap|actions|ntpctl)$/)
			path = "engine"
		if (path == "report_peers")
			path = "report"
		if (path == "query_stamps")
			path = "query"
		if (path == "steer_log" || path == "steer_leap")
			path = "steer"
		return path in rank ? rank[path] : 0
	}
	BEGIN {
		n = split(order, name, " ")
		for (i = 1; i <= n; i++)
			rank[name[i]] = i
	}
	/^ntpd\/engine\/.*:[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, ":")
		split($0, quoted, "\"")
		if (quoted[2] ~ /^(common|ntpd\/[^\/]*$|ntpd\/sync\/)/)
			next
		to = place(quoted[2])
		from = place(part[1])
		if (!to || !from || to > from)
			print part[1] " includes " quoted[2]
	}'
}

engine_is_known_to_few()
{
	lines 'ntpd/engine/.*' 'struct engine([^_a-z]|$)' |
	    grep -Ev '^ntpd/engine/engine(_state|_events|_answers|_hosts|_keys|_leap|_actions|_ntpctl)?\.[ch]:'
}

# The loop, the events and the actions, too: each calls the next.
engine_events_come_before_actions()
{
	lines 'ntpd/engine/engine_events\.c' \
	    'engine_main|(from|connect)_[a-z]* *\('
	lines 'ntpd/engine/engine_(actions|hosts)\.c' '[^_a-z](engine_)?on_[a-z_]* *\('
}

# The file as a whole, then the grammar, then what the statements mean.
statements_know_no_file()
{
	lines 'ntpd/config/.*\.[cy]' '(config_(default|load|parse)|yyparse) *\(' |
	    grep -Ev '^ntpd/config/(config|include|parse)\.'
}

# What moves the clock, and says how far it may, can be read alone.
clock_knows_no_process()
{
	all=$(processes | paste -sd '|')
	others=$(processes | grep -vx parent | paste -sd '|')
	reach 'ntpd/clock/.*' "ntpd/(process|child|spawn|messages)\.h|ntpd/($all)/.*"
	reach "ntpd/($others)/.*" 'ntpd/clock/.*'
}

# What a statement sets is looked at by somebody.
settings_are_used()
{
	[ -f ntpd/config/settings.c ] || return
	all=$(sources | grep '^ntpd/' | grep -v '^ntpd/config/')
	sources | grep '^ntpd/config/settings\.c:' |
	    grep -oE '(SETS|PATH|SPAN|FLAG)\([a-z_][a-z_0-9.]*' |
	    sed 's/.*(//' | grep -vx field | sort -u |
	while read -r field; do
		echo "$all" | grep -qE "[>.]$field([^a-z_]|\$)" ||
		    echo "ntpd/config/settings.c: nobody uses $field"
	done
}

parent_parses_no_packet()
{
	reach 'ntpd/parent/.*' 'common/ntp\.h'
}

server_knows_no_algorithm()
{
	reach 'ntpd/server/.*' 'ntpd/sync/.*'
}

processes_meet_in_messages()
{
	for process in $(processes); do
		others=$(processes | grep -vx "$process" | paste -sd '|')
		reach "ntpd/$process/.*" "ntpd/($others)/.*"
	done
}

clock_is_written_in_one_place()
{
	lines '(common|ntpd|ntpctl)/.*' \
	    '(adjtime|adjtimex|clock_settime|settimeofday|ADJ_[A-Z]+)([^_a-z]|$)' |
	    grep -v '^ntpd/clock/clock\.c:'
}

# Bytes are put in order by functions, which few files need.
packet_order_is_known_once()
{
	swap='(hton|ntoh)[sl]|(htobe|htole)[0-9]+|[bl]e[0-9]+(toh|enc|dec)'
	swap="$swap|bswap|\\] *<< *8|>> *8\\)"
	lines '(common|ntpd|ntpctl)/.*' "$swap" |
	    sed '/^common\/addr\.c:/s/htons\|ntohs//g
		/^common\/\(cookie\|ke\|mac\|nt[ps]\)\.c:/s/be[0-9]*\(enc\|dec\)//g
		/^ntpd\/\(clients\/addrbits\|server\/stamps\)\.c:/s/be[0-9]*\(enc\|dec\)//g' |
	    grep -E "$swap"
}

framing_is_known_once()
{
	lines '(common|ntpd|ntpctl)/.*' 'imsg_header' |
	    grep -v '^common/imsg\.[ch]:'
}

# A call with more is not understood where it stands: they become a struct.  One
# function has the type that libssl calls.
functions_have_five_parameters()
{
	sources | awk '
	{
		split($0, part, ":")
		text = $0
		sub(/^[^:]*:[0-9]*:/, "", text)
	}
	text ~ /^[a-z][a-z0-9_]*\(/ {
		at = part[1] ":" part[2]
		name = text
		sub(/\(.*/, "", name)
		head = ""
	}
	text == "{" && name != "" {
		sub(/^[^(]*\(/, "", head)
		sub(/\)[^)]*$/, "", head)
		while (gsub(/\([^()]*\)/, "", head))
			;
		if (gsub(/,/, "", head) > 4)
			print at ": " name
		name = ""
	}
	{
		head = head text
	}' |
	    grep -v '^ntpd/ke/certificate\.c:.* choose_protocol$'
}

lines_fit()
{
	find common ntpd ntpctl regress -name '*.[chy]' 2>/dev/null | sort |
	xargs -r perl -ne '
		chomp;
		1 while s/\t/" " x (8 - length($`) % 8)/e;
		printf "%s:%d: %d columns\n", $ARGV, $., length if length > 80;
		close ARGV if eof'
}

# Without its head and its braces.
functions_fit_a_screen()
{
	sources | perl -ne '
		($file, $n, $text) = /^([^:]*):(\d+):(.*)/ or next;
		next if $file =~ /\.h$/;
		$name = $1 if $text =~ /^([a-z]\w*)\(/;
		$start = $n if $text eq "{";
		next unless $text eq "}" && defined $start;
		printf "%s:%d: %s: %d lines\n", $file, $start, $name,
		    $n - $start - 1 if $n - $start - 1 > 40;
		undef $start'
}

# "true" in a call does not say what is true.
calls_have_no_bare_bool()
{
	lines '(common|ntpd|ntpctl)/.*' \
	    '[a-z_]+\([^;{}=]*, *(true|false)(,|\))'
}

ntpctl_stands_alone()
{
	reach 'ntpctl/.*' 'ntpd/.*'
}

ok()
{
	number=$((number + 1))
	echo "ok $number - $1"
}

not_ok()
{
	number=$((number + 1))
	failed=1
	echo "not ok $number - $1"
	[ -z "$2" ] || echo "$2" | sed 's/^/# /'
}

# never CHECK WHAT FILE TEXT [FILE TEXT ...]: the tree keeps to CHECK, and a
# tree with these FILEs, each with the line TEXT, is found not to; FILE fine
# before a pair: that one is no violation.
never()
{
	check=$1
	what=$2
	shift 2
	found=$(cd "$top" && "$check")
	if [ -z "$found" ]; then
		ok "$what"
	else
		not_ok "$what" "$found"
	fi
	while [ $# -gt 0 ]; do
		expect=found
		if [ "$1" = fine ]; then
			expect=fine
			shift
		fi
		try "$check" "$what" "$expect" "$1" "$2"
		shift 2
	done
}

try()
{
	rm -rf "${planted:?}"/*
	mkdir -p "$planted/common" "$planted/ntpd" "$planted/ntpctl" \
	    "$planted/$(dirname "$4")"
	printf '#include "common/ntp.h"\n' >"$planted/ntpd/packets.h"
	printf '%s\n' "$5" >"$planted/$4"
	found=$(cd "$planted" && "$1")
	line=$(echo "$5" | tr '\n' ' ')
	case $3,$found in
	fine,|found,?*)
		ok "$2: $3: $4: $line" ;;
	*)
		not_ok "$2: should be $3: $4: $line" "$found" ;;
	esac
}

planted=$(mktemp -d) || exit 1
read=$(mktemp) || exit 1
trap 'rm -rf "$planted" "$read"' EXIT
trap 'exit 1' HUP INT TERM
(cd "$top" && read_sources) >"$read"

# The checks are worthless in an empty tree.
if [ "$(cd "$top" && sources | cut -d: -f1 | uniq | wc -l)" -gt 20 ]; then
	ok "there is something to look at"
else
	not_ok "there is something to look at" "hardly any sources in $top"
fi

never sync_is_pure "sync includes four system headers at most" \
    ntpd/sync/a.c '#include <time.h>' \
    ntpd/sync/a.h '#  include <sys/time.h>' \
    fine ntpd/sync/a.c '#include <math.h>' \
    fine ntpd/sync/a.c '/* #include <time.h> */'
never sync_reads_no_clock "sync reads no clock" \
    ntpd/sync/a.c '	clock_gettime(CLOCK_MONOTONIC, &ts);' \
    ntpd/sync/a.c '	now = instant_now();' \
    ntpd/sync/a.c '	now = time(NULL);' \
    fine ntpd/sync/a.c '	x = root_time(3);'
never sync_includes_only_common "sync includes nothing of ntpd but itself" \
    ntpd/sync/a.c '#include "ntpd/messages.h"' \
    ntpd/sync/a.c '#include "ntpd/server/server.h"' \
    ntpd/sync/a.c '#include "../config.h"' \
    fine ntpd/sync/a.c '#include "ntpd/sync/filter.h"' \
    fine ntpd/sync/a.c '#include "common/ntptime.h"'
never statements_know_no_file "a statement does not call what reads the file" \
    ntpd/config/ratelimit.c '	config_default(&conf);' \
    fine ntpd/config/config.c '	config_default(conf);'
never settings_are_used "what a statement sets is used" \
    ntpd/config/settings.c '	{ "user", "user", SETS(user), WORDS(1, f) },'
never parent_parses_no_packet "parent includes no common/ntp.h" \
    ntpd/parent/a.c '#include "common/ntp.h"' \
    ntpd/parent/a.c '#include "../../common/ntp.h"' \
    ntpd/parent/a.c '#include "ntpd/packets.h"' \
    fine ntpd/parent/a.c '#include "common/ntptime.h"'
never server_knows_no_algorithm "server includes no ntpd/sync/" \
    ntpd/server/a.c '#include "ntpd/sync/system.h"' \
    ntpd/server/a.h '# include "../sync/system.h"' \
    fine ntpd/engine/a.c '#include "ntpd/sync/system.h"'
never processes_meet_in_messages "no process includes another's headers" \
    ntpd/engine/a.c '#include "ntpd/parent/drift.h"' \
    ntpd/resolver/a.c '#include "../engine/engine.h"' \
    ntpd/parent/a.c '#include "ntpd/launcher/launcher.h"' \
    fine ntpd/engine/a.c '#include "ntpd/engine/engine.h"' \
    fine ntpd/main.c '#include "ntpd/engine/engine.h"'
never engine_calls_go_down "in the engine calls go down" \
    ntpd/engine/query.c '#include "ntpd/engine/association.h"' \
    ntpd/engine/schedule.h '#include "query.h"' \
    ntpd/engine/orphan.c '#include "ntpd/engine/engine_state.h"' \
    ntpd/engine/new.c '#include "ntpd/engine/query.h"' \
    fine ntpd/engine/orphan.c '#include "ntpd/engine/orphan.h"' \
    fine ntpd/engine/orphan.c '#include "ntpd/engine/steer.h"' \
    fine ntpd/engine/engine_events.c '#include "ntpd/engine/engine_state.h"'
never engine_is_known_to_few "six files know the whole engine" \
    ntpd/engine/orphan.c 'f(struct engine *e)' \
    ntpd/engine/steer.h 'struct engine;' \
    fine ntpd/engine/engine_events.c 'f(struct engine *e)' \
    fine ntpd/engine/orphan.c 'f(struct engine_setup *setup)'
never engine_events_come_before_actions "the engine's actions cause no events" \
    ntpd/engine/engine_actions.c '	engine_on_jump(e, 0, now);' \
    ntpd/engine/engine_events.c '	from_parent(e, &msg, now);' \
    fine ntpd/engine/engine_events.c '	engine_update(e, now);'
never clock_knows_no_process \
    "what moves the clock knows no process, and only the parent has it" \
    ntpd/clock/a.c '#include "ntpd/parent/state.h"' \
    ntpd/clock/a.c '#include "ntpd/messages.h"' \
    ntpd/engine/a.c '#include "ntpd/clock/slew.h"' \
    fine ntpd/parent/a.c '#include "ntpd/clock/clock.h"'

never clock_is_written_in_one_place "only clock/clock.c writes the clock" \
    ntpd/clock/policy.c '	clock_adjtime(CLOCK_REALTIME, &tx);' \
    ntpd/engine/a.c '	if (adjtimex(&tx) == -1)' \
    ntpd/main.c '	syscall(SYS_clock_settime, 0, &ts);' \
    common/a.c '	tx.modes = ADJ_SETOFFSET;' \
    fine ntpd/clock/clock.c '	clock_adjtime(CLOCK_REALTIME, &tx);' \
    fine ntpd/parent/a.c '	{ "clock_adjtime", "it is the parent" },' \
    fine ntpd/engine/a.c '	/* clock_adjtime() is far away */'
never packet_order_is_known_once "few files know byte order" \
    ntpd/engine/a.c '	x = be32toh(y);' \
    ntpd/server/a.c '	sin.sin_port = htons(123);' \
    common/addr.c '	x = htonl(y) + htons(z);' \
    ntpctl/a.c '	x = __builtin_bswap32(y);' \
    fine common/addr.c '	sin.sin_port = htons(port);' \
    ntpd/engine/a.c '	x = be32dec(p);' \
    common/ntp.c '	x = (uint16_t)(p[0] << 8 | p[1]);' \
    common/ntp.c '	p[0] = (uint8_t)(x >> 8);' \
    fine common/ntp.c '	x = be64dec(p);'
never framing_is_known_once "only common/imsg.c knows the framing" \
    ntpd/channel.c '	struct imsg_header hdr;' \
    fine common/imsg.c '	struct imsg_header hdr;'
never functions_have_five_parameters "functions have five parameters at most" \
    ntpd/a.c 'static int
f(int a, int b, int c,
    int d, int e, void (*f)(int, int))
{' \
    fine ntpd/a.c 'int
f(int a, int b, int c, int d, void (*e)(int, int))
{' \
    fine ntpd/a.c '	f(1, 2, 3, 4, 5, 6);'
never lines_fit "lines have 80 columns at most" \
    ntpd/a.c "$(printf '\t%073d' 0)" \
    fine ntpd/a.c "$(printf '\t%072d' 0)"
never functions_fit_a_screen "functions have 40 lines at most" \
    ntpd/a.c "$(printf 'int\nf(void)\n{\n'; seq 41; printf '}\n')" \
    fine ntpd/a.c "$(printf 'int\nf(void)\n{\n'; seq 40; printf '}\n')"
never calls_have_no_bare_bool "calls say what is true" \
    ntpd/a.c '	open_file(path, true);' \
    ntpd/a.c '	if (!is_fit(s, false, n))' \
    fine ntpd/a.c '	{ 1, true, 2 },' \
    fine ntpd/a.c '	f(&(struct x){ .y = true });'
never ntpctl_stands_alone "ntpctl includes nothing of ntpd/" \
    ntpctl/a.c '#include "ntpd/messages.h"' \
    ntpctl/a.c '#include "../ntpd/config.h"' \
    fine ntpctl/a.c '#include "common/control.h"'

echo "1..$number"
exit "$failed"
