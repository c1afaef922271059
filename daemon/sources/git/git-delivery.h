/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/git/git-look.h"

/*
 * Decides which candidates of a look have changed, and adds them to the pipeline, a slice at a
 * time: a large checkout as a whole would block the loop, and with it other saves. Apart from the
 * source, so that a test can deliver a look without a repository.
 */

/*
 * Candidates in a slice: a quarter of a millisecond, because several projects may do this
 * at once.
 */
enum { GIT_SLICE = 32 };

/* Zeroed except for the look, which is borrowed. */
struct git_delivery {
	struct git_look *look; /* NULL: nothing is being delivered */
	size_t judged, passed; /* candidates that were decided, and that passed */
};

/*
 * Adds the next slice to the project's event; returns whether there are more. The last
 * slice sends the event, if there is one. While there are more, the project must be held.
 */
bool git_delivery_next(struct git_delivery *delivery, struct project *project,
	struct registry *registry, struct pipeline *pipeline);
