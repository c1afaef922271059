/* SPDX-License-Identifier: MIT */
#pragma once

#include <string.h>

/* Turns a command line with spaces into the contents of /proc/PID/cmdline, with NULs. */
static inline void arguments_end(char *line)
{
	for (char *at = line; (at = strchr(at, ' ')); at++) {
		*at = '\0';
	}
}
