/*
 * What the processes may not do, by their real tables: each attempt is made by
 * a child that is confined as its process is (but for user, capabilities and
 * chroot, which take root), and the kernel ends it, or, if it is the launcher,
 * knows no such call.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/pps.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ntpd/child.h"
#include "ntpd/sandbox.h"
#include "ntpd/server/server.h"
#include "regress/unit/unit.h"

#ifndef PR_GET_MDWE
#define PR_GET_MDWE	66
#endif

static int		 given;		/* a datagram socket, opened before */
static char		 page[4096] __attribute__((aligned(4096)));

/* The attempts.  Each returns -1 or not; that it returns is what counts. */

static long
set_clock(void)
{
	return syscall(SYS_clock_settime, -1, NULL);
}

static long
adjust_clock(void)
{
	return syscall(SYS_adjtimex, NULL);
}

/* Any but the one that it is for. */
static long
adjust_other_clock(void)
{
	return syscall(SYS_clock_adjtime, CLOCK_TAI, NULL);
}

static long
start_program(void)
{
	return syscall(SYS_execve, "/nonexistent/program", NULL, NULL);
}

static long
start_process(void)
{
	return syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
}

static long
send_signal(void)
{
	return kill(getppid(), 0);
}

/* By the kernel, when there is something to read. */
static long
have_signals_sent(void)
{
	return fcntl(given, F_SETOWN, getppid());
}

static long
choose_their_number(void)
{
	return fcntl(given, F_SETSIG, SIGSTOP);
}

static long
trace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long
mount_something(void)
{
	return syscall(SYS_mount, NULL, NULL, NULL, 0, NULL);
}

static long
remove_file(void)
{
	return unlinkat(AT_FDCWD, "/nonexistent/file", 0);
}

/* Whether there is a file or not. */
static long
open_for_writing(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/nonexistent/file", O_WRONLY);
}

static long
open_anew(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/nonexistent/file", O_RDONLY |
	    O_CREAT, 0600);
}

static long
listen_for_connections(void)
{
	return listen(given, 1);
}

static long
read_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long
read_firewall(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

static long
read_generic(void)
{
	return socket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
}

static long
open_multipath(void)
{
	return socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
}

static long
open_machine(void)
{
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}

static long
open_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static long
open_crypto(void)
{
	return socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static long
open_stream(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long
open_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static long
open_ping(void)
{
	return socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);
}

static long
open_local(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0);
}

static long
open_local_stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Root's commands go to one. */
static long
open_local_packets(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET, 0);
}

/* Memory. */

static long
map(int protection)
{
	return (long)mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
}

static long
write_code(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC);
}

#ifndef SANITIZED
static long
map_code(void)
{
	return map(PROT_READ | PROT_EXEC);
}
#endif

static long
make_code(void)
{
	return mprotect(page, sizeof(page), PROT_READ | PROT_EXEC);
}

static long
get_memory(void)
{
	return map(PROT_READ | PROT_WRITE);
}

/* Requests to devices. */

