#!/bin/sh
#
# The Debian package: what is in it, what lintian says, and that the same tree
# gives the same bytes in another folder, time zone and umask.
#
# usage: 01-package.t		"make deb" comes first
#
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
deb=$top/obj/deb
. "$top/regress/tap.sh"

has_version_of_source()
{
	version=$(sed -n 's/.*NTPD_VERSION[^"]*"\(.*\)"/\1/p' \
	    "$top/common/version.h")
	echo "source: $version, package: $(dpkg-deb -f "$package" Version)"
	[ "$version" = "$(dpkg-deb -f "$package" Version)" ]
}

field()
{
	dpkg-deb -f "$package" "$1"
	[ "$(dpkg-deb -f "$package" "$1")" = "$2" ]
}

conffiles()
{
	dpkg-deb --ctrl-tarfile "$package" | tar -xO ./conffiles
	[ "$(dpkg-deb --ctrl-tarfile "$package" | tar -xO ./conffiles)" = \
	    "/etc/apparmor.d/ntpd
/etc/dhcp/dhclient-exit-hooks.d/ntpd
/etc/logcheck/ignore.d.server/ntpd
/etc/ntpd.conf" ]
}

files()
{
	dpkg-deb -x "$package" "$work/root" &&
	    (cd "$work/root" && ls -d usr/sbin/ntpd usr/sbin/ntpctl \
	    usr/share/man/man5/ntpd.conf.5.gz usr/share/man/man8/ntpd.8.gz \
	    usr/share/man/man8/ntpctl.8.gz lib/systemd/system/ntpd.service \
	    lib/systemd/system/ntpd-wait.service usr/lib/sysusers.d/ntpd.conf)
}

# timedatectl(1) takes the first of the lists by name.
list_is_first()
{
	(cd "$work/root/usr/lib/systemd/ntp-units.d" &&
	    touch 50-chrony.list 80-systemd-timesync.list openntpd.list &&
	    ls && [ "$(cat "$(ls | head -n 1)")" = ntpd.service ])
}

# The parser and what profiles include are unpacked, not installed: the package
# has a service.  -Q: nothing is loaded into the kernel.
profile_parses()
{
	mkdir "$work/apparmor" && (cd "$work/apparmor" &&
	    apt-get -q -o APT::Sandbox::User=root download apparmor &&
	    dpkg -x apparmor_*.deb .) &&
	    "$work/apparmor/sbin/apparmor_parser" -Q -K \
	    --base "$work/apparmor/etc/apparmor.d" \
	    "$work/root/etc/apparmor.d/ntpd"
}

lint()
{
	lintian --allow-root --fail-on error,warning --tag-display-limit 0 \
	    "$deb"/ntpd_*.changes
}

same_bytes()
{
	mkdir -p "$work/another/place" &&
	tar -C "$top" -cf - --exclude-vcs --exclude=./obj \
	    --exclude='./obj-*' . | tar -C "$work/another/place" -xf - &&
	(umask 077 && TZ=Pacific/Kiritimati LC_ALL=C \
	    "$work/another/place/dist/make-deb" "$work/again") || return 1
	for f in "$deb"/*.deb "$deb"/*.dsc "$deb"/*.tar.xz; do
		cmp "$f" "$work/again/$(basename "$f")" || return 1
	done
}

package=$(ls "$deb"/ntpd_*.deb) || {
	echo "Bail out! there is no package: make deb"
	exit 1
}
ok "it has the version of the source" has_version_of_source
ok "it provides a time daemon" field Provides time-daemon
ok "... beside which there is no other" field Conflicts time-daemon
ok "... and takes its place" field Replaces time-daemon
ok "the files of the operator" conffiles
ok "programs, manuals, units, user" files
ok "timedatectl set-ntp takes ntpd first" list_is_first
ok "apparmor_parser takes the profile" profile_parses
ok "lintian has no errors or warnings" lint
ok "built again elsewhere: the same bytes" same_bytes
finish
