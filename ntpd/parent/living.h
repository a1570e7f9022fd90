/*
 * Do the children live?  One that hangs, by an endless loop, a stop or a
 * system call that does not return, is as good as one that has ended.
 */
#ifndef NTPD_PARENT_LIVING_H
#define NTPD_PARENT_LIVING_H

#include <stdbool.h>

#include "common/instant.h"
#include "common/log.h"

struct child;
struct children;
struct message;

/*
 * Each child is asked as often as processes.h says, and answers as soon as it
 * reads the question; if it does not, it is asked twice as often.  Unanswered
 * questions are counted, not seconds: the parent asks none while the machine
 * sleeps or is paused, and after that a child has as many as before.
 *
 *  state	 what is true			 held up after
 *  LIVING_STARTS it has not answered so far	 10 questions
 *  LIVING_RUNS	 it has answered		 4 questions
 *  LIVING_BUSY	 it has said that its work may	 an hour in which it was not
 *		 take long			 asked, and said nothing
 * An answer leads to RUNS, being busy to BUSY; a new process STARTS.
 */
enum living_state { LIVING_STARTS, LIVING_RUNS, LIVING_BUSY };

struct living {
	enum living_state state;
	struct instant	 ask;		/* the next time; BUSY: its end */
	unsigned	 unanswered;	/* questions */
	struct log_limit log;
};

/* A child is started at NOW, which is when it is first asked. */
void		 living_begin(struct living *l, struct instant now);

/*
 * Ask those whose time has come, up to the first that is held up, which is
 * returned; NULL if there is none any more.
 */
struct child	*living_ask(struct children *c, struct instant now);

/*
 * It has answered, or says that it is busy: the sender of MSG.  False if it was
 * not asked.
 */
bool		 living_answered(struct children *c, const struct message *msg);
void		 living_busy(struct children *c, const struct message *msg);

/* When the next one is to be asked. */
struct instant	 living_deadline(const struct children *c);

#endif
