/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One connection of `savecast forward`, and its process: the command is started when the
 * connection's first byte arrives, and its standard input and output are connected to it.
 * The last line of its standard error is kept as the reason if it fails.
 */

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/clock.h"
#include "cli/relay.h"

/* Within this time the first byte must come: without it, no command is started. */
#define CHANNEL_FIRST_BYTE_USEC (5 * CLOCK_USEC_PER_SEC)
/* Within this time the command must answer: an ssh that asks for a password takes a while. */
#define CHANNEL_ANSWER_USEC (60 * CLOCK_USEC_PER_SEC)
/* A command that is no longer needed has this time to end; after SIGTERM, the same time again. */
#define CHANNEL_END_USEC (2 * CLOCK_USEC_PER_SEC)

/* If bytes are not read for this time, the connection counts as dead. */
#define CHANNEL_STUCK_USEC (30 * CLOCK_USEC_PER_SEC)

enum {
	CHANNEL_FDS = 5, /* what one channel polls for, at most */
	CHANNEL_SAID_MAX = 256, /* bytes kept of a line of standard error */
};

enum channel_phase {
	CHANNEL_WAITING, /* for the connection's first byte */
	CHANNEL_RUNNING,
	CHANNEL_ENDING, /* the connection is closed; the command has not ended yet */
	CHANNEL_DONE,
};

struct channel {
	char *const *command; /* borrowed */
	enum channel_phase phase;
	int connection;
	pid_t pid; /* 0: not running */
	int status; /* as of waitpid(), once it has ended */
	int input, output, errors; /* the command's; -1 once closed */
	int signal; /* the last one that was sent */
	bool ran;
	bool unwanted; /* the connection ended first, so the command's exit status is no failure */
	bool input_ended; /* the command has closed its input; its last bytes are still passed on */
	const char *late; /* what did not happen in time, or NULL */
	uint64_t due_usec; /* when this phase has lasted too long */
	uint64_t stuck_usec; /* when bytes have waited too long */
	size_t passed; /* at the last check */
	size_t said_length;
	char said[CHANNEL_SAID_MAX + 1]; /* the last line of standard error */
	bool said_whole; /* the next byte begins a new line */
	struct relay up, down;
};

/* Takes over the connection. */
struct channel *channel_new(int connection, char *const *command, uint64_t now_usec);
/* Ends a command that still runs, without waiting for it. Takes NULL. */
void channel_free(struct channel *channel);

void channel_poll(const struct channel *channel, struct pollfd fds[CHANNEL_FDS]);
/* After poll(). Returns 0; or a negative errno if the command could not be started. */
int channel_serve(struct channel *channel, const struct pollfd fds[CHANNEL_FDS], uint64_t now_usec);
/* The command has ended; `status` is from waitpid(). */
void channel_reaped(struct channel *channel, int status);
/* When channel_check() has something to do. */
uint64_t channel_due(const struct channel *channel);
void channel_check(struct channel *channel, uint64_t now_usec);

/* Whether the command has sent a byte. */
bool channel_answered(const struct channel *channel);
/* Once it is done: why the command failed (the caller frees it), or NULL if it has not. */
char *channel_failure(const struct channel *channel);
