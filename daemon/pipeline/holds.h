/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"
#include "project/project.h"

/*
 * While a hold lasts, the events of its project are held back. Each hold has a number, its
 * cookie, which starts at 1 and is never used twice. A hold belongs to the caller that
 * asked for it: `owner` is any pointer that distinguishes callers. holds_drop_owner() ends
 * all holds of an owner that has disconnected.
 */

enum { HOLDS_MAX = 256 };

struct holds;

struct holds *holds_new(struct pipeline *pipeline);
/*
 * Called before a hold of the project ends, so that changes of the build which the daemon has
 * not read yet still belong to the hold. `failed`: they will not be announced.
 */
typedef void holds_ending_fn(struct project *project, bool failed, void *userdata);
void holds_on_ending(struct holds *holds, holds_ending_fn *ending, void *userdata);

/* Ends all holds without sending their events. */
void holds_free(struct holds *holds);

/*
 * Returns the cookie; 0 if there are HOLDS_MAX holds already. `why` is UTF-8. When a hold
 * for a `build` is released, the project's last build failure counts as fixed.
 */
uint32_t holds_add(struct holds *holds, struct project *project, const void *owner, const char *why,
	bool build);

/*
 * Ends the owner's hold with that cookie; the last hold sends the waiting event. False if
 * there is no such hold.
 */
bool holds_release(struct holds *holds, const void *owner, uint32_t cookie);

/*
 * Ends the hold because its build failed; see pipeline_fail(). Returns the event that
 * records the failure; 0 if there is no such hold.
 */
uint64_t holds_fail(struct holds *holds, const void *owner, uint32_t cookie, const char *what,
	const char *said);

/* Whether the owner has a hold. */
bool holds_any(const struct holds *holds, const void *owner);
void holds_drop_owner(struct holds *holds, const void *owner);
/* The project is about to be forgotten. */
void holds_forget(struct holds *holds, struct project *project);
