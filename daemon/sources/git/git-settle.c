/* SPDX-License-Identifier: MIT */
#include "sources/git/git-settle.h"

#include <stddef.h>

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void git_settle_stir(struct git_settle *settle, uint64_t now_usec)
{
	settle->last_usec = now_usec;
	if (!settle->busy) {
		settle->busy = true;
		settle->first_usec = now_usec;
	}
}

uint64_t git_settle_due(const struct git_settle *settle, const struct git_signs *signs,
	uint64_t now_usec, const char **at)
{
	uint64_t most = settle->first_usec + GIT_STEP_MAX_USEC;
	uint64_t quiet = settle->last_usec + (signs->stashed ? GIT_STASH_USEC : GIT_SETTLE_USEC);
	uint64_t locked = settle->last_usec + GIT_LOCK_MAX_USEC;
	uint64_t step = settle->last_usec + GIT_STEP_QUIET_USEC;

	*at = NULL;
	if (now_usec < earlier(quiet, most)) {
		return earlier(quiet, most);
	}
	if (signs->locked && now_usec < locked) {
		*at = "a command";
		return locked;
	}
	if (signs->stepping && now_usec < earlier(step, most)) {
		*at = signs->stepping;
		return earlier(step, most);
	}
	return now_usec;
}
