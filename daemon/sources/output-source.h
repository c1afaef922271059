/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Build outputs as a source of events: files that match the project's `output` patterns. A
 * file is a change when it is complete and the burst is over.
 *
 * A burst is over when nothing happened for OUTPUT_QUIET and none of its files is still
 * being written (open for writing since it was created or changed). A file that stays open
 * for OUTPUT_OPEN_MAX after the last activity is not waited for; it is reported when it is
 * closed. A burst that only removes files is the first half of `rm -rf dist && build`: it
 * waits OUTPUT_GONE for the second half. A burst that does not end is reported every
 * OUTPUT_BURST_MAX.
 *
 * Some builders empty their folder first: a burst also waits, in the same way, until pages that
 * were deleted are written again, so that no tab loads a missing page. Some builders pause
 * between the files of one rebuild: until there are as many files as last time, a burst also
 * waits for the longest pause of the last rebuilds, up to OUTPUT_PAUSE_MAX.
 *
 * The worker thread reads the files, and they are compared with the contents that were
 * announced: a build that writes the same bytes again causes no event.
 */

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/watcher.h"
#include "util/clock.h"
#include "util/loop.h"

#define OUTPUT_QUIET_USEC (50 * CLOCK_USEC_PER_MSEC)
#define OUTPUT_PAUSE_MAX_USEC (600 * CLOCK_USEC_PER_MSEC)
#define OUTPUT_OPEN_MAX_USEC (5 * CLOCK_USEC_PER_SEC)
#define OUTPUT_GONE_USEC (2 * CLOCK_USEC_PER_SEC)
#define OUTPUT_BURST_MAX_USEC (10 * CLOCK_USEC_PER_SEC)

/*
 * Files being written that are tracked individually; with more, the burst only waits for
 * quiet.
 */
enum { OUTPUT_OPEN_FILES_MAX = 256, OUTPUT_MISSING_PAGES_MAX = 64 };

struct output_sources;

/*
 * A symbolic link was found on the way to the project's outputs: its settings may have to change.
 * What is behind the link is announced only after the call.
 */
typedef void output_linked_fn(struct project *project, void *userdata);

struct output_sources *output_sources_new(struct loop *loop, struct watcher *watcher,
	struct registry *registry, struct pipeline *pipeline, output_linked_fn *linked,
	void *userdata);
void output_sources_free(struct output_sources *sources);

/* The project was added, or its settings have changed. */
void output_sources_update(struct output_sources *sources, struct project *project);
/* A mount answers: reads the folders of outputs on it that could not be read. */
void output_sources_resume(struct output_sources *sources, struct project *project);
/* Something was mounted or unmounted there. */
void output_sources_mount_changed(
	struct output_sources *sources, struct project *project, const char *name);
/*
 * A hold of the project ends: prolongs it until the files written meanwhile have been read. With
 * `failed`, they belong to an incomplete build and are dropped.
 */
void output_sources_settle(struct output_sources *sources, struct project *project, bool failed);
/* The project is about to be forgotten. */
void output_sources_forget(struct output_sources *sources, struct project *project);
