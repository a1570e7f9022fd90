/*
 * How many system calls each process may make: counted in the programs that
 * are loaded into the kernel, not in the tables.
 */
#include <sys/mman.h>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/syscalls.h"
#include "regress/unit/unit.h"

#define SYSCALLS_MOST	1024	/* numbers that are tried */
#define PATHS_MOST	4096	/* through a program, for one number */

/* Each has as few as it needs; more than that is to be noticed. */
static const unsigned	 most[PROCESSES] = {
	[PARENT] = 30, [LAUNCHER] = 85, [BINDER] = 20, [ENGINE] = 20,
	[SERVER] = 12, [CONTROL] = 12, [RESOLVER] = 35, [KE] = 20, [TLS] = 16,
	[OPENER] = 12, [STAMPER] = 10, [SENSOR] = 17
};

static struct sock_filter program[4096];
static size_t		 length;

/* The program that SANDBOX loads. */
static void
load(const struct sandbox *sandbox)
{
	scmp_filter_ctx	 filter = syscalls_filter(sandbox);
	ssize_t		 n;
	int		 fd = memfd_create("filter", MFD_CLOEXEC);

	assert_int_not_equal(fd, -1);
	assert_int_equal(seccomp_export_bpf(filter, fd), 0);
	seccomp_release(filter);
	n = pread(fd, program, sizeof(program), 0);
	assert_true(n > 0 && (size_t)n < sizeof(program));
	length = (size_t)n / sizeof(program[0]);
	close(fd);
}

static uint32_t
architecture(void)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64:
		return AUDIT_ARCH_X86_64;
	case SCMP_ARCH_AARCH64:
		return AUDIT_ARCH_AARCH64;
	case SCMP_ARCH_X86:
		return AUDIT_ARCH_I386;
	case SCMP_ARCH_ARM:
		return AUDIT_ARCH_ARM;
	default:
		return 0;
	}
}

static bool
jumps(uint16_t code, uint32_t a, uint32_t k)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == k;
	case BPF_JGT:
		return a > k;
	case BPF_JGE:
		return a >= k;
	default:
		return (a & k) != 0;
	}
}

/*
 * Is there a way through the program from AT on that allows call NR?  A is what
 * is loaded, if it is KNOWN; arguments are not, so both ways are taken.
 */
static bool
allows(uint32_t nr, size_t at, uint32_t a, bool known, unsigned *paths)
{
	const struct sock_filter *f;

	for (;; at++) {
		assert_true(at < length);
		f = &program[at];
		switch (BPF_CLASS(f->code)) {
		case BPF_RET:
			return (f->k & SECCOMP_RET_ACTION_FULL) ==
			    SECCOMP_RET_ALLOW;
		case BPF_LD:
			known = f->k < offsetof(struct seccomp_data, args);
			a = f->k == offsetof(struct seccomp_data, nr) ? nr :
			    architecture();
			continue;
		case BPF_JMP:
			break;
		default:
			continue;	/* arithmetic on arguments */
		}
		if (BPF_OP(f->code) == BPF_JA)
			at += f->k;
		else if (known)
			at += jumps(f->code, a, f->k) ? f->jt : f->jf;
		else if (++*paths > PATHS_MOST ||
		    allows(nr, at + 1 + f->jt, a, false, paths))
			return true;
		else
			at += f->jf;
	}
}

static unsigned
count(char *names, size_t size)
{
	unsigned	 n = 0, paths;
	uint32_t	 nr;
	char		*name;

	names[0] = '\0';
	for (nr = 0; nr < SYSCALLS_MOST; nr++) {
		paths = 0;
		if (!allows(nr, 0, 0, false, &paths))
			continue;
		n++;
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
		    (int)nr);
		snprintf(names + strlen(names), size - strlen(names), " %s",
		    name != NULL ? name : "?");
		free(name);
	}
	return n;
}

static void
few_system_calls(void **arg)
{
	static char	 names[8192];
	unsigned	 n, failed = 0;
	size_t		 i;

	(void)arg;
	if (architecture() == 0)
		skip();
	for (i = 0; i < PROCESSES; i++) {
		if (most[i] == 0)
			fail_msg("%s: say here how many it may make",
			    process_name((enum process)i));
		load(sandboxes[i]);
		n = count(names, sizeof(names));
		print_message("# %s: %u of at most %u:%s\n",
		    process_name((enum process)i), n, most[i], names);
		failed += n == 0 || n > most[i] ||
		    n != syscalls_count(sandboxes[i]);
	}
#ifdef SANITIZED
	failed = 0;	/* the run-time needs a few more */
#endif
	assert_int_equal(failed, 0);
}

/* Every line has its reason, and no table is longer than its room. */
static void
reasons(void **arg)
{
	const struct sandbox_syscall *call;
	size_t		 i, j;

	(void)arg;
	for (i = 0; i < PROCESSES; i++) {
		call = sandboxes[i]->syscalls;
		for (j = 0; j < SANDBOX_MAX_SYSCALLS; j++)
			if ((call[j].name == NULL) != (call[j].reason == NULL))
				fail_msg("%s: line %zu",
				    process_name((enum process)i), j);
		assert_null(call[SANDBOX_MAX_SYSCALLS - 1].name);
	}
}

/* What a child may do, the launcher's filter must not forbid. */
static void
launcher_allows_all_of_its_children(void **arg)
{
	static bool	 children[SYSCALLS_MOST];
	unsigned	 paths;
	uint32_t	 nr;
	size_t		 i;

	(void)arg;
	if (architecture() == 0)
		skip();
	for (i = LAUNCHER; i < PROCESSES; i++) {
		load(sandboxes[i]);
		for (nr = 0; nr < SYSCALLS_MOST; nr++) {
			paths = 0;
			children[nr] |= allows(nr, 0, 0, false, &paths);
		}
	}
	load(&launcher_sandbox);
	for (nr = 0; nr < SYSCALLS_MOST; nr++) {
		paths = 0;
		if (children[nr] && !allows(nr, 0, 0, false, &paths))
			fail_msg("launcher: not %u", nr);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_system_calls),
		cmocka_unit_test(reasons),
		cmocka_unit_test(launcher_allows_all_of_its_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
