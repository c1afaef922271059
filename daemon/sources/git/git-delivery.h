/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/git/git-look.h"

/*
 * What a look has found is judged and goes into the pipe, a slice at a time: all of a
 * large checkout at once would keep the loop from what others save meanwhile.
 */

/* Candidates in a slice: a quarter of a millisecond's worth, for several projects may be at it. */
enum { GIT_SLICE = 32 };

/* Zeroed but for the look, which is borrowed. */
struct git_delivery {
	struct git_look *look; /* NULL: nothing is being taken */
	size_t judged, passed; /* of its candidates */
};

/*
 * Takes the next slice of the project's; returns whether there are more. With the last
 * one the event leaves, if there is one. While there are more, the project must be held.
 */
bool git_delivery_next(struct git_delivery *delivery, struct project *project,
	struct registry *registry, struct pipeline *pipeline);
