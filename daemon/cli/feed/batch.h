/* SPDX-License-Identifier: MIT */
#pragma once

/* Names that go to the daemon in one Saved call. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/mem.h"

enum {
	BATCH_NAMES_MAX = 4096,	      /* the daemon takes no more in a call */
	BATCH_BYTES_MAX = 512 * 1024, /* a message stays well below what the daemon reads */
};

struct batch {
	struct batch *next;
	char **names;
	size_t count;
	size_t bytes;
	uint32_t serial; /* of the call, 0 while it is not sent */
	uint64_t sent_usec;
	bool again; /* it was sent before */
};

struct batch *batch_new(void);
void batch_free(struct batch *batch);
MEM_CLEANUP(batch);

/* Whether one more name of so many bytes goes in. The first one always does. */
bool batch_has_room(const struct batch *batch, size_t bytes);
/* Takes the name. */
void batch_add(struct batch *batch, char *name);
/* Whether the name is in it. */
bool batch_holds(const struct batch *batch, const char *name);
/* For people: "/a/b.css", "/a/b.css and 3 more". The caller frees it. */
char *batch_label(const struct batch *batch);
