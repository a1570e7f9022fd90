#!/bin/sh
#
# SYSCONFDIR is honoured by all that names the configuration: the program, the
# manuals, the units, the profile.
#
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$top/regress/tap.sh"

obj="$work/obj"
etc=/nonexistent/etc

# names FILE: no other path of ntpd.conf stands in it than the one below ETC.
names()
{
	grep -aq "$etc/ntpd.conf" "$1" &&
	    ! sed "s|$etc/ntpd.conf||g" "$1" | grep -a "/etc/ntpd\.conf"
}

built()		# ETC
{
	make -s -C "$top" OBJ="$obj" SYSCONFDIR="$1" "$obj/ntpd/main.o" &&
	    etc=$1 names "$obj/ntpd/main.o"
}

installed()
{
	# Nothing is built for this: what is installed need not run.
	mkdir -p "$obj/ntpd" "$obj/ntpctl" &&
	    touch "$obj/ntpd/ntpd" "$obj/ntpctl/ntpctl" &&
	    make -s -C "$top" -o all -o "$obj/ntpd/ntpd" OBJ="$obj" \
	    SYSCONFDIR=$etc DESTDIR="$work/root" PREFIX=/usr install-daemon
}

ok "the program" built $etc
ok "and another one, when it is changed" built /other/etc
ok "make install" installed
root="$work/root/usr"
for file in share/man/man8/ntpd.8 share/man/man5/ntpd.conf.5 \
    share/man/man8/ntpctl.8 lib/systemd/system/ntpd.service; do
	ok "$file" names "$root/$file"
done
ok "the profile" names "$work/root/etc/apparmor.d/ntpd"
ok "the example is there" test -f "$work/root$etc/ntpd.conf"
finish
