/*
 * What the launcher says of the children: which process is whose, and how one
 * has ended.
 */
#include <sys/wait.h>

#include "common/log.h"
#include "ntpd/parent/children.h"

/* The child that the launcher means by NAME, or NULL. */
static struct child *
named(struct children *c, const struct child_name *name)
{
	struct child	*child = c->list;

	for (; child < c->list + CHILDREN_MOST; child++)
		if (child->process == name->process &&
		    child->instance == name->instance)
			return child;
	return NULL;
}

void
children_started(struct children *c, const struct child_started *started)
{
	struct child	*child = named(c, &started->name);

	if (child != NULL)
		child->pid = started->pid;
}

static void
log_end(const struct child_ended *end)
{
	const char	*name = process_name((enum process)end->name.process);

	if (WIFSIGNALED(end->status))
		log_warnx("%s (pid %d) was killed by signal %d%s", name,
		    end->pid, WTERMSIG(end->status),
		    WTERMSIG(end->status) == SIGSYS ?
		    ": it made a system call that its sandbox forbids, or "
		    "aborted" : "");
	else if (WEXITSTATUS(end->status) != 0)
		log_warnx("%s (pid %d) ended with status %d", name, end->pid,
		    WEXITSTATUS(end->status));
	else
		log_debug("%s (pid %d) ended", name, end->pid);
}

void
children_log_end(struct children *c, const struct child_ended *end)
{
	struct child	*child = named(c, &end->name);

	if (child == NULL)
		return;
	if (child->process == ENGINE)
		c->engine_reported = true;
	child->restart.reported = true;
	if (child->pid == end->pid)
		child->pid = 0;
	if (end->status == 0 ||
	    log_allowed(&child->restart.ends, instant_now(), NULL))
		log_end(end);
}

void
children_await_report(struct children *c)
{
	struct pollset	 set;
	struct message	 msg;
	struct instant	 end = instant_add(instant_now(), REPORT_WAIT);
	bool		 there = c->launcher->open;

	while (there && !c->engine_reported &&
	    instant_before(instant_now(), end)) {
		pollset_clear(&set);
		channel_poll(c->launcher, &set);
		pollset_wait(&set, end, NULL);
		there = channel_transfer(c->launcher, &set);
		while (channel_receive(c->launcher, &msg))
			children_log_end(c, msg.data);
		there = there && c->launcher->open;
	}
}
