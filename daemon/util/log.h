/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The log, on standard error. A file defines LOG_MODULE before it includes this;
 * lines read "module: what: value: why". Each error is logged once, by the code
 * that decides what to do about it; all code below that returns it.
 *
 * Where standard error goes to the journal, lines carry its level prefix.
 * Debug lines appear only after log_set_debug(true).
 */

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR = 3,   /* something asked for is not done */
	LOG_LEVEL_WARNING = 4, /* survived; the line says what is ignored */
	LOG_LEVEL_INFO = 6,    /* started, stopped, a browser came */
	LOG_LEVEL_DEBUG = 7,   /* one save's way */
};

void log_set_debug(bool debug);
void log_line(enum log_level level, const char *module, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, LOG_MODULE, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, LOG_MODULE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, LOG_MODULE, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, LOG_MODULE, __VA_ARGS__)
