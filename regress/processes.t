#!/bin/sh
#
# The processes: each is named where people look for it, and nothing else can
# be started as one.  The tests that SECURITY names are there.
#
cd "$(dirname "$0")/.." || exit 1

number=0

# check TEXT STATUS
check()
{
	number=$((number + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
	fi
}

# refused NAME NUMBER: what is not to be started ends with the usage.
refused()
{
	said=$(timeout 10 ntpd/ntpd -P "$1" "$2" 2>&1 </dev/null)
	[ $? -eq 64 ] && [ "${said#usage:}" != "$said" ]
	check "ntpd -P '$1' '$2' is refused" $?
}

refused nonsense 0
refused "" 0
refused parent 0
refused Engine 0
refused engine 1
refused engine -1
refused engine x
refused server 64
refused server 4294967296

for process in $(ls ntpd/*/*_sandbox.c | cut -d/ -f2); do
	grep -q "^    $process  " README
	check "README says what the $process may do" $?
	grep -q "^      $process/" README
	check "README has its folder" $?
	sed -n '/^\.Ss Processes/,/^\.El/p' ntpd/ntpd.8 |
	    grep -qx "\.It $process"
	check "ntpd.8 has the $process" $?
	grep -qiE "^(The |A )?$process[,.]" SECURITY
	check "SECURITY says what a $process that is taken over can do" $?
	[ "$process" = parent ] && continue
	timeout 10 ntpd/ntpd -P "$process" 0 3</dev/null >/dev/null 2>&1
	[ $? -eq 1 ]
	check "the $process ends when it has no parent" $?
done

# The manual has the numbers that unit/syscalls_test allows.
said=$(sed -n '/^At most they are: /,/\.$/p' ntpd/ntpd.8 | tr '\n.' ' ,')
allowed=$(grep -oE '\[[A-Z]+\] = [0-9]+' regress/unit/syscalls_test.c |
    grep -v LAUNCHER | tr -d '[]=' | tr -s ' A-Z' ' a-z' | tr ' ' :)
[ "$(echo "$allowed" | wc -l)" -ge 9 ]
check "there are numbers of system calls" $?
for pair in $allowed; do
	echo "$said" | grep -q " ${pair%:*} ${pair#*:},"
	check "ntpd.8 says how many system calls: $pair" $?
done

# is_there TEST: it has a file.
is_there()
{
	for file in "regress/$1" "regress/$1.c" "regress/$1.t"; do
		[ -f "$file" ] && return 0
	done
	return 1
}

tests=$(grep -oE '(unit|net|lab|fuzz)/[[:alnum:]_.-]*[[:alnum:]]|[a-z]+\.t\>' \
    SECURITY | sort -u)
[ "$(echo "$tests" | wc -l)" -gt 30 ]
check "SECURITY names its tests" $?
for test in $tests; do
	is_there "$test"
	check "SECURITY names a test that is there: $test" $?
done
! is_there unit/no_test
check "one that is not there would be found" $?

echo "1..$number"
