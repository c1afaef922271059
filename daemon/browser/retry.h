/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/tab.h"
#include "pipeline/ledger.h"

/*
 * A reload that failed: its server cannot be inspected (in a container, another user's, on
 * another machine), or it is a proxy whose backend is not serving. The tab no longer shows the
 * page, so it can only gain by trying again: it does so at increasing intervals, until there is an
 * answer. While it is clear that nothing would answer, the tab is not asked to try. The retry has
 * an event of its own.
 */

/*
 * The tab's reload has failed for the reason `why`, and its event is over. Does nothing for
 * a page without a server.
 */
void retry_begin(struct tab *tab, const char *why);
/* A reload that retry_begin() caused has failed too. */
void retry_again(struct tab *tab, enum step_kind kind, const char *why);
/* The server answered: adds a step with the time it took. The tab's last step follows. */
void retry_answered(struct tab *tab);
/* The tab's event has ended, or another one begins. Does nothing without a retry. */
void retry_end(struct tab *tab);

/* Whether `event` is that of the tab's retry. */
bool retry_is(const struct tab *tab, uint64_t event);
/*
 * What the tab waits for, and whether it has waited so long that it counts as down; NULL if
 * it waits for nothing.
 */
const char *retry_reason(const struct tab *tab, bool *down);
/* The event of the tab's retry, or 0. */
uint64_t retry_event(const struct tab *tab);

/*
 * How long to wait until the next try, if the first failure was `failing_usec` ago;
 * CLOCK_NEVER: no further try. Pure.
 */
uint64_t retry_pause(uint64_t failing_usec, uint64_t give_up_usec);
