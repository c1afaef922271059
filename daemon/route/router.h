/* SPDX-License-Identifier: MIT */
#pragma once

#include "loop/loop.h"
#include "project/project.h"

/*
 * Which project does a URL show, and how is that known? By a url rule of the
 * settings (url-rule.h); else a file: URL by its own path; a loopback URL by the process that listens on its port and that
 * process's working folder.
 */

struct router;
struct route_query;

struct route_answer {
	struct project *project; /* NULL if there is none */
	const char *reason;	 /* how it was found, or why not and what to do; UTF-8 */
};
typedef void route_answer_fn(const struct route_answer *answer, void *userdata);

struct router *router_new(struct loop *loop, struct registry *registry);
/* All queries must be answered or cancelled. */
void router_free(struct router *router);

/*
 * Asks. The answer comes once, from the loop or already before this returns; in
 * the latter case it returns NULL.
 */
struct route_query *router_ask(
	struct router *router, const char *url, route_answer_fn *answered, void *userdata);
void route_query_cancel(struct route_query *query);
