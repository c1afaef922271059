/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/utf8.h"

enum { LOG_LINE_MAX = 2048 };

static bool log_debug_enabled;

/*
 * A process whose standard error is not the journal may inherit JOURNAL_STREAM. So the variable
 * identifies the stream for which it is valid.
 */
static bool log_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
		fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_set_debug(bool debug)
{
	log_debug_enabled = debug;
}

/* Escapes control characters: a name must not forge a log line or control a terminal. */
static void escape_controls(char *text)
{
	size_t left = strlen(text), n;

	for (char *c = text; left; c += n, left -= n) {
		size_t character = utf8_character(c, left);
		unsigned char first = (unsigned char)c[0];

		n = character ? character : 1;
		if (!character || first < ' ' || first == 0x7f ||
			(first == 0xc2 && (unsigned char)c[1] < 0xa0)) {
			memset(c, '?', n);
		}
	}
}

void log_line(enum log_level level, const char *module, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list args;

	if (level == LOG_LEVEL_DEBUG && !log_debug_enabled) {
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	escape_controls(text);
	if (log_to_journal()) {
		fprintf(stderr, "<%d>%s: %s\n", level, module, text);
	} else {
		fprintf(stderr, "savecastd: %s: %s\n", module, text);
	}
}
