# Tests, and what they need.  Included by the Makefile.

# --- packages ------------------------------------------------------------

# Debian's packages to build the programs, to run the tests, the demonstration.
deps: deps-build

deps-build deps-check deps-demo: deps-%:
	@sh regress/deps.sh $*

# --- unit tests ----------------------------------------------------------

# All that the programs are made of, but for their main(), and what several
# tests share.  A test is linked with it and takes what it needs.  A function
# that a test defines itself is not taken from here.
LIBRARY		= $(OBJ)/regress/libntpd.a
TESTS		= $(basename $(wildcard regress/unit/*_test.c))
SHARED		= $(filter-out $(TESTS),$(basename $(wildcard regress/unit/*.c)))
TEST_LIBS	= -lcmocka -ljansson $(NTPD_LIBS)

$(LIBRARY): $(call objects,$(sort $(NTPD) $(NTPCTL) $(SHARED) $(LIBNTPTIME)))
	@echo "  AR    $@"
	$Qrm -f $@
	$Q$(AR) qcsD $@ $(filter-out %/ntpd/main.o %/ntpctl/ntpctl.o,$^)

$(addprefix $(OBJ)/,$(TESTS)): %: %.o $(LIBRARY)
	@echo "  LINK  $@"
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS)

# ntpd with an engine that was taken over, for the lab.
$(OBJ)/lab/rogue: $(OBJ)/regress/lab/rogue.o $(OBJ)/ntpd/main.o $(LIBRARY)
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NTPD_LIBS)

# ntpd of which one process, any, was taken over.
$(OBJ)/net/rogue: $(OBJ)/regress/net/rogue.o $(OBJ)/ntpd/main.o $(LIBRARY)
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--wrap=child_begin -o $@ $^ \
	    $(NTPD_LIBS)

# ntpd whose allocations can fail, and what lets them and system calls fail:
# written for one kind of machine.
FAULTS		= $(if $(filter x86_64,$(shell uname -m)),$(if $(SANITIZE),, \
		$(OBJ)/faults/ntpd $(OBJ)/faults/inject))

$(OBJ)/faults/ntpd: $(OBJ)/regress/faults/alloc.o $(OBJ)/ntpd/main.o $(LIBRARY)
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NTPD_LIBS)

$(OBJ)/faults/inject: $(OBJ)/regress/faults/inject.o
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lseccomp

# A network card that stamps packets, to be loaded before the C library.
$(OBJ)/regress/net/card.so: regress/net/card.c
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) -fPIC -shared -o $@ $<

unit-tests: $(OBJ)/regress/net/card.so $(addprefix $(OBJ)/,$(TESTS)) $(OBJ)/lab/rogue $(OBJ)/net/rogue \
    $(FAULTS)

# --- all tests -----------------------------------------------------------

# One verdict: everything builds with both compilers and with sanitizers, and
# every test passes.  As root, because it needs network namespaces.
check: deps-check
	sh regress/check.sh

# What takes longer than such a verdict may: more seeds, more scenarios.
check-long: deps-check
	sh regress/check.sh long

check-lab: deps-check
	$(MAKE) all
	regress/lab/check-lab

bench: deps-check
	$(MAKE) all
	regress/bench/bench

demo: deps-demo
	$(MAKE) all
	sh regress/demo.sh

# --- fuzzing -------------------------------------------------------------

# Each target NAME gives a fuzzer and the directory of its seeds, which are
# written by a program that the target is a part of.
FUZZ		= $(patsubst regress/fuzz/%_fuzz.c,%, \
		$(wildcard regress/fuzz/*_fuzz.c))
FUZZ_SHARED	= $(addprefix $(OBJ)/regress/fuzz/,fuzz.o stream.o deal.o) \
		$(LIBRARY)

$(FUZZ:%=$(OBJ)/fuzz/%): $(OBJ)/fuzz/%: $(OBJ)/regress/fuzz/%_fuzz.o \
    $(FUZZ_SHARED)
	@echo "  LINK  $@"
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(NTPD_LIBS)

$(FUZZ:%=$(OBJ)/fuzz/%_seeds): %_seeds: %_writer ntpd.conf.example
	@echo "  SEED  $@"
	$Qrm -rf $@ && mkdir -p $@ && $< $@

$(FUZZ:%=$(OBJ)/fuzz/%_writer): $(OBJ)/fuzz/%_writer: \
    $(OBJ)/regress/fuzz/%_fuzz.o $(OBJ)/regress/fuzz/seeds.o $(FUZZ_SHARED)
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NTPD_LIBS)

# Tracing comparisons finds bytes that are to be guessed.  Where messages are
# made by deal.h there are none, and it takes a third of the time.  Nor has sync/
# any, but many loops, which would take five times as long; and no pointers but
# to its own arrays, whose bounds are checked: to check more takes twice as long.
ifneq ($(findstring fuzzer,$(SANITIZE)),)
$(OBJ)/ntpd/parent/%.o $(OBJ)/ntpd/engine/%.o $(OBJ)/ntpd/sync/%.o \
    $(OBJ)/ntpd/process.o $(OBJ)/regress/fuzz/deal.o \
    $(OBJ)/regress/fuzz/parent_fuzz.o $(OBJ)/regress/fuzz/engine_fuzz.o: \
    ALL_CFLAGS += -fno-sanitize-coverage=trace-cmp
$(OBJ)/ntpd/sync/%.o: ALL_CFLAGS += \
    -fno-sanitize=alignment,null,object-size,pointer-overflow
endif

fuzzers: $(FUZZ:%=$(OBJ)/fuzz/%) $(FUZZ:%=$(OBJ)/fuzz/%_seeds)

# For a minute each; ten million inputs each, or an hour.
fuzz: deps-check
	FUZZ_SECONDS=60 regress/fuzz.t

fuzz-long: deps-check
	FUZZ_RUNS=10000000 FUZZ_SECONDS=3600 regress/fuzz.t

# --- static analysis -----------------------------------------------------

# What clang, gcc and cppcheck find; "make check" has the quick ones of them.
tidy: deps-check
	TIDY="clang_tidy gcc cppcheck" regress/tidy.t

.PHONY: deps deps-build deps-check deps-demo unit-tests check check-long \
    check-lab bench demo fuzzers fuzz fuzz-long tidy
