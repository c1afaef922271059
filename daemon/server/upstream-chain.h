/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/upstream.h"

/*
 * A chain of proxies: several servers had the request, but their connections were too short, or
 * carried too much else, to see which of them has it from which other one. Requests that are sent to
 * each of them directly show that.
 */

enum { UPSTREAM_CHAIN_MAX = 3 }; /* servers; more are not resolved */

/*
 * The last of `count` servers: next[i] is the one that server i passes
 * requests on to, or -1 if it is not known to pass any on. Returns -1 unless all others lead to it.
 * Pure.
 */
int upstream_chain_last(const int next[], unsigned count);

/*
 * Reduces the ends to the last one, if that is certain. Sends requests for about 2 s to each. `alone`:
 * as in upstream_probe_all().
 */
void upstream_chain_resolve(
	const struct upstream_question *question, bool alone, struct upstream *found);
