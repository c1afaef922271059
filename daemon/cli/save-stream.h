/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The long-lived job that an editor starts to report its saves: reads standard input until
 * it ends, and reports the file names in it to the daemon, without waiting for replies. One
 * thread, which sleeps in poll() while nothing happens. The names of one read() are sent in
 * one call. The source knows the format of the input.
 */

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/verb.h"

enum {
	SAVE_STREAM_READ_BYTES = 65536,
	SAVE_STREAM_END_MSEC = 10000, /* how long to wait for the last replies after the end of input */
};

struct save_stream;

struct save_stream_source {
	/*
	 * Whether to go on reading while too many calls are unanswered. If true, a daemon that
	 * hangs does not block the writer: names wait here, each once, at most as many as fit in
	 * one call. If false, they wait in the pipe.
	 */
	bool reads_on;
	/* Takes the bytes that were read; may overwrite them. Returns whether to go on reading. */
	bool (*feed)(struct save_stream *stream, char *bytes, size_t length, void *userdata);
	/* The input has ended. */
	void (*finish)(struct save_stream *stream, void *userdata);
	/*
	 * What the source waits for besides its input, and what to do when that is ready. Both
	 * may be NULL.
	 */
	struct pollfd (*pollfd)(void *userdata);
	void (*serve)(void *userdata);
};

/* For the source: a file was saved. `where` begins the error message if its name is invalid. */
void save_stream_take(struct save_stream *stream, const char *given, const char *where);
/* For the source: reports input that cannot be used, and sets the exit code. */
void save_stream_refuse(
	struct save_stream *stream, const char *where, const char *what, const char *why);

/* Runs until the input has ended and each save is delivered or given up. */
enum exit_code save_stream_run(const struct save_stream_source *source, void *userdata, bool json);
