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
TMPFILESDIR	?= $(ETC_OR_USR)/tmpfiles.d
NTPUNITSDIR	?= $(ETC_OR_USR)/systemd/ntp-units.d
PRESETDIR	?= $(ETC_OR_USR)/systemd/system-preset
APPARMORDIR	?= /etc/apparmor.d

INSTALL		= install
LIBEXECDIR	?= $(PREFIX)/lib/ntpd
placeholders	= sed -e 's|@SBINDIR@|$(SBINDIR)|g' \
		-e 's|@LIBEXECDIR@|$(LIBEXECDIR)|g' \
		-e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'
LIBDIR		?= $(PREFIX)/lib
INCLUDEDIR	?= $(PREFIX)/include
DATADIR		?= $(PREFIX)/share/ntpd
MANUALS		= ntpd/ntpd.8 ntpd/ntpd.conf.5 ntpctl/ntpctl.8 \
		libntptime/ntptime.3
UNITS		= ntpd.service ntpd-wait.service ntpd-metrics.socket \
		ntpd-metrics@.service ntpd-networkd.path ntpd-networkd.service
BASHDIR		?= $(PREFIX)/share/bash-completion/completions
ZSHDIR		?= $(PREFIX)/share/zsh/site-functions
FISHDIR		?= $(PREFIX)/share/fish/vendor_completions.d
NMDIR		?= $(ETC_OR_USR)/NetworkManager/dispatcher.d
DHCLIENTDIR	?= /etc/dhcp/dhclient-exit-hooks.d
# What else there is: the file here, where it goes, its mode.
SUNDRIES	= \
	dist/systemd/ntpd.sysusers:$(SYSUSERSDIR)/ntpd.conf:644 \
	dist/systemd/ntpd.tmpfiles:$(TMPFILESDIR)/ntpd.conf:644 \
	dist/systemd/90-ntpd.preset:$(PRESETDIR)/90-ntpd.preset:644 \
	dist/apparmor/ntpd.in:$(APPARMORDIR)/ntpd:644 \
	dist/hooks/ntpd-metrics:$(LIBEXECDIR)/ntpd-metrics:755 \
	dist/hooks/ntpd-sources:$(LIBEXECDIR)/ntpd-sources:755 \
	dist/hooks/networkmanager:$(NMDIR)/20-ntpd:755 \
	dist/hooks/dhclient:$(DHCLIENTDIR)/ntpd:644 \
	dist/completions/ntpctl.bash:$(BASHDIR)/ntpctl:644 \
	dist/completions/_ntpctl:$(ZSHDIR)/_ntpctl:644 \
	dist/completions/ntpctl.fish:$(FISHDIR)/ntpctl.fish:644
# timedatectl(1) takes the first: before the lists of others, 50-chrony.list.
NTPUNITS	= 30-ntpd.list

install: install-daemon install-library

