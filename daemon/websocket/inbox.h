/* SPDX-License-Identifier: MIT */
#pragma once

/* Joins the parts of a message, up to a limit. Pure. */

#include <stdbool.h>
#include <stddef.h>

enum { INBOX_MESSAGE_MAX = 16384 };

/* Zeroed at first; inbox_clear() frees it. */
struct inbox {
	char *bytes; /* the message so far, if it came in several parts */
	size_t length;
};

enum inbox_state {
	INBOX_MORE,	/* wait for the next part */
	INBOX_COMPLETE,
	INBOX_TOO_BIG,
	INBOX_NOT_UTF8,
};

/*
 * Takes one part. `announced`: how many bytes of its frame are still to come; `last`: this part
 * completes the message. The complete message is at `text`: in `part` itself, or in `owned`, which
 * the caller frees.
 */
enum inbox_state inbox_add(struct inbox *inbox, const char *part, size_t length, size_t announced,
	bool last, const char **text, size_t *text_length, char **owned);
void inbox_clear(struct inbox *inbox);
