/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The signals that mean something to a daemon, on the loop: SIGTERM and SIGINT end it,
 * SIGHUP asks it to read its settings again. Writing to who has gone, and a file that
 * must not grow, are errors like any other, and no signals.
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
