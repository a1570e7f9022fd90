/*
 * ntpd: options, then one of two lives: the parent, or - re-executed with -P
 * - one of its children.
 */
#include <sys/prctl.h>

#include <bsd/stdlib.h>
#include <bsd/unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/config.h"
#include "ntpd/engine/engine.h"
#include "ntpd/launcher/launcher.h"
#include "ntpd/parent/parent.h"
#include "ntpd/process.h"
#include "ntpd/resolver/resolver.h"
#include "ntpd/server/server.h"
#include "ntpd/version.h"

static _Noreturn void
usage(void)
{
	fprintf(stderr, "usage: ntpd [-dnVvx] [-f file]\n");
	exit(1);
}

static void
report(void *arg, bool is_error, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s%s\n", is_error ? "" : "warning: ", line);
}

static int
check_config(const char *file)
{
	static struct config conf;

	if (!config_load(&conf, file, report, NULL))
		return 1;
	fprintf(stderr, "configuration OK\n");
	return 0;
}

static _Noreturn void
child_main(const char *name, const char *number)
{
	unsigned	 instance;

	instance = (unsigned)strtonum(number, 0, CONFIG_MAX_WORKERS, NULL);
	prctl(PR_SET_NAME, "ntpd");	/* it would be "exe" */
	switch (process_by_name(name)) {
	case LAUNCHER:
		launcher_main(CHILD_CHANNEL_FD);
	case ENGINE:
		engine_main(CHILD_CHANNEL_FD);
	case SERVER:
		server_main(CHILD_CHANNEL_FD, instance);
	case RESOLVER:
		resolver_main(CHILD_CHANNEL_FD);
	case PARENT:
	case PROCESSES:
		break;
	}
	usage();
}

int
main(int argc, char *argv[], char *envp[])
{
	struct parent_options options = { .config_file = CONFIG_FILE };
	bool		 check = false;
	int		 ch;

	setproctitle_init(argc, argv, envp);
	log_init(LOG_TO_STDERR, NULL, 0);
	if (argc == 4 && strcmp(argv[1], "-P") == 0)
		child_main(argv[2], argv[3]);
	while ((ch = getopt(argc, argv, "df:nVvx")) != -1) {
		switch (ch) {
		case 'd':
			options.foreground = true;
			break;
		case 'f':
			options.config_file = optarg;
			break;
		case 'n':
			check = true;
			break;
		case 'V':
			printf("ntpd %s\n", NTPD_VERSION);
			return 0;
		case 'v':
			options.verbose++;
			break;
		case 'x':
			options.read_only = true;
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	if (check)
		return check_config(options.config_file);
	return parent_main(&options);
}