static long
type_for_the_user(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

static long
change_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

static long
ask_for_length(void)
{
	int		 length;

	return ioctl(given, FIONREAD, &length);
}

static long
ask_for_number(void)
{
	struct ifreq	 request = { .ifr_name = "lo" };

	return ioctl(given, SIOCGIFINDEX, &request);
}

static long
change_interface(void)
{
	struct ifreq	 request = { .ifr_name = "nonexistent" };

	return ioctl(given, SIOCSIFFLAGS, &request);
}

static long
open_ipv4(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static long
open_ipv6(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static long
set_option(int option)
{
	int		 on = 1;

	return setsockopt(given, SOL_SOCKET, option, &on, sizeof(on));
}

static long
want_stamps(void)
{
	return set_option(SO_TIMESTAMPING);
}

static long
enlarge_buffer(void)
{
	return set_option(SO_RCVBUF);
}

static long
run_filter(void)
{
	return set_option(SO_ATTACH_FILTER);
}

static long
join_group(void)
{
	return setsockopt(given, IPPROTO_IP, IP_ADD_MEMBERSHIP, NULL, 0);
}

static long
layer_upon_tcp(void)
{
	return setsockopt(given, IPPROTO_TCP, TCP_ULP, "tls", 3);
}

/* Pass a descriptor, by sendmsg(2) or sendmmsg(2), over FD. */
static long
pass(long call, uint64_t fd)
{
	union {
		struct cmsghdr	 header;
		uint8_t		 bytes[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET,
			    SCM_RIGHTS } };
	struct iovec	 iov = { .iov_base = &control, .iov_len = 1 };
	struct mmsghdr	 mh = { .msg_hdr = { .msg_iov = &iov,
			    .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) } };

	memcpy(CMSG_DATA(&control.header), &given, sizeof(given));
	if (call == SYS_sendmmsg)
		return syscall(call, fd, &mh, 1, MSG_DONTWAIT);
	return syscall(call, fd, &mh.msg_hdr, MSG_DONTWAIT);
}

static long
pass_by_sendmsg(void)
{
	return pass(SYS_sendmsg, (uint64_t)given);
}

static long
pass_to_parent_by_sendmsg(void)
{
	return pass(SYS_sendmsg, CHILD_CHANNEL_FD);
}

static long
pass_to_parent(void)
{
	return pass(SYS_sendmmsg, CHILD_CHANNEL_FD);
}

static long
pass_to_engine(void)
{
	return pass(SYS_sendmmsg, CHILD_GIVEN_FD);
}

/* The kernel does not look at the upper half of a descriptor; the filter? */
static long
pass_to_parent_in_disguise(void)
{
	return pass(SYS_sendmmsg, UINT64_C(0x7700000000) | CHILD_CHANNEL_FD);
}

static long
pass_to_engine_in_disguise(void)
{
	return pass(SYS_sendmmsg, UINT64_C(1) << 63 | CHILD_GIVEN_FD);
}

static long
pass_to_binder(void)
{
	return pass(SYS_sendmmsg, SERVER_BINDER_FD);
}

static long
pass_to_standard_error(void)
{
	return pass(SYS_sendmmsg, STDERR_FILENO);
}

static long
answer_clients(void)
{
	long		 n = 0;
	uint64_t	 fd;

	for (fd = SERVER_BINDER_FD + 1; fd < 600; fd++)
		n += pass(SYS_sendmmsg, fd);
	return n;
}

static long
copy_channel(void)
{
	return dup(CHILD_CHANNEL_FD);
}

static long
move_channel(void)
{
	return dup2(CHILD_CHANNEL_FD, 17);
}

static long
accept_one(void)
{
	return accept4(given, NULL, NULL, 0);
}

static long
send_urgent(void)
{
	return syscall(SYS_sendto, CHILD_CHANNEL_FD, "x", 1, MSG_OOB |
	    MSG_DONTWAIT, NULL, 0);
}

static long
receive_urgent(void)
{
	return syscall(SYS_recvfrom, given, page, 1, MSG_OOB | MSG_DONTWAIT,
	    NULL, NULL);
}

static long
receive_urgent_message(void)
{
	struct msghdr	 mh = { .msg_iov = NULL };

	return recvmsg(given, &mh, MSG_OOB | MSG_DONTWAIT);
}

static long
receive_descriptors(void)
{
	struct msghdr	 mh = { .msg_iov = NULL };

	return recvmsg(given, &mh, MSG_DONTWAIT);
}

static long
memory_to_read(void)
{
	return (long)shmat(-1, NULL, SHM_RDONLY);
}

static long
memory_to_write(void)
{
	return (long)shmat(-1, NULL, 0);
}

static long
make_memory(void)
{
	return shmget(IPC_PRIVATE, 96, IPC_CREAT | IPC_EXCL);
}

static long
remove_memory(void)
{
	return shmctl(-1, IPC_RMID, NULL);
}

static long
read_ptp(void)
{
	return ioctl(given, PTP_SYS_OFFSET, NULL);
}

static long
set_ptp(void)
{
	return ioctl(given, PTP_PIN_SETFUNC, NULL);
}

static long
stamp_packets(void)
{
	return ioctl(given, SIOCSHWTSTAMP, NULL);
}

static long
set_pulses(void)
{
	return ioctl(given, PPS_SETPARAMS, NULL);
}

static const struct {
	const char	*name;
	const struct sandbox *sandbox;
} processes[PROCESSES] = {
	[PARENT] = { "parent", &parent_sandbox },
#define CHILD(process, name, ...)	[process] = { #name, &name##_sandbox },
	CHILDREN
#undef CHILD
};

#define TO(process)	(1u << (process))
#define SOCKETS		(TO(BINDER) | TO(RESOLVER))
#define ALL		(~0U)

static const struct {
	const char	*name;
	long		(*attempt)(void);
	unsigned	 allowed;	/* to whom; a new process: nothing */
} attempts[] = {
	{ "set the clock", set_clock, 0 },
	{ "adjust the clock", adjust_clock, 0 },
	{ "adjust another clock", adjust_other_clock, 0 },
	{ "start a program", start_program, TO(LAUNCHER) },
	{ "start a process", start_process, TO(LAUNCHER) },
	{ "send a signal", send_signal, 0 },
	{ "have signals sent", have_signals_sent, 0 },
	{ "choose which", choose_their_number, 0 },
	{ "trace a process", trace, 0 },
	{ "mount a file system", mount_something, 0 },
	{ "remove a file", remove_file, TO(PARENT) },
	{ "write a file", open_for_writing, TO(PARENT) },
	{ "make a file", open_anew, TO(PARENT) },
	{ "listen for connections", listen_for_connections, TO(BINDER) |
	    TO(LAUNCHER) },
	{ "accept a connection", accept_one, TO(PARENT) | TO(CONTROL) | TO(KE) |
	    TO(LAUNCHER) },
	{ "pass a descriptor", pass_by_sendmsg, TO(PARENT) | TO(BINDER) |
	    TO(OPENER) | TO(LAUNCHER) },
	{ "pass one to the parent by sendmsg", pass_to_parent_by_sendmsg,
	    TO(PARENT) },
	{ "pass one to the parent", pass_to_parent, 0 },
	{ "pass one to the engine", pass_to_engine, 0 },
	{ "pass one to the parent, in disguise", pass_to_parent_in_disguise,
	    0 },
	{ "pass one to the engine, in disguise", pass_to_engine_in_disguise,
	    0 },
	{ "pass one to the binder", pass_to_binder, 0 },
	{ "pass one to standard error", pass_to_standard_error, 0 },
	{ "answer clients", answer_clients, TO(SERVER) | TO(LAUNCHER) },
	{ "copy a channel", copy_channel, TO(PARENT) },
	{ "move a channel", move_channel, TO(LAUNCHER) },
	{ "take a descriptor", receive_descriptors, TO(BINDER) | TO(ENGINE) |
	    TO(KE) | TO(SERVER) | TO(RESOLVER) | TO(OPENER) | TO(SENSOR) |
	    TO(LAUNCHER) },
	{ "shared memory, to read", memory_to_read, TO(SENSOR) |
	    TO(LAUNCHER) },
	{ "shared memory, to write", memory_to_write, 0 },
	{ "make shared memory", make_memory, 0 },
	{ "remove shared memory", remove_memory, 0 },
	{ "read a PTP clock", read_ptp, TO(SENSOR) | TO(LAUNCHER) },
	{ "its pins", set_ptp, 0 },
	{ "have a card stamp packets", stamp_packets, TO(STAMPER) |
	    TO(LAUNCHER) },
	{ "set the pulses that count", set_pulses, 0 },
	{ "send urgent data", send_urgent, 0 },
	{ "take urgent data", receive_urgent, 0 },
	{ "take an urgent message", receive_urgent_message, 0 },
	{ "netlink", read_netlink, SOCKETS | TO(LAUNCHER) },
	{ "netlink of the firewall", read_firewall, 0 },
	{ "generic netlink", read_generic, 0 },
	{ "TCP", open_stream, SOCKETS | TO(LAUNCHER) },
	{ "MPTCP", open_multipath, 0 },
	{ "sockets between machines", open_machine, 0 },
	{ "a packet socket", open_packet, 0 },
	{ "the kernel's cryptography", open_crypto, 0 },
	{ "a raw socket", open_raw, 0 },
	{ "a ping socket", open_ping, 0 },
	{ "local datagrams", open_local, TO(PARENT) },
	{ "a local stream", open_local_stream, TO(PARENT) | TO(RESOLVER) |
	    TO(LAUNCHER) },
	{ "local packets", open_local_packets, 0 },
	{ "UDP", open_ipv4, TO(ENGINE) | SOCKETS | TO(LAUNCHER) },
	{ "UDP by IPv6", open_ipv6, TO(ENGINE) | SOCKETS | TO(LAUNCHER) },
	{ "receive time stamps", want_stamps, TO(ENGINE) | TO(BINDER) |
	    TO(LAUNCHER) },
	{ "a larger buffer", enlarge_buffer, SOCKETS | TO(LAUNCHER) },
	{ "a program in the kernel", run_filter, 0 },
	{ "new ways for packets", join_group, 0 },
	{ "a layer upon TCP", layer_upon_tcp, 0 },
#ifdef SANITIZED
	{ "memory", get_memory, ALL },	/* the sanitizers need it everywhere */
#else
	{ "memory", get_memory, ALL & ~TO(SERVER) },
	{ "writable code", write_code, 0 },
	{ "make memory executable", make_code, 0 },
	{ "executable memory", map_code, TO(LAUNCHER) },
#endif
	{ "type for the user", type_for_the_user, 0 },
	{ "take a terminal", change_terminal, 0 },
	{ "change an interface", change_interface, 0 },
	{ "the length of a datagram", ask_for_length, TO(RESOLVER) |
	    TO(LAUNCHER) },
	{ "the number of an interface", ask_for_number, TO(BINDER) |
	    TO(ENGINE) | TO(LAUNCHER) },
};

/* How a process confined by SANDBOX ends that makes the attempt. */
static int
end_of(const struct sandbox *sandbox, long (*attempt)(void))
{
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 s = *sandbox;
	pid_t		 pid = fork();
	int		 status;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		alarm(20);
		s.chroot = false;
		s.user = USER_SAME;
		s.capabilities = NULL;
		sandbox_enter(&s, &target);
		errno = 0;
		if (attempt() == -1 && errno == ENOSYS)
			_exit(ENOSYS);	/* as good as killed */
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
only_what_is_needed(void **arg)
{
	bool		 killed, allowed;
	size_t		 i, j;
	int		 status, fd;

	(void)arg;
	/* Above those that a child starts with, which may be no good. */
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	given = fcntl(fd, F_DUPFD_CLOEXEC, 32);
	assert_int_not_equal(given, -1);
	close(fd);
	for (i = 0; i < COUNT(processes); i++)
		for (j = 0; j < COUNT(attempts); j++) {
			status = end_of(processes[i].sandbox,
			    attempts[j].attempt);
			allowed = attempts[j].allowed & TO(i);
			killed = (WIFSIGNALED(status) &&
			    WTERMSIG(status) == SIGSYS) ||
			    (WIFEXITED(status) &&
			    WEXITSTATUS(status) == ENOSYS);
			if (killed == allowed || (allowed && status != 0))
				fail_msg("%s: %s: status %#x",
				    processes[i].name, attempts[j].name,
				    (unsigned)status);
		}
	close(given);
}

/* Files: the attempt succeeds if the child aborts. */

static long
open_file(void)
{
	int		 fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		abort();
	return fd;
}

/* Landlock or the filter is in the way; which, depends on the build. */
static void
no_files(void **arg)
{
	const struct sandbox *sandbox;
	size_t		 i;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		skip();		/* a kernel without Landlock */
	for (i = 0; i < COUNT(processes); i++) {
		sandbox = processes[i].sandbox;
		if (sandbox->files == FILES_NONE && WTERMSIG(end_of(sandbox,
		    open_file)) == SIGABRT)
			fail_msg("%s can open a file", processes[i].name);
	}
}

/* Connect to PORT of this machine, where nobody listens. */
static int
connect_to(uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001) };
	int		 fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0)
		return 0;
	return errno;
}

