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
