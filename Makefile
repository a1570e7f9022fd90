# ntpd.  GNU make; everything that is built goes below $(OBJ), but for the two
# programs, which a plain build also leaves beside their sources.

PREFIX		?= /usr/local
SYSCONFDIR	?= /etc
SBINDIR		?= $(PREFIX)/sbin
MANDIR		?= $(PREFIX)/share/man
DOCDIR		?= $(PREFIX)/share/doc/ntpd
SYSTEMDDIR	?= $(if $(filter /usr,$(PREFIX)),/lib/systemd,/etc/systemd)
SYSUSERSDIR	?= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)/sysusers.d
NTPUNITSDIR	?= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)/systemd/ntp-units.d

# "address,undefined" builds with sanitizers, into a folder of its own.
SANITIZE	?=
OBJ		?= obj$(if $(SANITIZE),-sanitize)
YACC		= bison

# "make V=1" shows the commands.
Q		= $(if $(V),,@)

WARNINGS	= -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
		-Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
		-Wpointer-arith -Wwrite-strings -Wformat=2 -Werror
HARDENING	= -fPIE -fstack-protector-strong -fstack-clash-protection \
		$(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) \
		$(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
CFLAGS		?= -O2 -g
# Times of 64 bits on machines of 32.
WIDE		= -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64
ALL_CFLAGS	= -std=gnu11 $(CFLAGS) $(WARNINGS) $(HARDENING) \
		-D_GNU_SOURCE $(WIDE) -I. -MMD -MP \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE) \
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS	= $(LDFLAGS) -pie -Wl,-z,relro,-z,now,-z,noexecstack \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE))

COMMON		= $(basename $(wildcard common/*.c))
NTPD		= $(COMMON) $(basename $(wildcard ntpd/*.c ntpd/*/*.c)) \
		ntpd/config/parse
NTPCTL		= $(COMMON) $(basename $(wildcard ntpctl/*.c))
# libmd before libbsd, which has deprecated wrappers of the same names.
NTPD_LIBS	= -lmd -lbsd -lseccomp -lcap -lm
NTPCTL_LIBS	= -lmd -lbsd -ljansson -lm

objects		= $(patsubst %,$(OBJ)/%.o,$(1))

all: $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl
ifeq ($(OBJ),obj)
all: ntpd/ntpd ntpctl/ntpctl
endif

ntpd/ntpd ntpctl/ntpctl: %: obj/%
	$Qcp -f $< $@

$(OBJ)/ntpd/ntpd: $(call objects,$(NTPD))
	@echo "  LINK  $@"
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NTPD_LIBS)

$(OBJ)/ntpctl/ntpctl: $(call objects,$(NTPCTL))
	@echo "  LINK  $@"
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NTPCTL_LIBS)

# What is missing to build is named; "make deps" installs it.
$(OBJ)/.deps: regress/deps.sh
	@mkdir -p $(@D)
	@sh regress/deps.sh -n build
	@touch $@

$(OBJ)/%.o: %.c | $(OBJ)/.deps
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$Q$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(OBJ)/ntpd/config/parse.c: ntpd/config/parse.y | $(OBJ)/.deps
	@mkdir -p $(@D)
	@echo "  YACC  $<"
	$Q$(YACC) -o $@ $<

$(OBJ)/ntpd/config/parse.o: $(OBJ)/ntpd/config/parse.c
	@echo "  CC    $<"
	$Q$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Everything that includes a header is built again when that changes.
-include $(shell find $(addprefix $(OBJ)/,common ntpd ntpctl regress) \
    -name '*.d' 2>/dev/null)

# --- install -------------------------------------------------------------

INSTALL		= install
placeholders	= sed -e 's|@SBINDIR@|$(SBINDIR)|g' \
		-e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'
MANUALS		= ntpd/ntpd.8 ntpd/ntpd.conf.5 ntpctl/ntpctl.8
UNITS		= ntpd.service ntpd-wait.service

install: all
	$(INSTALL) -d $(addprefix $(DESTDIR),$(SBINDIR) $(SYSCONFDIR) \
	    $(DOCDIR) $(MANDIR)/man5 $(MANDIR)/man8 $(SYSTEMDDIR)/system \
	    $(SYSUSERSDIR) $(NTPUNITSDIR))
	$(INSTALL) -m 755 $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl \
	    $(DESTDIR)$(SBINDIR)
	$(INSTALL) -m 644 ntpd/ntpd.conf.5 $(DESTDIR)$(MANDIR)/man5
	$(INSTALL) -m 644 ntpd/ntpd.8 ntpctl/ntpctl.8 $(DESTDIR)$(MANDIR)/man8
	$(INSTALL) -m 644 README LICENSE ntpd.conf.example $(DESTDIR)$(DOCDIR)
	[ -e $(DESTDIR)$(SYSCONFDIR)/ntpd.conf ] || $(INSTALL) -m 644 \
	    ntpd.conf.example $(DESTDIR)$(SYSCONFDIR)/ntpd.conf
	for u in $(UNITS); do \
	    $(placeholders) dist/systemd/$$u.in >$(OBJ)/$$u && \
	    $(INSTALL) -m 644 $(OBJ)/$$u $(DESTDIR)$(SYSTEMDDIR)/system/$$u || \
	    exit 1; done
	$(INSTALL) -m 644 dist/systemd/ntpd.sysusers \
	    $(DESTDIR)$(SYSUSERSDIR)/ntpd.conf
	$(INSTALL) -m 644 dist/systemd/50-ntpd.list $(DESTDIR)$(NTPUNITSDIR)
ifeq ($(DESTDIR),)
	systemd-sysusers $(SYSUSERSDIR)/ntpd.conf || getent passwd _ntpd || \
	    useradd --system --no-create-home --shell /usr/sbin/nologin _ntpd
	[ ! -d /run/systemd/system ] || systemctl daemon-reload
endif

# ntpd.conf and the drift file stay: they are the operator's.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(SBINDIR)/ntpd $(SBINDIR)/ntpctl \
	    $(MANDIR)/man5/ntpd.conf.5 $(MANDIR)/man8/ntpd.8 \
	    $(MANDIR)/man8/ntpctl.8 \
	    $(addprefix $(SYSTEMDDIR)/system/,$(UNITS)) \
	    $(SYSUSERSDIR)/ntpd.conf $(NTPUNITSDIR)/50-ntpd.list)
	rm -rf $(DESTDIR)$(DOCDIR)

include regress/tests.mk

clean:
	rm -rf obj obj-* ntpd/ntpd ntpctl/ntpctl

.PHONY: all install uninstall clean
.DELETE_ON_ERROR:
