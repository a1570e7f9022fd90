/*
 * What fuzz targets have in common.
 */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regress/fuzz/fuzz.h"

static const char *directory;
static FILE	*file;

static void
finish(void)
{
	if (file != NULL && fclose(file) != 0)
		err(1, "%s", directory);
	file = NULL;
}

void
seed_begin(const char *name)
{
	char		 path[PATH_MAX];

	finish();
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if ((file = fopen(path, "w")) == NULL)
		err(1, "%s", path);
}

void
seed_add(const void *data, size_t len)
{
	if (fwrite(data, 1, len, file) != len)
		err(1, "%s", directory);
}

void
seed_fill(uint8_t byte, size_t count)
{
	while (count-- > 0)
		seed_add(&byte, 1);
}

void
seed(const char *name, const void *data, size_t len)
{
	seed_begin(name);
	seed_add(data, len);
}

void
seed_hex(const char *name, const char *hex)
{
	unsigned	 byte;
	int		 used;

	seed_begin(name);
	for (; sscanf(hex, "%2x%n", &byte, &used) == 1; hex += used)
		seed_fill((uint8_t)byte, 1);
}

void
write_seeds(const char *into)
{
	directory = into;
	make_seeds();
	finish();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char	 option[64];
	char		**args = calloc((size_t)*argc + 2, sizeof(*args));
	int		 i;

	if (args == NULL)
		err(1, NULL);
	/* Behind the program's name: an option that is given comes later. */
	for (i = 0; i < *argc; i++)
		args[i + (i > 0)] = (*argv)[i];
	snprintf(option, sizeof(option), "-max_len=%zu", input_most);
	args[1] = option;
	(*argc)++;
	*argv = args;
	return 0;
}

void
require(bool holds)
{
	if (!holds)
		abort();
}
