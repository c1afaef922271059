/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * What a process of our user runs. Its arguments, each followed by a NUL, as far as they are
 * known even if it has written a title over them: then from the shell command or the npm script
 * that started it. And the npm package that its script is a program of, as npm_package_of()
 * returns it.
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
