/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/fileset.h"
#include "sources/output-source.h"

/* The files of one burst of writing, and when the burst is over. Pure: time is an argument. */

struct output_burst {
	struct fileset files; /* written or removed */
	char *open[OUTPUT_OPEN_FILES_MAX];
	size_t open_count;
	bool wrote; /* not only removed */
	uint64_t first_usec, last_usec;
};

void output_burst_begun(struct output_burst *burst, const char *file, uint64_t now_usec);
void output_burst_written(struct output_burst *burst, const char *file, uint64_t now_usec);
void output_burst_gone(struct output_burst *burst, const char *file, uint64_t now_usec);

/* When it is over if nothing more happens; CLOCK_NEVER if there is nothing to announce. */
uint64_t output_burst_due(const struct output_burst *burst);

/*
 * Its files have been taken. Files that are still open stay, unless nothing happened for
 * OUTPUT_OPEN_MAX: then the next burst waits for them only if there is new activity.
 */
void output_burst_taken(struct output_burst *burst, uint64_t now_usec);
void output_burst_clear(struct output_burst *burst);
