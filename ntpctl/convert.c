/*
 * The file as a whole, and which function converts which line of it.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/foreign.h"
#include "ntpctl/convert_sensor.h"

#define LINE_MOST	4096		/* bytes; longer ones are not read */
#define FILE_MOST	(1 << 20)	/* bytes, as of ntpd.conf */

static const struct {
	const char	*word;
	converter	*convert;
} directives[] = {
	{ "server", convert_server },
	{ "pool", convert_server },
	{ "peer", convert_server },
	{ "restrict", convert_restrict },
	{ "allow", convert_allow },
	{ "deny", convert_allow },
	{ "interface", convert_interface },
	{ "nic", convert_interface },
	{ "bindaddress", convert_bind },
	{ "binddevice", convert_bind },
	{ "bindacqaddress", convert_bind },
	{ "driftfile", convert_driftfile },
	{ "keys", convert_keys },
	{ "keyfile", convert_keys },
	{ "leapfile", convert_leapfile },
	{ "leapseclist", convert_leapfile },
	{ "leapsectz", convert_leapfile },
	{ "leapsecmode", convert_leap },
	{ "tos", convert_tos },
	{ "tinker", convert_tinker },
	{ "makestep", convert_makestep },
	{ "authselectmode", convert_authentication },
	{ "local", convert_local },
	{ "fudge", convert_fudge },
	{ "refclock", convert_refclock },
};

/* What is not converted by a function is explained. */
static void
explain(struct convert *c, const char *word)
{
	const struct foreign *f = foreign_find(word);

	if (f == NULL)
		convert_note(c, "not known; \"man ntpd.conf\" says what there "
		    "is");
	else if (f->instead == NULL)
		convert_note(c, "%s", f->why != NULL ? f->why :
		    "not needed, or not settable");
	else
		convert_note(c, "write %s%s%s", f->instead,
		    f->why != NULL ? "; " : "", f->why != NULL ? f->why : "");
}

