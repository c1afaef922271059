/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/tab.h"

/*
 * A reload that failed: its server cannot be looked into (a container, another
 * user's, another machine's), or it is a proxy, and what is behind it does not
 * serve. The page is lost already, so the tab itself asks again, ever more seldom,
 * until it is answered; if somebody can see that nothing would answer, not even
 * that. An event of its own tells the story.
 */

/* The tab's reload has failed, as `why` says; its story is over. Does nothing for what is no server. */
void retry_begin(struct tab *tab, const char *why);
/* The one that retry_begin() asked for has failed too. */
void retry_again(struct tab *tab, const char *why);
/* It was answered: says how long that took. The tab's last step follows. */
void retry_answered(struct tab *tab);
/* The tab's story has ended, or another begins. NULL retry: nothing. */
void retry_end(struct tab *tab);

/* Whether `event` is the story of the tab's retry. */
bool retry_is(const struct tab *tab, uint64_t event);
/* What the tab waits for, and whether so long already that it is called down; NULL if for nothing. */
const char *retry_reason(const struct tab *tab, bool *down);

/*
 * Pure: how long to wait until the next try of one that began to fail so long ago;
 * CLOCK_NEVER if it is not tried any more.
 */
uint64_t retry_pause(uint64_t failing_usec, uint64_t give_up_usec);
