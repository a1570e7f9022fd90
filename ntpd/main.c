/*
 * ntpd: options, then one of two lives: the parent, or - re-executed with -P
 * - one of its children.
 */
#include <sys/prctl.h>
#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <bsd/unistd.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "common/version.h"
#include "ntpd/child.h"
#include "ntpd/config.h"
#include "ntpd/parent/parent.h"

static _Noreturn void
usage(FILE *out)
{
	fprintf(out, "usage: ntpd [-dhnVvx] [-f file]\n"
	    "       ntpd -q | -Q [-v] [-f file] [server ...]\n");
	exit(out == stdout ? 0 : EX_USAGE);
}

static _Noreturn void
version(void)
{
	printf("ntpd %s\n", NTPD_VERSION);
	exit(0);
}

static void
report(void *arg, int priority, const char *line)
{
	const enum log_target *target = arg;

	if (*target == LOG_TO_JOURNAL)
		fprintf(stderr, "<%d>", priority);
	fprintf(stderr, "%s%s\n", priority == LOG_ERR ? "" : "warning: ", line);
}

static int
check_config(const char *file)
{
	static struct config conf;
	enum log_target	 target = log_standard_error();

	const struct config_reports reports = { report, &target };

	if (!config_load(&conf, file, &reports))
		return EX_CONFIG;
	config_check_machine(&conf, &reports);
	fprintf(stderr, "configuration OK\n");
	return 0;
}

static _Noreturn void
child_main(const char *name, const char *number)
{
	static void	(*const mains[PROCESSES])(unsigned) = {
#define CHILD(process, name, ...)	[process] = name##_main,
		CHILDREN
#undef CHILD
	};
	const enum process process = process_by_name(name);
	const char	*error;
	unsigned	 instance;

	instance = (unsigned)strtonum(number, 0, UINT_MAX, &error);
	if (error != NULL || !process_is_child(process, instance))
		usage(stderr);
	prctl(PR_SET_NAME, "ntpd");	/* it would be "exe" */
	mains[process](instance);
	abort();			/* they do not return */
}

/*
 * Whatever it was started from leaves no descriptor but for its output, and no
 * file is made that only root can reach.
 */
static void
forget_starter(void)
{
	int		 fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	dup2(fd, STDIN_FILENO);
	closefrom(STDERR_FILENO + 1);
	umask(S_IWGRP | S_IWOTH);
}

/* Options of other daemons, which have no effect here. */
static void
explain_foreign(int option)
{
	if (option == 'u')
		fprintf(stderr, "ntpd: -u is ignored: write \"user\" in "
		    "ntpd.conf\n");
	else
		fprintf(stderr, "ntpd: -%c is not needed: the clock is set at "
		    "the start\n", option);
}

enum work { TO_RUN, TO_CHECK };

static const char letters[] = "df:ghnQqsu:Vvx";

static const struct option words[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static enum work
parse_options(struct parent_options *o, int argc, char *argv[])
{
	enum work	 what = TO_RUN;
	int		 ch;

	while ((ch = getopt_long(argc, argv, letters, words, NULL)) != -1) {
		switch (ch) {
		case 'd':
			o->foreground = true;
			break;
		case 'f':
			o->config_file = optarg;
			break;
		case 'h':
			usage(stdout);
		case 'n':
			what = TO_CHECK;
			break;
		case 'Q':
			o->once = ONCE_SHOW;
			break;
		case 'q':
			o->once = ONCE_SET;
			break;
		case 'g':
		case 's':
		case 'u':
			explain_foreign(ch);
			break;
		case 'V':
			version();
		case 'v':
			o->verbose++;
			break;
		case 'x':
			o->read_only = true;
			break;
		default:
			usage(stderr);
		}
	}
	return what;
}

/* What follows the options: the N servers of -q and -Q. */
static void
take_servers(struct parent_options *o, int n, char *servers[])
{
	o->servers = servers;
	o->nservers = (size_t)n;
	if (n > 0 && o->once == ONCE_NOT)
		usage(stderr);
	o->foreground |= o->once != ONCE_NOT;
	o->read_only |= o->once == ONCE_SHOW;
}

int
main(int argc, char *argv[], char *envp[])
{
	struct parent_options options = { .config_file = CONFIG_FILE };
	enum work	 what;

	/* Memory that is free again is kept: that takes no munmap(2). */
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	setproctitle_init(argc, argv, envp);
	log_init(log_standard_error(), 0);
	if (argc == 4 && strcmp(argv[1], "-P") == 0)
		child_main(argv[2], argv[3]);
	forget_starter();
	what = parse_options(&options, argc, argv);
	take_servers(&options, argc - optind, argv + optind);
	if (what == TO_CHECK)
		return check_config(options.config_file);
	return parent_main(&options);
}
