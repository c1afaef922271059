/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The log, on standard error. A file defines LOG_MODULE before it includes this header;
 * lines have the form "module: what: value: why". Each error is logged once, by the code
 * that decides what to do about it; the code below only returns it.
 *
 * If standard error goes to the journal, each line has the prefix of its level. Debug lines
 * appear only after log_set_debug(true).
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/clock.h"

enum log_level {
	LOG_LEVEL_ERROR = 3,   /* a request failed */
	LOG_LEVEL_WARNING = 4, /* something is ignored; the line says what */
	LOG_LEVEL_INFO = 6,    /* for example started, stopped, a browser connected */
	LOG_LEVEL_DEBUG = 7,   /* the steps of one save */
};

void log_set_debug(bool debug);
void log_line(enum log_level level, const char *module, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, LOG_MODULE, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, LOG_MODULE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, LOG_MODULE, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, LOG_MODULE, __VA_ARGS__)

/*
 * Keeps an event that other programs can repeat from flooding the log: the first one is logged,
 * then one per minute, with the number of those that were left out. Pure.
 */
#define LOG_LIMIT_USEC (60 * CLOCK_USEC_PER_SEC)
enum { LOG_LIMIT_MORE_MAX = 48 };

/* Zeroed at first. */
struct log_limit {
	uint64_t quiet_until_usec;
	unsigned held;
};

/* Whether to log this one; if so, `more` is the text about those left out before it, or "". */
static inline bool log_limit_pass(
	struct log_limit *limit, uint64_t now_usec, char more[LOG_LIMIT_MORE_MAX])
{
	if (now_usec < limit->quiet_until_usec) {
		limit->held++;
		return false;
	}
	more[0] = '\0';
	if (limit->held > 0) {
		snprintf(more, LOG_LIMIT_MORE_MAX, " (%u more before it)", limit->held);
	}
	limit->held = 0;
	limit->quiet_until_usec = now_usec + LOG_LIMIT_USEC;
	return true;
}
