/*
 * What a vote means for each source.
 */
#include "ntpd/sync/classify.h"
#include "ntpd/sync/judge.h"
#include "ntpd/sync/learn.h"
#include "ntpd/sync/vote.h"

/* Does any source that the vote believes find the prediction right? */
static bool
fits_somebody(const struct sync *sync, const struct opinion *o)
{
	const struct source *s;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (o[i].truechimer && (s->state == SOURCE_DOUBTED ||
		    s->state == SOURCE_FITS ||
		    (s->state == SOURCE_NEW && s->fits > 0)))
			return true;
	}
	return false;
}

enum answer { ANSWER_ANY, ANSWER_FITS };

/*
 * Was a majority that says O heard since source S began to say something else?
 * With ANSWER_FITS only those count that the prediction fits.  What was said
 * before is no word against S.
 */
static bool
is_answered(const struct sync *sync, const struct opinion *o,
    const struct source *s, enum answer answer)
{
	const struct source *other;
	size_t		 i, voters = 0, heard = 0;

	for (i = 0; i < SYNC_SOURCES; i++) {
		other = &sync->sources[i];
		voters += o[i].usable;
		heard += o[i].truechimer && other != s &&
		    source_sample(other, 0)->when >= s->since &&
		    (answer == ANSWER_ANY || (other->state == SOURCE_FITS &&
		    other->surprises == 0));
	}
	return 2 * heard > voters;
}

/*
 * What the vote O means for source I.  True if it is heard as another one from
 * now on, as its path has changed, or its clock was wrong before.
 */
static bool
judge(struct sync *sync, const struct opinion *o, size_t i)
{
	struct source	*s = &sync->sources[i];
	bool		 another = false;

	if (!sync->agreed) {
		if (s->state == SOURCE_FALSE)
			s->surprises = 0;
		source_happens(s, EVENT_UNDECIDED);
	} else if (o[i].survivor) {
		another = s->state == SOURCE_INSISTS ||
		    s->state == SOURCE_FALSE;
		if (another && sync->filter.active[i])
			filter_reject(&sync->filter, i);
		if (another)
			s->surprises = 0;
		source_happens(s, EVENT_ACCEPTED);
	} else if (o[i].usable && (!o[i].truechimer ||
	    s->state == SOURCE_INSISTS) &&
	    is_answered(sync, o, s, ANSWER_ANY)) {
		if (s->waiting > 0)
			*s = source_story(s);
		source_happens(s, EVENT_OUTVOTED);
	}
	return another;
}

/*
 * Source I, of which O was said, is heard as another one.  Its newest sample
 * may be a surprise even so.  If a majority fits, it is not our clock, so the
 * path is what was improbable.  If not, that sample is not enough to make the
 * next one no surprise: learn those before it.
 */
static void
admit(struct sync *sync, const struct opinion *o, size_t i)
{
	const struct source *s = &sync->sources[i];
	size_t		 n = s->nsamples;

	if (classify_surprise(sync, i, source_sample(s, 0)) < CLASSIFY_SURPRISE)
		return;
	if (is_answered(sync, o, s, ANSWER_FITS)) {
		filter_allow(&sync->filter, i, o[i].offset);
		return;
	}
	while (n-- > 1)
		learn_sample(sync, i, source_sample(s, n));
}

void
judge_sources(struct sync *sync, double now, const struct estimate *base)
{
	struct opinion	 o[SYNC_SOURCES];
	bool		 agreed, another[SYNC_SOURCES];
	size_t		 i;

	agreed = vote_hold(sync, now, base, VOTE_SETTLED, o) > 0;
	sync->agreed = agreed && fits_somebody(sync, o);
	for (i = 0; agreed && !sync->agreed && i < SYNC_SOURCES; i++)
		o[i].survivor = o[i].truechimer = false;
	vote_publish(sync, o);
	for (i = 0; i < SYNC_SOURCES; i++)
		another[i] = sync->sources[i].used && judge(sync, o, i);
	learn_members(sync);
	for (i = 0; i < SYNC_SOURCES; i++)
		if (another[i])
			admit(sync, o, i);
}
