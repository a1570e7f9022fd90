#!/bin/sh
#
# The RPM package: what rpmlint says, that it can be installed, asked for and
# removed in a root of its own, and that the same tree gives the same bytes in
# another folder, time zone and umask.  Its scripts are only read.
#
# usage: 03-rpm.t		"make rpm" comes first
#
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
rpms=$top/obj/rpm
. "$top/regress/tap.sh"

has_version_of_source()
{
	version=$(sed -n 's/.*NTPD_VERSION[^"]*"\(.*\)"/\1/p' \
	    "$top/common/version.h")
	[ "$(rpm -qp --qf '%{VERSION}' "$package")" = "$version" ]
}

lint()
{
	rpmlint -c "$top/dist/rpm/rpmlint.toml" "$rpms"/*.rpm
}

in_root() { rpm --root "$work/root" "$@"; }

installed()
{
	mkdir "$work/root" && in_root --initdb &&
	    in_root -i --nodeps --noscripts "$package" "$devel" &&
	    in_root -qa | grep -x 'ntpd-[0-9].*' && in_root -V --nodeps ntpd
}

operators_file()
{
	[ "$(in_root -qc ntpd)" = "/etc/dhcp/dhclient-exit-hooks.d/ntpd
/etc/ntpd.conf" ]
}

removed()
{
	in_root -e --noscripts ntpd ntpd-devel &&
	    find "$work/root" ! -type d ! -path '*/.rpmdb/*' \
	    ! -path '*/rpm/*' >"$work/left" &&
	    cat "$work/left" && [ ! -s "$work/left" ]
}

scripts_parse()
{
	for s in PREIN POSTIN PREUN POSTUN; do
		rpm -qp --qf "%{$s}\n" "$package" >"$work/script" &&
		    grep -q ntpd "$work/script" && sh -n "$work/script" ||
		    return 1
	done
}

same_bytes()
{
	mkdir -p "$work/another/place" &&
	tar -C "$top" -cf - --exclude-vcs --exclude=./obj \
	    --exclude='./obj-*' . | tar -C "$work/another/place" -xf - &&
	(umask 077 && TZ=Pacific/Kiritimati LC_ALL=C \
	    "$work/another/place/dist/make-rpm" "$work/again") || return 1
	cmp "$package" "$work/again/$(basename "$package")" &&
	    cmp "$devel" "$work/again/$(basename "$devel")"
}

package=$(ls "$rpms"/ntpd-[0-9]*."$(uname -m)".rpm) &&
    devel=$(ls "$rpms"/ntpd-devel-*."$(uname -m)".rpm) || {
	echo "Bail out! there is no package: make rpm"
	exit 1
}
ok "it has the version of the source" has_version_of_source
ok "rpmlint has nothing to say" lint
ok "its scripts are shell" scripts_parse
ok "it can be installed, and rpm -qa has it" installed
ok "the file of the operator" operators_file
ok "removed: nothing is left" removed
ok "built again elsewhere: the same bytes" same_bytes
finish
