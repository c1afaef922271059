/* SPDX-License-Identifier: MIT */
#include "cli/print/complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/mem.h"
#include "cli/print/text.h"

void complain(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *safe = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		abort();
	}
	va_end(args);
	safe = text_safe(text);
	fprintf(stderr, "savecast: %s\n", safe);
}
