# ntpd.  GNU make; everything that is built goes below $(OBJ), but for the two
# programs, which a plain build also leaves beside their sources.

PREFIX		?= /usr/local
SYSCONFDIR	?= /etc
SBINDIR		?= $(PREFIX)/sbin
MANDIR		?= $(PREFIX)/share/man
SYSTEMDDIR	?= $(if $(filter /usr,$(PREFIX)),/lib/systemd,/etc/systemd)
SYSUSERSDIR	?= $(if $(filter /usr,$(PREFIX)),/usr/lib/sysusers.d,/etc/sysusers.d)

# "address,undefined" builds with sanitizers, into a folder of its own.
SANITIZE	?=
OBJ		?= obj$(if $(SANITIZE),-sanitize)
YACC		?= bison

WARNINGS	= -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
		-Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
		-Wpointer-arith -Wwrite-strings -Wformat=2 -Werror
HARDENING	= -fPIE -fstack-protector-strong -fstack-clash-protection \
		$(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) \
		$(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
CFLAGS		?= -O2 -g
ALL_CFLAGS	= -std=gnu11 $(CFLAGS) $(WARNINGS) $(HARDENING) \
		-D_GNU_SOURCE -I. -I$(OBJ) -MMD -MP \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE) \
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS	= $(LDFLAGS) -pie -Wl,-z,relro,-z,now,-z,noexecstack \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE))

COMMON		= addr imsg log loop ntp ntptime
NTPD		= $(addprefix common/,$(COMMON)) \
		$(patsubst %.c,%,$(wildcard ntpd/*.c ntpd/*/*.c)) \
		ntpd/parse
NTPCTL		= $(addprefix common/,$(COMMON)) \
		$(patsubst %.c,%,$(wildcard ntpctl/*.c))
NTPD_LIBS	= -lmd -lbsd -lseccomp -lcap -lm
NTPCTL_LIBS	= -lmd -lbsd -ljansson -lm

NTPD_OBJS	= $(addprefix $(OBJ)/,$(addsuffix .o,$(sort $(NTPD))))
NTPCTL_OBJS	= $(addprefix $(OBJ)/,$(addsuffix .o,$(sort $(NTPCTL))))

all: $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl
ifeq ($(SANITIZE)$(OBJ),obj)
all: ntpd/ntpd ntpctl/ntpctl
endif

ntpd/ntpd ntpctl/ntpctl: %: $(OBJ)/%
	cp -f $< $@

$(OBJ)/ntpd/ntpd: $(NTPD_OBJS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(NTPD_OBJS) $(NTPD_LIBS)

$(OBJ)/ntpctl/ntpctl: $(NTPCTL_OBJS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(NTPCTL_OBJS) $(NTPCTL_LIBS)

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(OBJ)/ntpd/parse.c: ntpd/parse.y
	@mkdir -p $(@D)
	$(YACC) -o $@ $<

$(OBJ)/ntpd/parse.o: $(OBJ)/ntpd/parse.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

-include $(NTPD_OBJS:.o=.d) $(NTPCTL_OBJS:.o=.d)
