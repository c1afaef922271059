/* SPDX-License-Identifier: MIT */
#include "server/process-command.h"

#include <unistd.h>

#include "server/command-line.h"
#include "server/program-script.h"
#include "server/process.h"
#include "server/procfs.h"
#include "server/program-traits.h"
#include "util/mem.h"

/* The text of "sh -c TEXT"; NULL if the process is not that. */
static char *shell_command(pid_t pid)
{
	_cleanup_free_ char *bytes = NULL;
	struct command_line line;
	size_t length;

	bytes = process_command_line(pid, &length);
	command_line_split(&line, bytes, length);
	return line.count >= 3 && strcmp(line.args[1], "-c") == 0 ? mem_strdup(line.args[2]) : NULL;
}

/* npm, pnpm and Yarn put the name of the script into its environment. */
static char *npm_script(pid_t pid)
{
	static const char variable[] = "npm_lifecycle_script=";
	_cleanup_free_ char *bytes = NULL;
	const char *found;
	size_t length;
	bool cut;

	bytes = process_environment(pid, &length);
	found = environment_find(bytes, length, variable, strlen(variable));
	cut = found && !memchr(found, '\0', (size_t)(bytes + length - found));
	return found && !cut ? mem_strdup(found + strlen(variable)) : NULL;
}

/* Replaces a title with the arguments that it hides. */
static void look_behind(
	pid_t pid, const pid_t *ancestors, size_t count, struct process_command *command)
{
	char *found = NULL;
	size_t length = 0;

	if (!command_line_is_title(command->line, command->length)) {
		return;
	}
	for (size_t i = 0; i < count && ancestors[i] && !found; i++) {
		_cleanup_free_ char *script = shell_command(ancestors[i]);

		found = script
			? command_line_behind(command->line, command->length, script, &length)
			: NULL;
	}
	if (!found) {
		_cleanup_free_ char *script = npm_script(pid);

		found = command_line_behind(command->line, command->length, script, &length);
	}
	if (found) {
		free(command->line);
		command->line = found;
		command->length = length;
	}
}

void process_command_read(
	pid_t pid, const pid_t *ancestors, size_t count, struct process_command *command)
{
	_cleanup_free_ char *script = NULL;
	int process = procfs_open(pid);

	*command = (struct process_command){0};
	command->line = process_command_line(pid, &command->length);
	look_behind(pid, ancestors, count, command);
	script = program_traits_script(command->line, command->length);
	if (script && process >= 0) {
		_cleanup_free_ char *folder = procfs_folder(process);

		command->package = folder ? npm_package_of(script, folder) : NULL;
	}
	if (process >= 0) {
		close(process);
	}
}

void process_command_clear(struct process_command *command)
{
	free(command->line);
	free(command->package);
	*command = (struct process_command){0};
}
