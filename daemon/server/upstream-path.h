/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/upstream-probe.h"

/*
 * A program that passes a page on can leave out headers that it does not know, and the query. What it has to
 * pass on is the path. So the random amount is in the path of some requests, and others are for the page itself:
 * a server that has been sent requests of one size, apart from these amounts, has the page. A program that makes
 * the page with data of a server asks for the data with requests of another size, or does not know the longer
 * paths at all. Not recognized is one that asks for a page at a fixed address.
 */

/*
 * Whether each of the trials by upstream_probe_path() that matter says that the peer has the page: at least
 * two with an amount and two without one, and most of all. Pure.
 */
bool upstream_path_has(const struct upstream_trials *trials, size_t peer);

/*
 * Forgets the earlier trials, and sends such requests: two if the program does not know longer paths, at most
 * eight. Adds the servers that have the page to `found`, and returns how many there are.
 */
unsigned upstream_path_ask(struct upstream_probe *probe, struct upstream *found);
