/* SPDX-License-Identifier: MIT */
#pragma once

/* The file names of one Saved call. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/mem.h"

enum {
	SAVE_BATCH_NAMES_MAX = 4096,	      /* the daemon's limit for one call */
	SAVE_BATCH_BYTES_MAX = 512 * 1024, /* keeps a message well below the daemon's limit */
};

struct save_batch {
	struct save_batch *next;
	char **names;
	size_t count;
	size_t bytes;
	uint32_t serial; /* of the call; 0 until it is sent */
	uint64_t sent_usec;
	bool again; /* it was sent before, and not answered */
};

struct save_batch *save_batch_new(void);
void save_batch_free(struct save_batch *batch);
MEM_CLEANUP(save_batch);

/* Whether a name of `bytes` bytes can be added. The first one always can. */
bool save_batch_has_room(const struct save_batch *batch, size_t bytes);
/* Takes ownership of the name. */
void save_batch_add(struct save_batch *batch, char *name);
/* Whether the name is in it. */
bool save_batch_holds(const struct save_batch *batch, const char *name);
/* For messages: "/a/b.css", "/a/b.css and 3 more". The caller frees it. */
char *save_batch_label(const struct save_batch *batch);
