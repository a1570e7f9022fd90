#!/bin/sh
#
# What ntpctl -h says is what completion for bash, zsh and fish knows, and the
# manual.
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

# Of -h: "ntpctl WORD [...]" or "ntpctl WORD | WORD [...]"; what -s and -o take.
usage=$(ntpctl/ntpctl -h)
commands=$(echo "$usage" | sed -n 's/^ *ntpctl \([a-z][a-z |]*\).*/\1/p' |
    tr -d '|')
parts=$(echo "$usage" | tr '\n\t' '  ' |
    sed 's/.*\[\[-s\] \([^]]*\)\].*/\1/' | tr -d '|')
parts=$(echo $parts)
forms=$(echo "$usage" | tr '\n\t' '  ' |
    sed 's/.*\[-o \([^]]*\)\] \[-S socket\] *\[\[.*/\1/' | tr -d '|')
forms=$(echo $forms)
[ "$(echo $commands | wc -w)" -ge 8 ] && [ "$(echo $parts | wc -w)" -ge 11 ] &&
    [ "$(echo $forms | wc -w)" -ge 4 ]
check "ntpctl -h names commands, parts and forms" $?

[ "$(ntpctl/ntpctl --help)" = "$usage" ]
check "--help says the same" $?
[ "$(ntpctl/ntpctl -V)" = "$(ntpctl/ntpctl --version)" ]
check "-V says the same as --version" $?

# complete WORD ...: what bash offers after "ntpctl WORD ...", where the last
# word is being typed
complete_bash()
{
	bash -c '
	. dist/completions/ntpctl.bash
	COMP_WORDS=(ntpctl "$@")
	COMP_CWORD=$#
	_ntpctl
	echo ${COMPREPLY[*]}' bash "$@" | tr ' ' '\n' | sort | tr '\n' ' '
}

sorted()
{
	echo "$@" | tr ' ' '\n' | sort | tr '\n' ' '
}

[ "$(complete_bash '')" = "$(sorted -V -h -j -o -S -s -w $commands)" ]
check "bash: options and commands" $?
[ "$(complete_bash -s '')" = "$(sorted $parts)" ]
check "bash: what -s takes" $?
[ "$(complete_bash -o '')" = "$(sorted $forms)" ]
check "bash: what -o takes" $?
[ "$(complete_bash plot -o '')" = "svg text " ]
check "bash: what plot -o takes" $?

first=$(sed -n "s/.*'1:: :(\([^)]* [^)]*\))'.*/\1/p" dist/completions/_ntpctl)
[ "$(sorted $first)" = "$(sorted $commands)" ]
check "zsh: commands" $?
grep -q ":what:($parts)" dist/completions/_ntpctl
check "zsh: what -s takes" $?
grep -q ":form:($(echo $(sorted $forms)))" dist/completions/_ntpctl
check "zsh: what -o takes" $?

offered=$(sed -n 's/.*__fish_use_subcommand -a \([a-z]*\).*/\1/p' \
    dist/completions/ntpctl.fish)
[ "$(sorted $offered)" = "$(sorted $commands)" ]
check "fish: commands" $?
grep -q "seen_subcommand_from $(echo $(sorted $commands))'" \
    dist/completions/ntpctl.fish
check "fish: what is no command" $?
grep -q "'$parts'" dist/completions/ntpctl.fish
check "fish: what -s takes" $?
grep -q "'$(echo $(sorted $forms))'" dist/completions/ntpctl.fish
check "fish: what -o takes" $?

for word in $commands; do
	grep -q "^\.Cm \(.* \)*$word\( .*\)*$" ntpctl/ntpctl.8
	check "the manual has $word" $?
done
for word in $parts $forms; do
	grep -q "^\.It Cm $word$" ntpctl/ntpctl.8
	check "the manual explains $word" $?
done
echo "1..$number"
