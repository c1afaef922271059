/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/loop.h"

/*
 * The programs that build below one folder: compilers, with or without --watch, and make and
 * similar programs. A server may restart when one of them has finished. Finds only processes of our
 * own user. One search of all processes, on the worker thread.
 */

enum { BUILDERS_MAX = 16 }; /* further ones are ignored */

struct builders {
	pid_t pids[BUILDERS_MAX];
	size_t count;
};

/* Whether the contents of /proc/PID/cmdline are those of a program that builds. Pure. */
bool builders_have(const char *bytes, size_t length);

struct builders_search;

/* done() is called on the loop, once, unless builders_cancel() is called first. */
typedef void builders_fn(const struct builders *result, void *userdata);

struct builders_search *builders_find(
	struct loop *loop, const char *root, builders_fn *done, void *userdata);
/* For callers that no longer want the answer; not after done(). Accepts NULL. */
void builders_cancel(struct builders_search *search);

/*
 * Whether one of them is running, or a process that one of them started after that time
 * (CLOCK_BOOTTIME).
 */
bool builders_work(const struct builders *builders, uint64_t since_boot);
