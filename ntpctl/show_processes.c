/*
 * ntpctl -s processes: what each process of ntpd may do, and what it uses.
 */
#include <sys/param.h>

#include <inttypes.h>
#include <string.h>

#include <bsd/string.h>

#include "ntpctl/show.h"

#define COLUMNS		10
#define CELL_LEN	80
#define MIB		1048576.0

/* Those with words are left-aligned, those with numbers right. */
static const struct {
	const char	*title;
	bool		 left;
} columns[COLUMNS] = {
	{ "process", true }, { "pid", false }, { "user", true },
	{ "root", true }, { "capabilities", true }, { "calls", false },
	{ "landlock", true }, { "MiB", false }, { "fds", false },
	{ "restarts", false }
};

static void
capabilities(char text[CELL_LEN], const struct process *process)
{
	char		 name[PROCESS_CAPABILITY_LEN];
	unsigned	 bit;

	text[0] = '\0';
	for (bit = 0; bit < 64; bit++) {
		if ((process->capabilities & (UINT64_C(1) << bit)) == 0)
			continue;
		if (text[0] != '\0')
			strlcat(text, ",", CELL_LEN);
		strlcat(text, process_capability(bit, name), CELL_LEN);
	}
	if (text[0] == '\0')
		strlcpy(text, "none", CELL_LEN);
}

static const char *
landlock(uint32_t value)
{
	static const char *const words[] = {
		[LANDLOCK_MISSING] = "missing", [LANDLOCK_NONE] = "no files",
		[LANDLOCK_LOOKUPS] = "read", [LANDLOCK_RUN_ANY] = "read, run",
		[LANDLOCK_FOLDERS] = "folders"
	};

	return words[value];	/* record.c has looked */
}

static void
number(char text[CELL_LEN], uint64_t value)
{
	snprintf(text, CELL_LEN, "%" PRIu64, value);
}

static void
fill(char cells[COLUMNS][CELL_LEN], const struct process *process)
{
	const struct control_process *said = &process->said;
	size_t		 i;

	for (i = 0; i < COLUMNS; i++)
		strlcpy(cells[i], "-", CELL_LEN);
	strlcpy(cells[0], said->process, CELL_LEN);
	if (said->instance > 0)
		snprintf(cells[0], CELL_LEN, "%.16s %" PRIu32, said->process,
		    said->instance);
	if (said->pid != 0)
		number(cells[1], said->pid);
	if (process->user[0] != '\0')
		strlcpy(cells[2], process->user, CELL_LEN);
	strlcpy(cells[3], said->root == ROOT_EMPTY ? "empty" : "/", CELL_LEN);
	if (process->seen) {
		capabilities(cells[4], process);
		snprintf(cells[7], CELL_LEN, "%.1f",
		    (double)process->memory / MIB);
	}
	number(cells[5], said->calls);
	strlcpy(cells[6], landlock(said->landlock), CELL_LEN);
	if (process->descriptors >= 0)
		number(cells[8], (uint64_t)process->descriptors);
	number(cells[9], said->restarts);
}

void
show_processes(FILE *out, const struct process *processes, size_t n)
{
	static char	 cells[REPORT_PROCESSES_MAX + 1][COLUMNS][CELL_LEN];
	int		 width[COLUMNS] = { 0 };
	size_t		 i, k;

	for (k = 0; k < COLUMNS; k++)
		strlcpy(cells[0][k], columns[k].title, CELL_LEN);
	for (i = 1; i <= n && i <= REPORT_PROCESSES_MAX; i++)
		fill(cells[i], &processes[i - 1]);
	for (i = 0; i <= n; i++)
		for (k = 0; k < COLUMNS; k++)
			width[k] = MAX(width[k], (int)strlen(cells[i][k]));
	for (i = 0; i <= n; i++)
		for (k = 0; k < COLUMNS; k++)
			fprintf(out, "%*s%s", columns[k].left ? -width[k] :
			    width[k], cells[i][k],
			    k + 1 < COLUMNS ? "  " : "\n");
}
