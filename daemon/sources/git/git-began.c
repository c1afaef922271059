/* SPDX-License-Identifier: MIT */
#include "sources/git/git-began.h"

uint64_t git_began_usec(uint64_t idle_usec, uint64_t now_usec)
{
	uint64_t late = now_usec - GIT_LATE_USEC;
	uint64_t idle = idle_usec ? idle_usec - GIT_TICK_USEC : 0;

	/* Idle after now: the clock was set back. */
	return idle > late && idle <= now_usec ? idle : late;
}
