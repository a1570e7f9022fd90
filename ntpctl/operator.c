/*
 * Commands for root: one record there, one back.
 */
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "common/format.h"
#include "ntpctl/ask.h"
#include "ntpctl/connect.h"
#include "ntpctl/operator.h"

#define TIMEOUT		8.0	/* s; ntpd gives up after 5 */

enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_NO_ANSWER };

static const struct {
	const char	*word;
	enum operator_argument argument;
} commands[] = {
#define COMMAND(name, word, argument)	{ #word, argument },
	OPERATOR_COMMANDS(COMMAND)
#undef COMMAND
};

bool
operator_find(const char *word, enum operator_command *command)
{
	size_t		 i;

	for (i = 0; i < OPERATOR_COUNT; i++)
		if (strcmp(word, commands[i].word) == 0) {
			*command = (enum operator_command)i;
			return true;
		}
	return false;
}

static int
fail(char *why, const char *path, int error)
{
	if (error == EACCES || error == EPERM)
		snprintf(why, OPERATOR_TEXT_LEN, "only root may do that: %s: "
		    "%s", path, strerror(error));
	else if (error == EAGAIN)
		snprintf(why, OPERATOR_TEXT_LEN, "ntpd does not answer: %s",
		    path);
	else if (error == ENOENT || error == ECONNREFUSED)
		snprintf(why, OPERATOR_TEXT_LEN, "ntpd is not running: %s: "
		    "%s", path, strerror(error));
	else
		snprintf(why, OPERATOR_TEXT_LEN, "%s: %s", path,
		    strerror(error));
	return EXIT_NO_ANSWER;
}

/* What ntpd has answered; its words come from a process that may err. */
static int
take(const struct operator_result *result, size_t len, char *why)
{
	size_t		 i;

	if (len != sizeof(*result) || result->version != CONTROL_VERSION) {
		strlcpy(why, "ntpd and this ntpctl are of different versions: "
		    "restart ntpd if it was just upgraded", OPERATOR_TEXT_LEN);
		return EXIT_NO_ANSWER;
	}
	if (result->done == 1)
		return EXIT_DONE;
	for (i = 0; i < sizeof(result->why) && result->why[i] != '\0'; i++)
		why[i] = result->why[i] >= ' ' && result->why[i] <= '~' ?
		    result->why[i] : '?';
	why[i] = '\0';
	return EXIT_REFUSED;
}

int
operator_tell(const char *path, struct operator_order *order, double timeout,
    char *why)
{
	char		 root[CONNECT_PATH_MOST + sizeof(OPERATOR_SUFFIX) + 1];
	struct operator_result result;
	ssize_t		 len;
	int		 fd, code;

	order->version = CONTROL_VERSION;
	strlcpy(root, path, sizeof(root));
	if (strlcat(root, OPERATOR_SUFFIX, sizeof(root)) >= sizeof(root))
		return fail(why, path, ENAMETOOLONG);
	if ((fd = connect_unix(root, SOCK_SEQPACKET, timeout)) == -1)
		return fail(why, root, errno);
	if (send(fd, order, sizeof(*order), MSG_NOSIGNAL) == -1 ||
	    (len = recv(fd, &result, sizeof(result), 0)) == -1)
		code = fail(why, root, errno);
	else
		code = take(&result, (size_t)len, why);
	close(fd);
	return code;
}

static void
usage(void)
{
	fprintf(stderr, "usage: ntpctl ask [-S socket] [server]\n"
	    "       ntpctl off | on [-S socket] server\n"
	    "       ntpctl reload [-S socket]\n"
	    "       ntpctl step [-y] [-S socket]\n");
	exit(EXIT_USAGE);
}

/* Does who sits at the terminal want the clock set BY s? */
static bool
confirm(double by)
{
	char		 step[FORMAT_LEN], line[16];

	printf("set the clock %s? [y/N] ", format_step(by, step));
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

/* By how much ntpd would set the clock, confirmed; exits otherwise. */
static double
find_step(const char *path, bool is_sure)
{
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	double		 by;

	if (ask(path, SHOW_STATUS, ASK_TIMEOUT, &report, why) != ASK_OK) {
		warnx("%s", why);
		exit(EXIT_NO_ANSWER);
	}
	by = report.status.offset;
	report_clear(&report);
	if (isnan(by) || by == 0) {
		warnx("ntpd does not know by how much the clock is off");
		exit(EXIT_REFUSED);
	}
	if (!is_sure && !confirm(by)) {
		warnx("the clock is left as it is");
		exit(EXIT_REFUSED);
	}
	return by;
}

int
operator_main(enum operator_command command, int argc, char **argv)
{
	struct operator_order order;
	const char	*path = CONTROL_SOCKET;
	char		 why[OPERATOR_TEXT_LEN];
	bool		 is_sure = false;
	int		 ch, code, named;

	memset(&order, 0, sizeof(order));
	order.command = command;
	while ((ch = getopt(argc, argv,
	    command == OPERATOR_STEP ? "S:y" : "S:")) != -1)
		if (ch == 'S')
			path = optarg;
		else if (ch == 'y')
			is_sure = true;
		else
			usage();
	named = argc - optind;
	if (named > (commands[command].argument != NO_SERVER) ||
	    named < (commands[command].argument == ONE_SERVER))
		usage();
	if (named == 1 && (argv[optind][0] == '\0' || strlcpy(order.name,
	    argv[optind], sizeof(order.name)) >= sizeof(order.name)))
		usage();
	if (command == OPERATOR_STEP)
		order.by = find_step(path, is_sure);
	code = operator_tell(path, &order, TIMEOUT, why);
	if (code != EXIT_DONE)
		warnx("%s", why);
	return code;
}