/* What converts lines that begin with WORD; NULL: nothing does. */
static converter *
find_converter(const char *word)
{
	size_t		 i;

	for (i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (strcasecmp(word, directives[i].word) == 0)
			return directives[i].convert;
	return NULL;
}

static void
convert_words(struct convert *c, const struct convert_line *line)
{
	converter	*convert = find_converter(line->words[0]);

	if (convert != NULL)
		convert(c, line);
	else
		explain(c, line->words[0]);
}

/* Cut TEXT, which is changed, into words, up to a comment; is there one? */
static bool
cut_words(char *text, struct convert_line *line)
{
	char		*word;

	line->n = 0;
	/* '!', ';' and '%' begin a comment in chrony.conf. */
	if (strchr("!;%", text[strspn(text, " \t")]) != NULL)
		return false;
	text[strcspn(text, "#")] = '\0';
	while (line->n < CONVERT_WORDS_MOST &&
	    (word = strsep(&text, " \t\r")) != NULL)
		if (*word != '\0')
			line->words[line->n++] = word;
	return line->n > 0;
}

static void
convert_text(struct convert *c, char *text)
{
	struct convert_line line;
	const char	*first = text + strspn(text, " \t");

	if (*first == '\0')
		fputc('\n', c->out);
	else if (strchr("#!;%", *first) != NULL)
		convert_put(c, "# ", first + 1 + strspn(first + 1, " "));
	else if (strlen(text) > LINE_MOST)
		convert_note(c, "a line that is too long");
	else {
		convert_put(c, "# ", first);
		if (cut_words(text, &line))
			convert_words(c, &line);
	}
}

/* What a line has to know of those after it. */
static void
look_ahead(struct convert *c, char *text)
{
	struct convert_line line;
	converter	*convert;

	if (strlen(text) > LINE_MOST || !cut_words(text, &line))
		return;
	convert = find_converter(line.words[0]);
	if (convert == convert_fudge)
		convert_look_fudge(c, &line);
	else if (convert == convert_keys)
		c->keys_named |= convert_path(&line) != NULL;
	else if (convert == convert_bind &&
	    strcasecmp(line.words[0], "bindacqaddress") == 0)
		convert_query(c, &line);
	else if (convert == convert_server)
		c->keys_used |= convert_has_word(&line, "key");
}

/* Give a copy of each line of the LEN bytes at FILE to WHAT. */
static void
each_line(struct convert *c, const char *file, size_t len,
    void (*what)(struct convert *, char *))
{
	const char	*at, *end;
	char		*text;

	for (at = file; at < file + len; at = end + 1) {
		end = memchr(at, '\n', (size_t)(file + len - at));
		if (end == NULL)
			end = file + len;
		text = strndup(at, (size_t)(end - at));
		if (text == NULL)
			err(4, NULL);
		what(c, text);
		free(text);
	}
}

/* Which part servers have that are not authenticated. */
static void
convert_mode(struct convert *c)
{
	if (c->proven > 0 && c->proven < c->servers + c->nsensors &&
	    c->mode == NULL) {
		fputs("\n# Servers without key, nts or trusted have no part in "
		    "the time.\n", c->out);
		convert_note(c, "if they are to have one, write "
		    "\"authentication mix\"");
	}
	if (c->mode == NULL)
		return;
	fputc('\n', c->out);
	if (strcmp(c->mode, "require") == 0 && c->servers > 0 &&
	    c->proven == 0)
		convert_note(c, "authentication require: no server has a key, "
		    "nts or trusted, so none would have a part in the time");
	else
		convert_into(c, "authentication %s", c->mode);
}

/* What could be said only when all was read. */
static void
convert_end(struct convert *c)
{
	bool		 asked = c->nrules > 0;

	sensor_write_waiting(c);
	convert_mode(c);
	if (!asked && c->local_stratum == 0)
		return;
	fputs("\n# From several of the lines above:\n", c->out);
	if (c->local_orphan && c->local_stratum > CONVERT_ORPHAN_MOST)
		c->local_stratum = CONVERT_ORPHAN_MOST;
	if (c->local_stratum != 0)
		convert_into(c, "local stratum %u%s", c->local_stratum,
		    c->local_orphan ? " orphan" : "");
	if (asked && c->nlistens == 0)
		convert_into(c, "listen on *");
	if (asked && c->limits)
		convert_into(c, "ratelimit");
	convert_rules(c);
}

bool
convert_file(FILE *in, FILE *out)
{
	struct convert	*c = calloc(1, sizeof(*c));
	char		*file = malloc(FILE_MOST + 1);
	size_t		 len;
	bool		 ok = c != NULL && file != NULL;

	if (ok) {
		len = fread(file, 1, FILE_MOST + 1, in);
		ok = !ferror(in) && len <= FILE_MOST;
		if (len > FILE_MOST)
			errno = EFBIG;
	}
	if (ok) {
		c->out = out;
		each_line(c, file, len, look_ahead);
		each_line(c, file, len, convert_text);
		convert_end(c);
	}
	free(file);
	free(c);
	return ok;
}

int
convert_main(int argc, char **argv)
{
	FILE		*in = stdin;
	bool		 ok;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-' &&
	    argv[1][1] != '\0')) {
		fprintf(stderr, "usage: ntpctl convert [file]\n");
		return 2;
	}
	if (argc == 2 && strcmp(argv[1], "-") != 0)
		in = fopen(argv[1], "re");
	if (in == NULL)
		err(2, "%s", argv[1]);
	ok = convert_file(in, stdout);
	if (!ok)
		warn("%s", argc == 2 ? argv[1] : "standard input");
	if (in != stdin)
		fclose(in);
	if (fflush(stdout) != 0 || ferror(stdout))
		err(4, "standard output");
	return ok ? 0 : 2;
}