/* The resolver: to name servers, as far as the kernel can tell. */
static void
tcp_to_one_port(void **arg)
{
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 s = resolver_sandbox;
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 4)
		skip();		/* a kernel before 6.7 */
	s.user = USER_SAME;
	if ((pid = fork()) == 0) {
		sandbox_enter(&s, &target);
		if (connect_to(53) == EACCES)
			_exit(1);
		if (connect_to(54) != EACCES || connect_to(80) != EACCES)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Opening FILE for reading: 0 or errno. */
static int
reading(const char *file)
{
	int		 fd = open(file, O_RDONLY | O_CLOEXEC);

	return fd == -1 ? errno : 0;
}

/*
 * The resolver reads where lookups have to, whoever it runs as, and not where
 * the parent has its files.
 */
static void
files_of_lookups(void **arg)
{
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 s = resolver_sandbox;
	char		 hidden[] = "/var/tmp/sandbox_test.XXXXXX";
	pid_t		 pid;
	int		 status, fd;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		skip();		/* a kernel without Landlock */
	fd = mkstemp(hidden);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(reading(hidden), 0);
	s.user = USER_SAME;
	if ((pid = fork()) == 0) {
		sandbox_enter(&s, &target);
		_exit(reading("/etc/passwd") == 0 &&
		    reading("/etc/resolv.conf") != EACCES &&
		    reading(hidden) == EACCES &&
		    reading("/var/lib") == EACCES &&
		    reading("/proc/self/status") == EACCES &&
		    reading("/root") == EACCES ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(hidden);
	assert_int_equal(status, 0);
}

/* A file that is a link: what it leads to may be replaced there. */
static void
files_behind_links(void **arg)
{
	static struct sandbox s = { .max_files = 64, .files = FILES_READ,
			    .max_memory = 64 };
	struct sandbox_target target = { .root = "/" };
	char		 dir[] = "/var/tmp/sandbox_test.XXXXXX";
	char		 folder[64], file[64], name[64];
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		skip();		/* a kernel without Landlock */
	assert_non_null(mkdtemp(dir));
	snprintf(folder, sizeof(folder), "%s/run", dir);
	snprintf(file, sizeof(file), "%s/run/stub", dir);
	snprintf(name, sizeof(name), "%s/name", dir);
	assert_int_equal(mkdir(folder, 0755), 0);
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	assert_int_equal(symlink("run/stub", name), 0);
	s.reads[0] = name;
	if ((pid = fork()) == 0) {
		sandbox_enter(&s, &target);
		_exit(reading(file) == 0 && reading(name) == 0 &&
		    reading(dir) == EACCES ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(file);
	unlink(name);
	rmdir(folder);
	rmdir(dir);
	assert_int_equal(status, 0);
}

/* Without any filter: nobody else's processes, by Landlock. */
static void
no_signals_to_others(void **arg)
{
	static const struct sandbox plain = { .max_files = 64,
		.user = USER_CHILD, .max_memory = 64 };
	struct sandbox_target target = { .root = "/", .uid = getuid(),
		.gid = getgid() };
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 6)
		skip();		/* a kernel before 6.12 */
	if ((pid = fork()) == 0) {
		sandbox_enter(&plain, &target);
		if (kill(getppid(), 0) == 0 || errno != EPERM)
			_exit(1);
		_exit(kill(getpid(), 0) == 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Without any filter: the kernel itself knows what never is to be code. */
static void
no_new_code(void **arg)
{
	static const struct sandbox plain = { .max_files = 64,
		.files = FILES_READ, .reads = { "/" }, .max_memory = 64 };
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (prctl(PR_GET_MDWE, 0, 0, 0, 0) == -1)
		skip();		/* a kernel before 6.3 */
	if ((pid = fork()) == 0) {
		sandbox_enter(&plain, &(struct sandbox_target){ .root = "/" });
		_exit(make_code() == 0 || write_code() != -1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The launcher as it is, but for its user: root's files are not its own. */
static void
launcher_is_not_root(void **arg)
{
	static const struct sandbox_target target = { .root = "/",
		.uid = 65534, .gid = 65534 };
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (geteuid() != 0)
		skip();
	if ((pid = fork()) == 0) {
		sandbox_enter(&launcher_sandbox, &target);
		if (syscall(SYS_openat, AT_FDCWD, "/etc/shadow", O_RDONLY) !=
		    -1 || errno != EACCES)
			_exit(1);
		if (syscall(SYS_openat, AT_FDCWD, "/tmp/new", O_WRONLY |
		    O_CREAT, 0600) != -1)
			_exit(2);
		if (syscall(SYS_setresuid, -1, 0, -1) != -1 ||
		    errno != ENOSYS)
			_exit(3);
		if (syscall(SYS_setuid, 0) != -1 || errno != ENOSYS)
			_exit(4);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* What a folder of the parent's is for. */
static void
parent_has_its_folders(void **arg)
{
	char		 ours[] = "/tmp/sandbox_test.XXXXXX", file[64];
	struct sandbox_target target = { .root = "/" };
	struct sandbox	 s = parent_sandbox;
	pid_t		 pid;
	int		 status, fd;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		skip();		/* a kernel without Landlock */
	assert_non_null(mkdtemp(ours));
	strcpy(target.folders[0].path, ours);
	target.folders[0].write = true;
	strcpy(target.folders[1].path, "/etc");
	snprintf(file, sizeof(file), "%s/drift", ours);
	if ((pid = fork()) == 0) {
		s.capabilities = NULL;
		sandbox_enter(&s, &target);
		fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd == -1 || renameat(AT_FDCWD, file, AT_FDCWD, file) ||
		    unlinkat(AT_FDCWD, file, 0) == -1)
			_exit(1);
		if (open("/etc/passwd", O_RDONLY) == -1)
			_exit(2);
		if (open("/etc/nonexistent", O_WRONLY | O_CREAT, 0600) != -1 ||
		    open("/etc/passwd", O_RDWR) != -1)
			_exit(3);
		if (open("/tmp/nonexistent", O_WRONLY | O_CREAT, 0600) != -1 ||
		    open("/usr", O_RDONLY) != -1)
			_exit(4);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(rmdir(ours), 0);
	assert_int_equal(status, 0);
}

/* The opener is root, and has only devices of root's files. */
static void
opener_has_devices(void **arg)
{
	static const struct sandbox_target target = { .root = "/",
		.uid = 65534, .gid = 65534 };
	pid_t		 pid;
	int		 status;

	(void)arg;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		skip();		/* a kernel without Landlock */
	if ((pid = fork()) == 0) {
		sandbox_enter(&opener_sandbox, &target);
		if (reading("/dev/null") != 0)
			_exit(1);
		if (reading("/etc/passwd") != EACCES ||
		    reading("/proc/self/environ") != EACCES)
			_exit(2);
		(void)open("/dev/null", O_WRONLY | O_CLOEXEC);
		_exit(3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

/* What the table of processes cannot say, and a new process must not miss. */
static void
children_are_nobody(void **arg)
{
	const struct sandbox *sandbox;
	size_t		 i;

	(void)arg;
	for (i = LAUNCHER + 1; i < COUNT(processes); i++) {
		sandbox = processes[i].sandbox;
		if ((sandbox->user != USER_CHILD && i != OPENER &&
		    i != STAMPER) ||
		    sandbox->may_fork ||
		    (sandbox->capabilities != NULL && i != BINDER &&
		    i != STAMPER) ||
		    sandbox->files == FILES_FOLDERS ||
		    sandbox->files == FILES_RUN ||
		    (sandbox->files == FILES_NONE) != sandbox->chroot)
			fail_msg("%s may do too much", processes[i].name);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_needed),
		cmocka_unit_test(no_files),
		cmocka_unit_test(tcp_to_one_port),
		cmocka_unit_test(files_of_lookups),
		cmocka_unit_test(files_behind_links),
		cmocka_unit_test(no_signals_to_others),
		cmocka_unit_test(no_new_code),
		cmocka_unit_test(launcher_is_not_root),
		cmocka_unit_test(parent_has_its_folders),
		cmocka_unit_test(opener_has_devices),
		cmocka_unit_test(children_are_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
