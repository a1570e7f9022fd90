/*
 * Why a server cannot be used.
 */
#include "common/reason.h"

const char *
reason_text(enum reason reason)
{
	static const char *const texts[] = {
#define REASON(name, word, text)	text,
		REASONS(REASON)
#undef REASON
	};

	return texts[reason];
}
