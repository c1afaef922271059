/* SPDX-License-Identifier: MIT */
#include "cli/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "util/mem.h"
#include "cli/error.h"
#include "cli/help.h"

const struct option_row option_rows[OPTION_COUNT] = {
	{'s', false, "stdin", NULL, "read names from standard input, one a line, until it ends"},
	{'f', true, "follow", NULL, "go on printing what happens, until Ctrl-C"},
	{'n', true, "number", "N", "begin with the last N events (default 10, at most 256)"},
	{'p', false, "project", NULL, "write the settings of the project, not your own"},
	{'u', false, "unset", NULL, "remove the value"},
	{'r', false, "revoke", NULL, "undo it: trust or accept no longer"},
	{'w', false, "wait", NULL, "wait until the tabs have settled, at most 10 seconds"},
	{'P', false, "port", "PORT", "listen on this port (default 7284)"},
	{'d', false, "deleted", NULL, "accept files that do not exist: they were deleted"},
	{'a', false, "all", NULL, "show everything, not only what fits on the screen"},
	{'j', false, "json", NULL, "print JSON, one value a line"},
	{'h', true, "help", NULL, "print this help"},
	{'V', false, "version", NULL, "print the version"},
};

/* All verbs have these. */
static const char common_options[] = "hV";

bool option_is_taken(const struct option_row *row, const struct verb *verb)
{
	return strchr(verb->options, row->letter) || strchr(common_options, row->letter);
}

enum exit_code arguments_wrong(const struct verb *verb, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	error_print("%s", text);
	fprintf(stderr, "Try 'savecast %s%s--help'.\n", verb ? verb->name : "", verb ? " " : "");
	return EXIT_CODE_USAGE;
}

/* What getopt_long() wants to know. */
struct getopt_tables {
	struct option longs[OPTION_COUNT + 1];
	char shorts[2 + 2 * OPTION_COUNT + 1];
};

static void getopt_tables_fill(struct getopt_tables *tables, const struct verb *verb)
{
	char *at = tables->shorts;
	size_t n = 0;

	if (verb->options[0] == '+') {
		*at++ = '+';
	}
	*at++ = ':';
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		if (!option_is_taken(row, verb)) {
			continue;
		}
		tables->longs[n++] = (struct option){row->name,
			row->argument ? required_argument : no_argument, NULL, row->letter};
		if (row->is_short) {
			*at++ = row->letter;
		}
		if (row->is_short && row->argument) {
			*at++ = ':';
		}
	}
}

static bool read_number(const char *text, unsigned *number)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end) {
		return false;
	}
	*number = errno || value > EVENTS_MAX ? EVENTS_MAX : (unsigned)value;
	return true;
}

bool arguments_read_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || value < 1 || value > UINT16_MAX) {
		return false;
	}
	*port = (uint16_t)value;
	return true;
}

/* Takes one option that getopt_long() found. Returns what arguments_read() returns. */
static bool read_option(
	struct arguments *args, const struct verb *verb, int letter, enum exit_code *code)
{
	switch (letter) {
	case 's':
		args->from_stdin = true;
		return true;
	case 'f':
		args->follow = true;
		return true;
	case 'p':
		args->project = true;
		return true;
	case 'u':
		args->unset = true;
		return true;
	case 'r':
		args->revoke = true;
		return true;
	case 'd':
		args->deleted = true;
		return true;
	case 'a':
		args->all = true;
		return true;
	case 'w':
		args->wait = true;
		return true;
	case 'j':
		args->json = true;
		return true;
	case 'n':
		if (!read_number(optarg, &args->number)) {
			*code = arguments_wrong(verb, "-n: %s: must be a number", optarg);
			return false;
		}
		return true;
	case 'P':
		if (!arguments_read_port(optarg, &args->port)) {
			*code = arguments_wrong(
				verb, "--port: %s: must be a number from 1 to 65535", optarg);
			return false;
		}
		return true;
	case 'h':
		help_print_verb(verb);
		return false;
	default:
		help_print_version();
		return false;
	}
}

/* Takes the arguments that are not options. */
static bool read_names(struct arguments *args, const struct verb *verb, int argc, char **argv,
	enum exit_code *code)
{
	args->names = argv + optind;
	args->name_count = argc - optind;
	if (args->name_count < verb->names_min && !args->from_stdin) {
		*code = arguments_wrong(verb, "%s: an argument is missing", verb->name);
		return false;
	}
	if (args->name_count > verb->names_max) {
		*code = arguments_wrong(verb, "%s: %s: is one argument too many", verb->name,
			args->names[verb->names_max]);
		return false;
	}
	return true;
}

bool arguments_read(struct arguments *args, const struct verb *verb, int argc, char **argv,
	enum exit_code *code)
{
	struct getopt_tables tables = {0};
	int letter;

	getopt_tables_fill(&tables, verb);
	*args = (struct arguments){.number = EVENTS_DEFAULT};
	*code = EXIT_CODE_DONE;
	opterr = 0;
	optind = 0;
	while ((letter = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (letter == ':') {
			*code = arguments_wrong(
				verb, "%s: %s: needs a value", verb->name, argv[optind - 1]);
			return false;
		}
		if (letter == '?') {
			*code = arguments_wrong(verb, "%s: %s: no such option", verb->name,
				argv[optind > 1 ? optind - 1 : 1]);
			return false;
		}
		if (!read_option(args, verb, letter, code)) {
			return false;
		}
	}
	return read_names(args, verb, argc, argv, code);
}
