/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One connection of `savecast forward`, and the run of the command that it gets: the
 * command starts with the connection's first byte, and its standard input and output
 * are the connection. What it writes to standard error is kept for the reason.
 */

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/clock.h"
#include "cli/relay.h"

/* For a connection's first byte: nobody who has nothing to say starts a command. */
#define CHANNEL_FIRST_BYTE_USEC (5 * CLOCK_USEC_PER_SEC)
/* For the command's first byte: an ssh that asks for a password may need a while. */
#define CHANNEL_ANSWER_USEC (60 * CLOCK_USEC_PER_SEC)
/* For a command that is no longer needed to end by itself, and then after SIGTERM. */
#define CHANNEL_END_USEC (2 * CLOCK_USEC_PER_SEC)

/* Bytes that nobody takes for so long mean that the connection is no more. */
#define CHANNEL_STUCK_USEC (30 * CLOCK_USEC_PER_SEC)

enum {
	CHANNEL_FDS = 5, /* what one channel polls for, at most */
	CHANNEL_SAID_MAX = 256, /* bytes kept of a line of standard error */
};

enum channel_phase {
	CHANNEL_WAITING, /* for the connection's first byte */
	CHANNEL_RUNNING,
	CHANNEL_ENDING, /* the connection is closed; the command is on its way out */
	CHANNEL_DONE,
};

struct channel {
	char *const *command; /* borrowed */
	enum channel_phase phase;
	int connection;
	pid_t pid; /* 0: not running */
	int status; /* as of waitpid(), once it has ended */
	int input, output, errors; /* the command's; -1 once closed */
	int signal; /* that was sent last */
	bool ran;
	bool unwanted; /* the connection ended first, so how the command ends is not its fault */
	const char *late; /* what did not happen in time, or NULL */
	uint64_t due_usec; /* when this phase has lasted too long */
	uint64_t stuck_usec; /* when bytes have waited too long */
	size_t passed; /* as of the last look */
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
