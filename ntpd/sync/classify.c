/*
 * Each sample against the prediction.
 */
#include "ntpd/sync/bound.h"
#include "ntpd/sync/classify.h"
#include "ntpd/sync/learn.h"

/*
 * So many of the newest samples are the story of a source that has no part in
 * the estimate.  With more of them, an oscillator that drifts makes it look
 * unsteady.  Tuned: chaos_test.
 */
#define STORY		4

/* Are the samples of S compared with the prediction?  Else it has a story. */
static bool
is_compared(const struct source *s)
{
	return s->state == SOURCE_FITS || s->state == SOURCE_DOUBTED;
}

/*
 * A source that has no part in the estimate got another sample.  Its story are
 * the newest ones, as long as they are on one line.
 */
static void
go_on_with_story(struct source *s)
{
	source_forget(s, STORY);
	if (s->nsamples > 1 && source_contradicts(s, s->nsamples - 1))
		source_drop(s, s->nsamples - 1);
}

/* A sample that fits.  If others waited, they were wrong. */
static void
take_fit(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];

	if (is_compared(s)) {
		source_drop(s, s->waiting);
		source_straighten(s);
	} else
		go_on_with_story(s);
	s->surprises = 0;
	if (s->fits < DOUBT_ANSWERS)
		s->fits++;
	s->fitted = source_sample(s, 0)->when;
	source_happens(s, s->fits < DOUBT_ANSWERS ? EVENT_FITS :
	    EVENT_FITS_AGAIN);
}

/* One more of S waits, unless it contradicts those that do: then alone. */
static void
wait_for_more(struct source *s)
{
	s->waiting++;
	if (s->waiting > 1 && source_contradicts(s, s->waiting - 1)) {
		source_drop(s, s->waiting - 1);
		s->waiting = 1;
	}
}

/* One that is accepted while it surprises has not fitted before. */
static void
note_first_surprise(struct source *s)
{
	s->since = source_sample(s, 0)->when;
	if (s->state == SOURCE_FITS || s->state == SOURCE_NEW)
		s->turned = s->state == SOURCE_FITS;
}

/*
 * A sample that does not fit.  The first ones wait, apart from the older ones.
 * When the source insists, only these are left: its past says nothing about
 * what it says now.
 */
static void
take_surprise(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];
	bool		 waits = is_compared(s);

	s->fits = 0;
	if (s->surprises == 0)
		note_first_surprise(s);
	if (s->surprises <= DOUBT_ANSWERS)
		s->surprises++;
	source_happens(s, s->surprises < DOUBT_ANSWERS ? EVENT_SURPRISES :
	    EVENT_INSISTS);
	if (!waits) {
		go_on_with_story(s);
		return;
	}
	wait_for_more(s);
	if (s->state != SOURCE_DOUBTED)
		*s = source_story(s);
}

double
classify_surprise(const struct sync *sync, size_t i,
    const struct sample *sample)
{
	struct observation o = learn_observe(sync, i, sample);

	return filter_surprise(&sync->filter, i, &o,
	    source_length(&sync->sources[i]));
}

void
classify_sample(struct sync *sync, size_t i, const struct sample *sample)
{
	filter_predict(&sync->filter, sample->when);
	if (classify_surprise(sync, i, sample) < CLASSIFY_SURPRISE) {
		take_fit(sync, i);
		return;
	}
	bound_doubt(sync, i, learn_observe(sync, i, sample).offset);
	take_surprise(sync, i);
}
