/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"

enum {
	/* How much one call on the loop's thread reads: a few milliseconds' worth of hashing. */
	CONTENT_LOOP_BYTES_MAX = 1024 * 1024,
	/* How much of one file the worker reads; a larger one is always taken as changed. */
	CONTENT_WORKER_BYTES_MAX = 256 * 1024 * 1024,
};

/*
 * What the file holds now, if it has at most `max` bytes. Never opens what is no
 * regular file. Returns how many bytes it read.
 */
size_t content_read(const char *name, size_t max, struct content_mark *mark);
