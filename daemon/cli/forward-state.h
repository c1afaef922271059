/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How `savecast forward` is connected: when it may try again after a failure, and
 * which changes are printed. Pure; times are monotonic microseconds.
 */

#include <stdbool.h>
#include <stdint.h>

#define FORWARD_FIRST_PAUSE_USEC UINT64_C(1000000)
#define FORWARD_MAX_PAUSE_USEC UINT64_C(30000000)

enum forward_link {
	FORWARD_IDLE,	   /* no connection was tried yet, or the last one ended well */
	FORWARD_CONNECTED, /* the other side has answered */
	FORWARD_LOST,	   /* it had answered, and its command has failed since */
	FORWARD_FAILED,	   /* its command ended before it had answered */
};

struct forward_state {
	enum forward_link link;
	unsigned failures; /* in a row */
	uint64_t retry_usec; /* no command is run before this time */
	char *why;	     /* of LOST and FAILED: one line, for display */
};

void forward_state_init(struct forward_state *state);
void forward_state_clear(struct forward_state *state);

/* Whether a connection may run the command now; otherwise it must be refused. */
bool forward_state_may_run(const struct forward_state *state, uint64_t now_usec);

/* These return whether to print a line: the same failure is printed only once. */

/* A command has sent its first byte. */
bool forward_state_answered(struct forward_state *state);
/*
 * A command has failed: `answered` says whether it had sent a byte before. `why` is
 * copied. After a failure without an answer the pauses double, up to the longest.
 */
bool forward_state_failed(
	struct forward_state *state, bool answered, const char *why, uint64_t now_usec);

/* "idle", "connected", "lost", "failed" */
const char *forward_link_name(enum forward_link link);
