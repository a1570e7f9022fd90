/*
 * ntpctl by the name ntpq.  It asks the daemon of this machine, over the
 * control socket: queries over the network (mode 6) are not answered by ntpd.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "common/version.h"
#include "ntpctl/ask.h"
#include "ntpctl/ntpq.h"

#define COMMANDS_MOST	16	/* -c, on one line */
#define WORD_LEN	32

enum command_kind { PEERS, ASSOCIATIONS, VARIABLES, VERSION };

struct ntpq {
	const char	*socket;
	const char	*commands[COMMANDS_MOST];
	size_t		 ncommands;
	struct ntpq_names names;
	struct report	 report;
};

/* Their names; fewer letters do as long as they are these. */
static const struct {
	const char	*name;
	size_t		 least;		/* letters */
	enum command_kind kind;
} commands[] = {
	{ "peers", 2, PEERS },
	{ "lpeers", 2, PEERS },
	{ "opeers", 2, PEERS },
	{ "associations", 2, ASSOCIATIONS },
	{ "lassociations", 3, ASSOCIATIONS },
	{ "rv", 2, VARIABLES },
	{ "rl", 2, VARIABLES },
	{ "readvar", 5, VARIABLES },
	{ "readlist", 5, VARIABLES },
	{ "version", 3, VERSION },
};

static void
usage(void)
{
	fprintf(stderr, "usage: ntpq [-46npVw] [-S socket] [-c command] "
	    "[localhost]\n");
	exit(2);
}

static void
add_command(struct ntpq *q, const char *command)
{
	if (q->ncommands == COMMANDS_MOST)
		errx(2, "more than %d commands", COMMANDS_MOST);
	q->commands[q->ncommands++] = command;
}

/* Only the daemon here answers, whatever the name it is called by. */
static void
check_host(const char *host)
{
	static const char *const here[] = { "localhost", "localhost4",
	    "localhost6", "ip6-localhost", "127.0.0.1", "::1" };
	size_t		 i;

	for (i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		if (strcasecmp(host, here[i]) == 0)
			return;
	errx(2, "%s: only the ntpd of this machine can be asked", host);
}

static void
parse_options(struct ntpq *q, int argc, char **argv)
{
	int		 ch;

	while ((ch = getopt(argc, argv, "46c:npS:Vw")) != -1) {
		switch (ch) {
		case '4':
		case '6':
			break;		/* no address is used */
		case 'c':
			add_command(q, optarg);
			break;
		case 'n':
			q->names.numeric = true;
			break;
		case 'p':
			add_command(q, "peers");
			break;
		case 'S':
			q->socket = optarg;
			break;
		case 'V':
			printf("ntpq %s\n", NTPD_VERSION);
			exit(0);
		case 'w':
			q->names.wide = true;
			break;
		default:
			usage();
		}
	}
	for (; optind < argc; optind++)
		check_host(argv[optind]);
	if (q->ncommands == 0)
		usage();
}

/* The association that WORD names: a number, or "&" and one; 0: the system. */
static size_t
association(const struct ntpq *q, const char *word)
{
	const char	*wrong;
	long long	 id;

	id = strtonum(word[0] == '&' ? word + 1 : word, 0,
	    (long long)q->report.npeers, &wrong);
	if (wrong != NULL)
		errx(2, "association %s is %s: there are 1 to %zu", word,
		    wrong, q->report.npeers);
	return (size_t)id;
}

/* ARGUMENTS: nothing, an association, variables after it. */
static void
show_variables(const struct ntpq *q, const char *arguments)
{
	char		 word[WORD_LEN];
	size_t		 len = strcspn(arguments, " ");
	const char	*names = arguments + len;

	names += strspn(names, " ");
	if (len == 0) {
		ntpq_show_variables(stdout, &q->report, 0, NULL);
		return;
	}
	if (len >= sizeof(word))
		errx(2, "association %s: too long", arguments);
	memcpy(word, arguments, len);
	word[len] = '\0';
	ntpq_show_variables(stdout, &q->report, association(q, word),
	    names[0] == '\0' ? NULL : names);
}

static void
run(const struct ntpq *q, const char *command)
{
	const struct report *r = &q->report;
	size_t		 i, len;

	command += strspn(command, " ");
	len = strcspn(command, " ");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (len >= commands[i].least &&
		    strncmp(command, commands[i].name, len) == 0)
			break;
	if (i == sizeof(commands) / sizeof(commands[0]))
		errx(2, "command %s: not one of peers, associations, rv, "
		    "version", command);
	command += len;
	command += strspn(command, " ");
	/* In these words, to the standard error: scripts look for them. */
	if (r->npeers == 0 && (commands[i].kind == PEERS ||
	    commands[i].kind == ASSOCIATIONS)) {
		fprintf(stderr, "No association ID's returned\n");
		return;
	}
	switch (commands[i].kind) {
	case PEERS:
		ntpq_show_peers(stdout, r->peers, r->npeers, q->names);
		break;
	case ASSOCIATIONS:
		ntpq_show_associations(stdout, r->peers, r->npeers);
		break;
	case VARIABLES:
		show_variables(q, command);
		break;
	case VERSION:
		printf("ntpq %s\n", NTPD_VERSION);
		break;
	}
}

int
ntpq_main(int argc, char **argv)
{
	struct ntpq	 q = { .socket = CONTROL_SOCKET };
	char		 why[ASK_WHY_LEN];
	size_t		 i;

	parse_options(&q, argc, argv);
	if (ask(q.socket, SHOW_STATUS | SHOW_PEERS, ASK_TIMEOUT, &q.report,
	    why) != ASK_OK) {
		report_clear(&q.report);
		errx(1, "%s", why);
	}
	for (i = 0; i < q.ncommands; i++)
		run(&q, q.commands[i]);
	report_clear(&q.report);
	if (fflush(stdout) != 0 || ferror(stdout))
		err(1, "standard output");
	return 0;
}
