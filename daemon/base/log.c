/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 2048 };

static bool log_debug_enabled;

/* The variable is inherited, also by what writes elsewhere: it names the stream it is true of. */
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
	/* A name from outside must not forge a line of its own. */
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			*c = '?';
		}
	}
	if (log_to_journal()) {
		fprintf(stderr, "<%d>%s: %s\n", level, module, text);
	} else {
		fprintf(stderr, "savecastd: %s: %s\n", module, text);
	}
}
