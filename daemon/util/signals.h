/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The signals that a daemon handles, on the loop: SIGTERM and SIGINT end it, SIGHUP makes
 * it read its settings again. Writing to a closed connection and exceeding a file size
 * limit are ordinary errors and cause no signals.
 */

#include "util/loop.h"

struct signals;

struct signals_callbacks {
	void (*end)(void *userdata);
	void (*hang_up)(void *userdata);
};

/* NULL with errno set. */
struct signals *signals_new(
	struct loop *loop, const struct signals_callbacks *callbacks, void *userdata);
void signals_free(struct signals *signals);
