/*
 * Runs a daemon and lets one system call of one of its processes fail.
 *
 * usage: inject report process call number[+] error program [argument ...]
 *
 * The call with that number, counted from 1 over all processes of that name
 * ("parent", or what stands behind -P), returns ERROR, a number of errno(3),
 * and is not made; with + those after it, too.  CALL is a system call, or
 * "malloc" (alloc.c).  What was done is appended to the file REPORT: the
 * process, the call, "failed".  With number 0 nothing fails, and the report
 * says how many calls each process made.
 *
 * SIGHUP, SIGINT and SIGTERM are passed to the program.  The exit status is the
 * program's, 128 and the signal that ended it, or 99 if it has left a process
 * behind for longer than LEAVE_TIME.
 *
 * The kernel sees a call without effect that every sandbox allows in the place
 * of the one that fails: a tracer comes before the filter.
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <math.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "regress/faults/alloc.h"

#define LEFT_BEHIND	99	/* exit status */
#define LEAVE_TIME	3.5	/* s, for the others' end */
#define CALLS		512	/* system calls have lower numbers */
#define CALL_MALLOC	CALLS
#define TRACEES_MOST	256
#define NAMES_MOST	16

struct name {
	char		 text[32];
	unsigned	 calls[CALLS + 1];
};

struct tracee {
	pid_t		 pid;		/* 0: none */
	struct name	*name;
	bool		 inside;	/* of a system call */
	bool		 fails;		/* that one */
	unsigned long long argument;	/* its first */
};

static struct {
	const char	*report, *process;
	int		 call, error;
	unsigned	 number;
	bool		 ever;		/* fails from then on */
} plan;

static struct name	 names[NAMES_MOST];
static struct tracee	 tracees[TRACEES_MOST];
static volatile sig_atomic_t	 main_pid;

static void
pass_on(int sig)
{
	if (main_pid > 0)
		kill(main_pid, sig);
}

static struct name *
name_of(const char *text)
{
	size_t		 i;

	for (i = 0; names[i].text[0] != '\0'; i++)
		if (strcmp(names[i].text, text) == 0)
			return &names[i];
	if (i == NAMES_MOST - 1)
		errx(1, "too many kinds of processes");
	snprintf(names[i].text, sizeof(names[i].text), "%s", text);
	return &names[i];
}

static const char *
call_name(int call, char text[64])
{
	char		*found;

	if (call == CALL_MALLOC)
		return "malloc";
	found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
	snprintf(text, 64, "%s", found != NULL ? found : "?");
	free(found);
	return text;
}

static void
say(const struct name *name, int call, const char *what)
{
	FILE		*f = fopen(plan.report, "a");
	char		 text[64];

	if (f == NULL)
		err(1, "%s", plan.report);
	fprintf(f, "%s %s %s\n", name->text, call_name(call, text), what);
	fclose(f);
}

static void
say_counts(void)
{
	char		 count[16];
	const struct name *n;
	int		 call;

	for (n = names; n->text[0] != '\0'; n++)
		for (call = 0; call <= CALLS; call++) {
			if (n->calls[call] == 0)
				continue;
			snprintf(count, sizeof(count), "%u", n->calls[call]);
			say(n, call, count);
		}
}

/* ---- the traced processes ---- */

/* By /proc/PID/cmdline. */
static struct name *
name_by_arguments(pid_t pid)
{
	char		 path[64], text[256] = "";
	const char	*word = text;
	FILE		*f;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return name_of("unknown");
	(void)!fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	word += strlen(word) + 1;
	if (strcmp(word, "-P") != 0)
		return name_of("parent");
	return name_of(word + strlen(word) + 1);
}

static pid_t
parent_of(pid_t pid)
{
	char		 path[64], line[256];
	int		 parent = 0;
	FILE		*f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "PPid: %d", &parent) == 1)
			break;
	fclose(f);
	return parent;
}

static struct tracee *
find(pid_t pid)
{
	size_t		 i;

	for (i = 0; i < TRACEES_MOST; i++)
		if (tracees[i].pid == pid)
			return &tracees[i];
	return NULL;
}

/* A new one has the name of the one that made it. */
static struct tracee *
begin(pid_t pid)
{
	const struct tracee *maker = find(parent_of(pid));
	struct tracee	*t = find(0);

	if (t == NULL)
		errx(1, "too many processes");
	*t = (struct tracee){ .pid = pid,
	    .name = maker != NULL ? maker->name : name_of("parent") };
	return t;
}

