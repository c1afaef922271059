/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files that were written to and not closed yet. Pure: time is an argument.
 *
 * Nearly all of them are closed soon. But truncate(2) changes a file by its name: no program opens the
 * file for that, so none closes it. Therefore the caller checks each file that is not closed within
 * UNCLOSED_WAIT once: if no program has it open for writing, it is complete.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

#define UNCLOSED_WAIT_USEC (100 * CLOCK_USEC_PER_MSEC)

enum { UNCLOSED_MAX = 16 };

struct unclosed_file {
	char *name;
	uint64_t begun_usec; /* when it was first written to */
	uint64_t check_usec; /* when to check it; CLOCK_NEVER: a program has it open */
};

/* Zeroed: empty. */
struct unclosed {
	struct unclosed_file files[UNCLOSED_MAX];
	unsigned count;
};

/*
 * A program writes to it. Returns false if there is no room before all others have been checked. When
 * they have, one that is open makes room.
 */
bool unclosed_add(struct unclosed *unclosed, const char *name, uint64_t now_usec);
/* It was closed, replaced or deleted. Returns when it was first written to; 0: not known. */
uint64_t unclosed_remove(struct unclosed *unclosed, const char *name);

/* When to check the first of them; CLOCK_NEVER if there is none. */
uint64_t unclosed_due(const struct unclosed *unclosed);
void unclosed_clear(struct unclosed *unclosed);
