/* SPDX-License-Identifier: MIT */
/* The command line tool: finds the verb and runs it. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/client-bus.h"
#include "cli/error.h"
#include "cli/help.h"

static const struct verb *find_verb(const char *name)
{
	const struct verb *verb = verb_find(name);
	_cleanup_free_ char *names = verb ? NULL : verb_names();

	if (!verb) {
		arguments_wrong(NULL, "%s: no such verb; there are: %s", name, names);
	}
	return verb;
}

/* `savecast help [VERB]` */
static enum exit_code help(int argc, char **argv)
{
	const struct verb *verb;

	if (argc == 0) {
		help_print_all();
		return EXIT_CODE_DONE;
	}
	verb = find_verb(argv[0]);
	if (verb) {
		help_print_verb(verb);
	}
	return verb ? EXIT_CODE_DONE : EXIT_CODE_USAGE;
}

static enum exit_code run_verb(int argc, char **argv)
{
	const struct verb *verb;
	struct arguments args;
	enum exit_code code;

	if (argc == 0) {
		return arguments_wrong(NULL, "a verb is missing");
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
		if (argc > 1 && strcmp(argv[1], "--json") == 0) {
			help_print_json();
		} else {
			help_print_all();
		}
		return EXIT_CODE_DONE;
	}
	if (strcmp(argv[0], "help") == 0) {
		return help(argc - 1, argv + 1);
	}
	if (strcmp(argv[0], "--version") == 0) {
		help_print_version();
		return EXIT_CODE_DONE;
	}
	verb = find_verb(argv[0]);
	if (!verb) {
		return EXIT_CODE_USAGE;
	}
	return arguments_read(&args, verb, argc, argv, &code) ? verb->run(verb, &args) : code;
}

/* Opens closed standard streams: otherwise a bus connection could get the number of one. */
static void fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) {
			return;
		}
	}
}

int main(int argc, char **argv)
{
	enum exit_code code;

	fill_standard_streams();
	code = run_verb(argc - 1, argv + 1);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		error_print("standard output: cannot be written: %s", strerror(errno));
		if (code == EXIT_CODE_DONE) {
			code = EXIT_CODE_REFUSED;
		}
	}
	client_shutdown();
	return (int)code;
}
