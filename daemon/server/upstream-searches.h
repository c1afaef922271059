/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/upstream.h"
#include "util/loop.h"

/*
 * Searches for the servers behind proxies, see upstream.h. Each runs on a thread of its own, so a
 * server that does not answer delays only the search for what is behind it. Of one port there is
 * one search at a time: otherwise each would see the requests of the other. A thread ends when
 * there is no search for it.
 */

enum { UPSTREAM_SEARCHES_MAX = 32 }; /* at once; further ones wait */

struct upstream_searches;
struct upstream_search;

struct upstream_searches *upstream_searches_new(struct loop *loop);
/* Waits for those that were cancelled, which end soon. All others must be done. Accepts NULL. */
void upstream_searches_free(struct upstream_searches *searches);

typedef void upstream_search_fn(const struct upstream *found, void *userdata);

/*
 * Copies the question; its `stop` and `own` are ignored. Calls done() once, on the loop. NULL if no thread can
 * be started.
 */
struct upstream_search *upstream_searches_begin(struct upstream_searches *searches,
	const struct upstream_question *question, upstream_search_fn *done, void *userdata);
/* For callers that no longer want the result; not after done(). Accepts NULL. */
void upstream_search_cancel(struct upstream_search *search);
