#!/bin/sh
#
# The units: what systemd says of them, how exposed ntpd.service is, and who
# says that the clock is right.  Needs systemd-analyze, but no systemd running.
#
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$top/regress/tap.sh"

if ! command -v systemd-analyze >/dev/null; then
	echo "1..0 # SKIP there is no systemd-analyze here"
	exit 0
fi

# The programs need not be installed, but systemd looks for them.
mkdir "$work/sbin"
for program in ntpd ntpctl; do
	ln -s /bin/true "$work/sbin/$program"
done
for unit in ntpd.service ntpd-wait.service ntpd-metrics.socket \
    ntpd-metrics@.service ntpd-networkd.path ntpd-networkd.service; do
	sed -e "s|@SBINDIR@|$work/sbin|" -e 's|@SYSCONFDIR@|/etc|' \
	    -e "s|@LIBEXECDIR@|$top/dist/hooks|" \
	    "$top/dist/systemd/$unit.in" >"$work/$unit"
done

silent()
{
	said=$("$@" 2>&1)
	status=$?
	echo "$said"
	[ $status -eq 0 ] && [ -z "$said" ]
}

exposed()	# UNIT TENTHS
{
	systemd-analyze security --offline=yes --no-pager "$work/$1" |
	    grep -E '✗|Overall'
	systemd-analyze security --offline=yes --no-pager --threshold="$2" \
	    "$work/$1" >/dev/null
}

# What the tables of the processes have and the unit's filter has not.  Not all
# machines have all calls: what takes the place of another is not looked for.
forbidden()
{
	python3 - "$work/ntpd.service" "$top"/ntpd/*/*_sandbox.c \
	    "$top/ntpd/sandbox.h" "$top/ntpd/syscalls.c" <<'EOF'
import re, subprocess, sys
def group(name):
    names = set()
    for line in subprocess.run(["systemd-analyze", "syscall-filter", name],
        capture_output=True, text=True, check=True).stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            names |= group(word)
        elif word and not word.startswith("#"):
            names.add(word)
    return names
allowed = set()
for line in re.findall("^SystemCallFilter=(.*)", open(sys.argv[1]).read(), re.M):
    words = line.lstrip("~").split()
    names = set().union(*[group(w) if w[0] == "@" else {w} for w in words])
    allowed = allowed - names if line[0] == "~" else allowed | names
wanted = set(re.findall(r'MAY\("(\w+)"', "".join(open(f).read().split(
    "#ifdef SANITIZED")[0] for f in sys.argv[2:])))
print(*sorted(wanted - allowed))
EOF
}

filter_fits()
{
	said=$(forbidden)
	echo "not allowed: $said"
	[ "$said" = "$1" ]
}

ok "systemd has nothing to say against them" silent systemd-analyze verify \
    --man=no "$work/ntpd.service" "$work/ntpd-wait.service" \
    "$work/ntpd-metrics.socket" "$work/ntpd-networkd.path"
ok "ntpd.service: exposure at most 2.0" exposed ntpd.service 20
# What ntpd(8) says of the empty root, beside the unit.
mkdir "$work/chroot"
cp "$work/ntpd.service" "$work/chroot/"
sed -n '/^\[Service\]$/,/^\.Ed$/p' "$top/ntpd/ntpd.8" | grep -v '^\.' \
    >>"$work/chroot/ntpd.service"
ok "with an empty root, too: at most 2.2" exposed chroot/ntpd.service 22
ok "and nothing is wrong with that" sh -c "grep -q '^SystemCallFilter=chroot' \
    '$work/chroot/ntpd.service' && test -z \
    \"\$(systemd-analyze verify --man=no '$work/chroot/ntpd.service' 2>&1)\""
ok "ntpd-wait.service: exposure at most 1.0" exposed ntpd-wait.service 10
ok "ntpd-metrics@.service: exposure at most 1.5" exposed \
    ntpd-metrics@.service 15
# Who has no right to chroot(2) does not try; prlimit64(2) is setrlimit(2).
ok "no process needs a system call that the unit forbids" \
    filter_fits "chroot setrlimit"
ok "only ntpd-wait says that the clock is synchronized" sh -c \
    "grep -l time-sync.target '$work'/*.service | grep -c . | grep -x 1 &&
    grep -q time-sync.target '$work/ntpd-wait.service'"
finish
