/* SPDX-License-Identifier: MIT */
#pragma once

/* For all unit tests. cmocka.h needs the headers above it, in this order. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Turns a command line with spaces into the contents of /proc/PID/cmdline, with NULs. */
static inline void arguments_end(char *line)
{
	for (char *at = line; (at = strchr(at, ' ')); at++) {
		*at = '\0';
	}
}
