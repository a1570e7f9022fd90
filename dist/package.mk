# Included by ../Makefile: install, uninstall, packages.

PREFIX		?= /usr/local
SYSCONFDIR	?= /etc
SBINDIR		?= $(PREFIX)/sbin
BINDIR		?= $(PREFIX)/bin
MANDIR		?= $(PREFIX)/share/man
DOCDIR		?= $(PREFIX)/share/doc/ntpd
# What is not in /usr is not the distribution's: such units are an
# administrator's, and go where he has his own.
ETC_OR_USR	= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)
UNITDIR		?= $(ETC_OR_USR)/systemd/system
SYSUSERSDIR	?= $(ETC_OR_USR)/sysusers.d
NTPUNITSDIR	?= $(ETC_OR_USR)/systemd/ntp-units.d
APPARMORDIR	?= /etc/apparmor.d

INSTALL		= install
placeholders	= sed -e 's|@SBINDIR@|$(SBINDIR)|g' \
		-e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'
MANUALS		= ntpd/ntpd.8 ntpd/ntpd.conf.5 ntpctl/ntpctl.8
UNITS		= ntpd.service ntpd-wait.service
# timedatectl(1) takes the first: before the lists of others, 50-chrony.list.
NTPUNITS	= 30-ntpd.list

install: all
	$(INSTALL) -d $(addprefix $(DESTDIR),$(SBINDIR) $(BINDIR) $(SYSCONFDIR) \
	    $(DOCDIR) $(MANDIR)/man5 $(MANDIR)/man8 $(UNITDIR) \
	    $(SYSUSERSDIR) $(NTPUNITSDIR) $(APPARMORDIR))
	$(INSTALL) -m 755 $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl \
	    $(DESTDIR)$(SBINDIR)
	ln -sf ../sbin/ntpctl $(DESTDIR)$(BINDIR)/ntpq
	$(INSTALL) -m 644 ntpd/ntpd.conf.5 $(DESTDIR)$(MANDIR)/man5
	$(INSTALL) -m 644 ntpd/ntpd.8 ntpctl/ntpctl.8 $(DESTDIR)$(MANDIR)/man8
	echo .so man8/ntpctl.8 >$(DESTDIR)$(MANDIR)/man8/ntpq.8
	$(INSTALL) -m 644 README LICENSE ntpd.conf.example $(DESTDIR)$(DOCDIR)
	[ -e $(DESTDIR)$(SYSCONFDIR)/ntpd.conf ] || $(INSTALL) -m 644 \
	    ntpd.conf.example $(DESTDIR)$(SYSCONFDIR)/ntpd.conf
	for u in $(UNITS); do \
	    $(placeholders) dist/systemd/$$u.in >$(OBJ)/$$u && \
	    $(INSTALL) -m 644 $(OBJ)/$$u $(DESTDIR)$(UNITDIR)/$$u || \
	    exit 1; done
	$(INSTALL) -m 644 dist/systemd/ntpd.sysusers \
	    $(DESTDIR)$(SYSUSERSDIR)/ntpd.conf
	$(INSTALL) -m 644 dist/systemd/$(NTPUNITS) $(DESTDIR)$(NTPUNITSDIR)
	$(placeholders) dist/apparmor/ntpd.in >$(OBJ)/ntpd.apparmor
	$(INSTALL) -m 644 $(OBJ)/ntpd.apparmor $(DESTDIR)$(APPARMORDIR)/ntpd
ifeq ($(DESTDIR),)
	systemd-sysusers $(SYSUSERSDIR)/ntpd.conf || getent passwd _ntpd || \
	    useradd --system --no-create-home --shell /usr/sbin/nologin _ntpd
	[ ! -d /run/systemd/system ] || systemctl daemon-reload
endif

# ntpd.conf and the drift file stay: they are the operator's.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(SBINDIR)/ntpd $(SBINDIR)/ntpctl \
	    $(BINDIR)/ntpq $(MANDIR)/man8/ntpq.8 \
	    $(MANDIR)/man5/ntpd.conf.5 $(MANDIR)/man8/ntpd.8 \
	    $(MANDIR)/man8/ntpctl.8 $(addprefix $(UNITDIR)/,$(UNITS)) \
	    $(SYSUSERSDIR)/ntpd.conf $(NTPUNITSDIR)/$(NTPUNITS) \
	    $(APPARMORDIR)/ntpd)
	rm -rf $(DESTDIR)$(DOCDIR)

deps-deb deps-rpm deps-boot: deps-%:
	@sh regress/deps.sh $*

deb: deps-deb
	dist/make-deb

rpm: deps-rpm
	dist/make-rpm

# The package on a booted machine; as root, like "make check".
check-boot: deps-boot deb rpm
	prove --timer --exec regress/run-test regress/boot/*.t

.PHONY: install uninstall deps-deb deps-rpm deps-boot deb \
    rpm check-boot
