# ntpd.  GNU make; everything that is built goes below $(OBJ), but for the two
# programs, which a plain build also leaves beside their sources.

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
		-D_GNU_SOURCE $(WIDE) -DSYSCONFDIR='"$(SYSCONFDIR)"' -I. -MMD -MP \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE) \
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS	= $(LDFLAGS) -pie -Wl,-z,relro,-z,now,-z,noexecstack \
		$(if $(SANITIZE),-fsanitize=$(SANITIZE))

COMMON		= $(basename $(wildcard common/*.c))
NTPD		= $(COMMON) $(basename $(wildcard ntpd/*.c ntpd/*/*.c)) \
		ntpd/config/parse
LIBNTPTIME	= libntptime/ntptime
NTPCTL		= $(filter-out %/aead %/cookie %/ke %/mac %/nts,$(COMMON)) \
		$(basename $(wildcard ntpctl/*.c))
# libmd before libbsd, which has deprecated wrappers of the same names.
NTPD_LIBS	= -lmd -lbsd -lseccomp -lcap -lnettle -ltls -lssl -lcrypto -lm
NTPCTL_LIBS	= -lmd -lbsd -ljansson -lm

objects		= $(patsubst %,$(OBJ)/%.o,$(1))

all: $(OBJ)/ntpd/ntpd $(OBJ)/ntpctl/ntpctl $(OBJ)/libntptime.a
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

$(OBJ)/libntptime.a: $(call objects,$(LIBNTPTIME))
	@echo "  AR    $@"
	$Qrm -f $@
	$Q$(AR) qcsD $@ $^

# What is missing to build is named; "make deps" installs it.
$(OBJ)/.deps: regress/deps.sh
	@mkdir -p $(@D)
	@sh regress/deps.sh -n build
	@touch $@

$(OBJ)/%.o: %.c | $(OBJ)/.deps
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$Q$(CC) $(ALL_CFLAGS) -c -o $@ $<

# When this was written, s since 1970: it is not earlier now.
BUILT		:= $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct \
		2>/dev/null),0)
$(OBJ)/ntpd/parent/configure.o: ALL_CFLAGS += -DBUILT=$(BUILT)

# What is compiled in is compiled again when it is another one.
$(OBJ)/.sysconfdir: always
	@mkdir -p $(@D)
	@echo '$(SYSCONFDIR)' | cmp -s - $@ || echo '$(SYSCONFDIR)' >$@

$(OBJ)/ntpd/main.o: $(OBJ)/.sysconfdir

$(OBJ)/ntpd/config/parse.c: ntpd/config/parse.y | $(OBJ)/.deps
	@mkdir -p $(@D)
	@echo "  YACC  $<"
	$Q$(YACC) -o $@ $<

$(OBJ)/ntpd/config/parse.o: $(OBJ)/ntpd/config/parse.c
	@echo "  CC    $<"
	$Q$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Everything that includes a header is built again when that changes.
-include $(shell find $(addprefix $(OBJ)/,common ntpd ntpctl \
    libntptime regress) \
    -name '*.d' 2>/dev/null)

include dist/package.mk

include regress/tests.mk

clean:
	rm -rf obj obj-* ntpd/ntpd ntpctl/ntpctl

.PHONY: all always clean
.DELETE_ON_ERROR:
