/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * A command line as in /proc/PID/cmdline, and the folders that it names: `uvicorn
 * --app-dir`, `python -m http.server -d`, `node server/index.js`, `php -S -t`, `hugo -s`...
 * For a server whose working folder is in no project. Pure, and a guess: the programs and
 * their options are in the table of programs.c.
 */

enum {
	COMMAND_LINE_BYTES_MAX = 64 * 1024, /* longer command lines are cut */
	COMMAND_LINE_ARGS_MAX = 256, /* further arguments are ignored */
	COMMAND_LINE_FOLDERS_MAX = 8,
	COMMAND_LINE_NAME_MAX = 64,
	COMMAND_LINE_COMM_LENGTH = 15, /* to which the kernel cuts a name */
};

struct command_line {
	const char *args[COMMAND_LINE_ARGS_MAX]; /* borrowed from the bytes */
	size_t count;
};

/*
 * `bytes` are those of /proc/PID/cmdline: arguments, each followed by a NUL. An argument
 * that was cut has no NUL and is left out.
 */
void command_line_split(struct command_line *line, const char *bytes, size_t length);

/*
 * The name of a process as its command line has it in full: the kernel cuts `comm`, the name
 * in /proc/PID/stat, after 15 bytes. `comm` itself if no argument begins with it. At most
 * COMMAND_LINE_NAME_MAX bytes; the caller frees it.
 */
char *command_line_name(const char *comm, const char *bytes, size_t length);

/*
 * `folder` is the process's working folder, absolute. Returns the number of folders, the
 * likeliest first: absolute, each once, without "." and ".." (removed as text); they may
 * not exist. The caller frees each. `package` is the npm package of its script, or NULL.
 */
size_t command_line_folders(const char *bytes, size_t length, const char *package,
	const char *folder, char *folders[COMMAND_LINE_FOLDERS_MAX]);

/*
 * Whether the process has written a title over its arguments: "webpack", and NULs where they
 * were, or all in one word: "ng serve --open".
 */
bool command_line_is_title(const char *bytes, size_t length);
/*
 * The command line behind a title, as far as it is known: the words of the title itself, or
 * those of the shell command `script` ("cross-env A=1 webpack serve --no-hot") from the title's
 * program on. Words in the form of /proc/PID/cmdline, which the caller frees; NULL if that
 * program is not in the script. `script` may be NULL.
 */
char *command_line_behind(
	const char *title, size_t title_length, const char *script, size_t *length);

/*
 * The variable of an environment, as in /proc/PID/environ, that begins with the first `size` bytes of a
 * text: "NAME=VALUE" with its NUL, or just "NAME="; NULL if there is none. The last one may be cut,
 * without a NUL.
 */
const char *environment_find(const char *bytes, size_t length, const char *text, size_t size);
