/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"
#include "project/project.h"

/*
 * Holds: while one lasts, the events of its project are kept. Each has a cookie,
 * its number, from 1, never given twice. Whoever asked for it owns it: `owner` is
 * any pointer that tells owners apart, and what an owner left behind ends with
 * holds_drop_owner().
 */

enum { HOLDS_MAX = 256 };

struct holds;

struct holds *holds_new(struct pipeline *pipeline);
/*
 * Told before a hold of the project ends, so that what it wrote and the daemon has not
 * read yet still belongs to it. `failed`: nothing of that is to be told.
 */
typedef void holds_ending_fn(struct project *project, bool failed, void *userdata);
void holds_on_ending(struct holds *holds, holds_ending_fn *ending, void *userdata);

/* Ends all of them; nothing leaves. */
void holds_free(struct holds *holds);

/*
 * Returns the cookie; 0 if there are HOLDS_MAX already. `why` is UTF-8. The release
 * of a `build` means that the project's last failure is mended.
 */
uint32_t holds_add(struct holds *holds, struct project *project, const void *owner, const char *why,
	bool build);

/* The owner's hold of that cookie ends, and with the last one what waits leaves. False: none. */
bool holds_release(struct holds *holds, const void *owner, uint32_t cookie);

/*
 * The same, but what it was for has failed; see pipeline_fail(). Returns the event
 * that says so; 0 if there is no such hold.
 */
uint64_t holds_fail(struct holds *holds, const void *owner, uint32_t cookie, const char *what,
	const char *said);

/* Whether the owner holds anything. */
bool holds_any(const struct holds *holds, const void *owner);
void holds_drop_owner(struct holds *holds, const void *owner);
/* The project is about to be forgotten. */
void holds_forget(struct holds *holds, struct project *project);
