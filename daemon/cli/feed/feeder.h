/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an editor keeps to tell of its saves: reads standard input until it ends,
 * and tells the daemon of the names in it, without ever waiting for an answer.
 * One thread, one poll(); asleep while nothing comes. Names that one read()
 * brought go in one call. What the bytes mean is its source's business.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/verb/verb.h"

enum {
	FEEDER_READ_BYTES = 65536,
	FEEDER_END_MSEC = 10000, /* for the last answers, once the input has ended */
};

struct feeder;

struct feeder_source {
	/*
	 * Whether it goes on reading while too many calls are unanswered, so that
	 * whoever writes is never held up by a daemon that hangs: names then wait
	 * here, each once, up to a call's worth. Else they wait in their pipe.
	 */
	bool reads_on;
	/* Bytes were read; they are scratch memory to this. Returns whether to go on reading. */
	bool (*feed)(struct feeder *feeder, char *bytes, size_t length, void *userdata);
	/* No more will come. */
	void (*finish)(struct feeder *feeder, void *userdata);
};

/* For the source: a file was saved. `where` is what to blame if the name is none. */
void feeder_take(struct feeder *feeder, const char *given, const char *where);
/* For the source: something cannot be taken. Complains. */
void feeder_refuse(struct feeder *feeder, const char *where, const char *what, const char *why);

/* Runs until the input has ended and all is delivered or given up. */
enum exit_code feeder_run(const struct feeder_source *source, void *userdata, bool json);
