/* SPDX-License-Identifier: MIT */
/* The command line tool: finds the verb, and lets it run. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/call/client-bus.h"
#include "cli/print/complain.h"
#include "cli/verb/arguments.h"

static const struct verb *const verbs[] = {
	&verb_save,
	&verb_track,
	&verb_untrack,
	&verb_reload,
	&verb_run,
	&verb_status,
	&verb_log,
	&verb_why,
	&verb_lsp,
};

static void print_help(void)
{
	fputs("Usage: savecast VERB [OPTION]... [NAME]...\n"
	      "\n"
	      "Casts each save to the browser tabs that show it.\n"
	      "\n"
	      "Verbs:\n",
		stdout);
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("  %-8s  %s\n", verbs[i]->name, verbs[i]->summary);
	}
	fputs("\n"
	      "'savecast VERB --help' says more about one. Also: --help, --version.\n"
	      "\n",
		stdout);
	arguments_print_exit_codes();
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		if (strcmp(verbs[i]->name, name) == 0) {
			return verbs[i];
		}
	}
	return NULL;
}

static enum exit_code run_verb(int argc, char **argv)
{
	const struct verb *verb;
	struct arguments args;
	enum exit_code code;

	if (argc == 0) {
		return arguments_wrong(NULL, "needs a verb");
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
		print_help();
		return EXIT_CODE_DONE;
	}
	if (strcmp(argv[0], "--version") == 0) {
		arguments_print_version();
		return EXIT_CODE_DONE;
	}
	verb = find_verb(argv[0]);
	if (!verb) {
		return arguments_wrong(NULL, "%s: no such verb", argv[0]);
	}
	return arguments_read(&args, verb, argc, argv, &code) ? verb->run(verb, &args) : code;
}

/* Else a bus connection could be mistaken for a standard stream that was closed. */
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
		complain("standard output: cannot be written: %s", strerror(errno));
		if (code == EXIT_CODE_DONE) {
			code = EXIT_CODE_REFUSED;
		}
	}
	client_shutdown();
	return (int)code;
}
