/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/git/git-look.h"

/*
 * Judges what a look has found and adds it to the pipeline, a slice at a time: a large
 * checkout all at once would block other users' saves on the loop meanwhile.
 */

/*
 * Candidates in a slice: a quarter of a millisecond, because several projects may do this
 * at once.
 */
enum { GIT_SLICE = 32 };

/* Zeroed except for the look, which is borrowed. */
struct git_delivery {
	struct git_look *look; /* NULL: nothing is being delivered */
	size_t judged, passed; /* of its candidates */
};

/*
 * Adds the next slice to the project's event; returns whether there are more. The last
 * slice sends the event, if there is one. While there are more, the project must be held.
 */
bool git_delivery_next(struct git_delivery *delivery, struct project *project,
	struct registry *registry, struct pipeline *pipeline);
