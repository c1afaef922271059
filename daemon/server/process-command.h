/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * What a process of our user runs: its arguments, each followed by a NUL, and the npm package of
 * its script, as npm_package_of() returns it. If the process has written a title over its
 * arguments, they come from the shell command or npm script that started it, as far as they are
 * known.
 */
struct process_command {
	char *line;
	size_t length;
	char *package;
};

/* `ancestors`: parent first, `count` of them, ended by 0 if there are fewer. */
void process_command_read(
	pid_t pid, const pid_t *ancestors, size_t count, struct process_command *command);
void process_command_clear(struct process_command *command);
