/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/fileset.h"
#include "sources/output-source.h"

/* The files of one burst of writes, and when the burst is over. Pure: time is an argument. */

struct output_burst {
	struct fileset files; /* written or removed */
	char *open[OUTPUT_OPEN_FILES_MAX];
	size_t open_count;
	char *missing[OUTPUT_MISSING_PAGES_MAX]; /* pages that were deleted and not written again */
	size_t missing_count;
	bool wrote; /* not only removed */
	uint64_t first_usec, last_usec;
	uint64_t quiet_usec; /* of the settings; 0: OUTPUT_QUIET */

	/* How the builder works: */
	struct fileset rebuild; /* the files of this rebuild that were announced already */
	size_t usual; /* how many files the previous rebuild had; 0: not known */
	uint64_t pause_usec; /* how long to wait for another file; 0: no pause was seen */
};

void output_burst_begun(struct output_burst *burst, const char *file, uint64_t now_usec);
void output_burst_written(struct output_burst *burst, const char *file, uint64_t now_usec);
void output_burst_gone(struct output_burst *burst, const char *file, uint64_t now_usec);

/* When it is over if nothing else happens; CLOCK_NEVER if there is nothing to announce. */
uint64_t output_burst_due(const struct output_burst *burst);

/*
 * Its files have been taken for an announcement. Files that are still open stay, unless nothing
 * happened for OUTPUT_OPEN_MAX: then the next burst waits for them only after new activity.
 */
void output_burst_taken(struct output_burst *burst, uint64_t now_usec);
void output_burst_clear(struct output_burst *burst);