static bool
is_to_fail(struct name *name, int call)
{
	unsigned	 n = ++name->calls[call];

	return plan.number > 0 && call == plan.call &&
	    strcmp(name->text, plan.process) == 0 &&
	    (n == plan.number || (plan.ever && n > plan.number));
}

static void
enter(struct tracee *t)
{
	struct user_regs_struct regs;
	int		 call;

	if (ptrace(PTRACE_GETREGS, t->pid, NULL, &regs) == -1)
		return;
	call = (int)regs.orig_rax;
	if (call == SYS_clock_gettime && regs.rdi == ALLOC_CLOCK)
		call = CALL_MALLOC;
	if (call < 0 || call > CALLS || !is_to_fail(t->name, call))
		return;
	t->fails = true;
	t->argument = regs.rdi;
	say(t->name, call, "failed");
	if (call == SYS_close)	/* it is closed when it fails, too */
		return;
	if (call == SYS_brk)	/* if it fails it says where the end is */
		regs.rdi = 0;
	else {
		regs.orig_rax = SYS_clock_gettime;
		regs.rdi = ALLOC_CLOCK;
	}
	ptrace(PTRACE_SETREGS, t->pid, NULL, &regs);
}

static void
leave(struct tracee *t)
{
	struct user_regs_struct regs;

	if (!t->fails || ptrace(PTRACE_GETREGS, t->pid, NULL, &regs) == -1)
		return;
	t->fails = false;
	regs.rdi = t->argument;		/* programs rely on finding it */
	if (regs.orig_rax != SYS_brk)
		regs.rax = (unsigned long long)-plan.error;
	ptrace(PTRACE_SETREGS, t->pid, NULL, &regs);
}

/* What stopped process T.  The signal that it is to get, 0: none. */
static int
stopped(struct tracee *t, int status)
{
	int		 sig = WSTOPSIG(status);

	if (sig == (SIGTRAP | 0x80)) {
		t->inside = !t->inside;
		if (t->inside)
			enter(t);
		else
			leave(t);
		return 0;
	}
	if (status >> 16 == PTRACE_EVENT_EXEC)
		t->name = name_by_arguments(t->pid);
	return status >> 16 != 0 || sig == SIGSTOP ? 0 : sig;
}

/* ---- the whole ---- */

static double
now(void)
{
	struct timespec	 ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* Until all have ended; returns the status of the first as of waitpid(2). */
static int
watch(void)
{
	int		 status, first = 0;
	double		 end = HUGE_VAL;
	struct tracee	*t;
	pid_t		 pid;

	while ((pid = waitpid(-1, &status, __WALL | (main_pid == 0 ? WNOHANG :
	    0))) != -1 || errno == EINTR) {
		if (pid <= 0) {
			usleep(main_pid == 0 ? 10000 : 0);
			if (now() > end)
				exit(LEFT_BEHIND);
			continue;
		}
		if ((t = find(pid)) == NULL)
			t = begin(pid);
		if (WIFSTOPPED(status)) {
			ptrace(PTRACE_SYSCALL, pid, NULL, stopped(t, status));
			continue;
		}
		t->pid = 0;
		if (pid == main_pid) {
			main_pid = 0;
			first = status;
			end = now() + LEAVE_TIME;
		}
	}
	return first;
}

static void
start(char **command)
{
	pid_t		 pid = fork();
	int		 status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(command[0], command);
		err(1, "%s", command[0]);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		err(1, "fork");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
	    PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) == -1)
		err(1, "ptrace");
	main_pid = pid;
	signal(SIGHUP, pass_on);
	signal(SIGINT, pass_on);
	signal(SIGTERM, pass_on);
	begin(pid)->name = name_of("exec");
	ptrace(PTRACE_SYSCALL, pid, NULL, 0);
}

int
main(int argc, char **argv)
{
	int		 status;

	if (argc < 7)
		errx(2, "usage: inject report process call number[+] error "
		    "program [argument ...]");
	plan.report = argv[1];
	plan.process = argv[2];
	plan.call = strcmp(argv[3], "malloc") == 0 ? CALL_MALLOC :
	    seccomp_syscall_resolve_name(argv[3]);
	plan.number = (unsigned)atoi(argv[4]);
	plan.ever = strchr(argv[4], '+') != NULL;
	plan.error = atoi(argv[5]);
	start(argv + 6);
	status = watch();
	if (plan.number == 0)
		say_counts();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}