install-daemon: all
	$(INSTALL) -d $(addprefix $(DESTDIR),$(SBINDIR) $(BINDIR) $(SYSCONFDIR) \
	    $(DOCDIR)/examples $(MANDIR)/man5 $(MANDIR)/man8 $(UNITDIR) \
	    $(NTPUNITSDIR))
	$(INSTALL) -m 755 $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl \
	    $(DESTDIR)$(SBINDIR)
	ln -sf ../sbin/ntpctl $(DESTDIR)$(BINDIR)/ntpq
	for m in $(filter %.5 %.8,$(MANUALS)); do \
	    sed 's|/etc/ntpd\.conf|$(SYSCONFDIR)/ntpd.conf|g' $$m \
	    >$(OBJ)/$${m##*/} && $(INSTALL) -m 644 $(OBJ)/$${m##*/} \
	    $(DESTDIR)$(MANDIR)/man$${m##*.} || exit 1; done
	echo .so man8/ntpctl.8 >$(DESTDIR)$(MANDIR)/man8/ntpq.8
	$(INSTALL) -m 644 README SECURITY LICENSE ntpd.conf.example \
	    $(DESTDIR)$(DOCDIR)
	$(INSTALL) -m 644 dist/examples/* $(DESTDIR)$(DOCDIR)/examples
	chmod 755 $(DESTDIR)$(DOCDIR)/examples/collectd-ntpd \
	    $(DESTDIR)$(DOCDIR)/examples/ntpctl-openntpd
	[ -e $(DESTDIR)$(SYSCONFDIR)/ntpd.conf ] || $(INSTALL) -m 644 \
	    ntpd.conf.example $(DESTDIR)$(SYSCONFDIR)/ntpd.conf
	for u in $(UNITS); do \
	    $(placeholders) dist/systemd/$$u.in >$(OBJ)/$$u && \
	    $(INSTALL) -m 644 $(OBJ)/$$u $(DESTDIR)$(UNITDIR)/$$u || \
	    exit 1; done
	for f in $(SUNDRIES); do \
	    IFS=:; set -- $$f; unset IFS; \
	    $(placeholders) $$1 >$(OBJ)/sundry && \
	    $(INSTALL) -D -m $$3 $(OBJ)/sundry $(DESTDIR)$$2 || exit 1; done
	$(INSTALL) -m 644 dist/systemd/$(NTPUNITS) $(DESTDIR)$(NTPUNITSDIR)
ifeq ($(DESTDIR),)
	systemd-sysusers $(SYSUSERSDIR)/ntpd.conf || getent passwd _ntpd || \
	    useradd --system --no-create-home --shell /usr/sbin/nologin _ntpd
	[ ! -d /run/systemd/system ] || { systemctl daemon-reload; \
	    systemd-tmpfiles --create $(TMPFILESDIR)/ntpd.conf; }
endif

# What programs are built with that ask for the time with a bound.
install-library: $(OBJ)/libntptime.a
	$(INSTALL) -d $(addprefix $(DESTDIR),$(LIBDIR)/pkgconfig \
	    $(INCLUDEDIR) $(DATADIR) $(MANDIR)/man3)
	$(INSTALL) -m 644 $(OBJ)/libntptime.a $(DESTDIR)$(LIBDIR)
	$(INSTALL) -m 644 libntptime/ntptime.h $(DESTDIR)$(INCLUDEDIR)
	$(INSTALL) -m 644 libntptime/ntptime.py $(DESTDIR)$(DATADIR)
	$(INSTALL) -m 644 libntptime/ntptime.3 $(DESTDIR)$(MANDIR)/man3
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e "s|@VERSION@|$$(sed -n 's/.*NTPD_VERSION[^"]*"\(.*\)"/\1/p' \
	    common/version.h)|" libntptime/ntptime.pc.in >$(OBJ)/libntptime.pc
	$(INSTALL) -m 644 $(OBJ)/libntptime.pc $(DESTDIR)$(LIBDIR)/pkgconfig

# ntpd.conf and the drift file stay: they are the operator's.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(SBINDIR)/ntpd $(SBINDIR)/ntpctl \
	    $(BINDIR)/ntpq $(MANDIR)/man8/ntpq.8 \
	    $(MANDIR)/man5/ntpd.conf.5 $(MANDIR)/man8/ntpd.8 \
	    $(MANDIR)/man8/ntpctl.8 $(addprefix $(UNITDIR)/,$(UNITS)) \
	    $(NTPUNITSDIR)/$(NTPUNITS) \
	    $(foreach f,$(SUNDRIES),$(word 2,$(subst :, ,$(f)))) $(LIBDIR)/libntptime.a \
	    $(LIBDIR)/pkgconfig/libntptime.pc $(INCLUDEDIR)/ntptime.h \
	    $(DATADIR)/ntptime.py $(MANDIR)/man3/ntptime.3)
	rm -rf $(addprefix $(DESTDIR),$(DOCDIR) $(LIBEXECDIR) $(DATADIR))

deps-deb deps-rpm deps-boot: deps-%:
	@sh regress/deps.sh $*

deb: deps-deb
	dist/make-deb

rpm: deps-rpm
	dist/make-rpm

# The package on booted machines; as root, like "make check".
check-boot: deps-boot
	$(MAKE) all deb rpm
	prove --timer -j 4 --exec regress/run-test regress/boot/*.t

.PHONY: install install-daemon install-library uninstall deps-deb deps-rpm deps-boot deb \
    rpm check-boot
