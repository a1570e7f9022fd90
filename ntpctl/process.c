/*
 * What the kernel knows of a process.  It is asked here, and not by ntpd: none
 * of its processes may read /proc, and one that was taken over would have a say
 * in what is said of it.
 */
#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "ntpctl/process.h"

#define PATH_LEN	256
#define KIB		1024

const char *
process_capability(unsigned number, char text[PROCESS_CAPABILITY_LEN])
{
	static const char *const names[64] = {	/* capability.h */
		[10] = "net_bind_service", [18] = "sys_chroot",
		[25] = "sys_time"
	};

	if (number < 64 && names[number] != NULL)
		strlcpy(text, names[number], PROCESS_CAPABILITY_LEN);
	else
		snprintf(text, PROCESS_CAPABILITY_LEN, "%u", number);
	return text;
}

static void
set_user(struct process *process, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		strlcpy(process->user, pw->pw_name, sizeof(process->user));
	else
		snprintf(process->user, sizeof(process->user), "%u",
		    (unsigned)uid);
}

/* Take a LINE of /proc/PID/status; false if it is another program's. */
static bool
take_line(struct process *process, const char *line)
{
	unsigned	 uid;
	unsigned long long number;

	if (strncmp(line, "Name:", 5) == 0)
		return strcmp(line, "Name:\tntpd\n") == 0;
	if (sscanf(line, "Uid:\t%*u\t%u", &uid) == 1)
		set_user(process, uid);
	else if (sscanf(line, "CapEff:\t%llx", &number) == 1)
		process->capabilities = number;
	else if (sscanf(line, "VmRSS:\t%llu kB", &number) == 1)
		process->memory = (uint64_t)number * KIB;
	return true;
}

static bool
read_status(struct process *process, const char *folder)
{
	char		 path[PATH_LEN], line[PATH_LEN];
	FILE		*f;
	bool		 ok = true;

	snprintf(path, sizeof(path), "%s/status", folder);
	if ((f = fopen(path, "re")) == NULL)
		return false;
	while (ok && fgets(line, sizeof(line), f) != NULL)
		ok = take_line(process, line);
	fclose(f);
	return ok;
}

static int
count_descriptors(const char *folder)
{
	char		 path[PATH_LEN];
	const struct dirent *entry;
	DIR		*dir;
	int		 n = 0;

	snprintf(path, sizeof(path), "%s/fd", folder);
	if ((dir = opendir(path)) == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

void
process_look(struct process *process, const char *proc)
{
	char		 folder[PATH_LEN / 2];

	process->descriptors = -1;
	if (process->said.pid == 0)
		return;
	snprintf(folder, sizeof(folder), "%s/%u", proc, process->said.pid);
	process->seen = read_status(process, folder);
	if (process->seen)
		process->descriptors = count_descriptors(folder);
	else
		process->user[0] = '\0';
}
