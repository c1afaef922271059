/* SPDX-License-Identifier: MIT */
#include "cli/verb/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "util/mem.h"
#include "cli/print/complain.h"

/* Every option there is; a verb lists the letters of those that it takes. */
static const struct option_row {
	char letter;
	bool is_short; /* also as -LETTER */
	const char *name;
	const char *argument;
	const char *help;
} option_rows[] = {
	{'s', false, "stdin", NULL, "read names from standard input, one a line, until it ends"},
	{'f', true, "follow", NULL, "go on printing what happens, until Ctrl-C"},
	{'n', true, "number", "N", "begin with the newest N events (default 10, at most 256)"},
	{'j', false, "json", NULL, "print JSON, one value a line"},
	{'h', true, "help", NULL, "print this"},
	{'V', false, "version", NULL, "print the version"},
};

/* All verbs have these. */
static const char common_options[] = "hV";

static bool option_taken(const struct verb *verb, const struct option_row *row)
{
	return strchr(verb->options, row->letter) || strchr(common_options, row->letter);
}

enum exit_code arguments_wrong(const struct verb *verb, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		abort();
	}
	va_end(args);
	complain("%s", text);
	fprintf(stderr, "Try 'savecast %s%s--help'.\n", verb ? verb->name : "", verb ? " " : "");
	return EXIT_CODE_USAGE;
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

bool arguments_read(struct arguments *args, const struct verb *verb, int argc, char **argv,
	enum exit_code *code)
{
	struct option longs[COUNT_OF(option_rows) + 1] = {0};
	char shorts[2 + 2 * COUNT_OF(option_rows)] = "";
	char *at = shorts;
	size_t n = 0;
	int letter;

	if (verb->options[0] == '+') {
		*at++ = '+';
	}
	*at++ = ':';
	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		const struct option_row *row = &option_rows[i];

		if (!option_taken(verb, row)) {
			continue;
		}
		longs[n++] = (struct option){row->name,
			row->argument ? required_argument : no_argument, NULL, row->letter};
		if (row->is_short) {
			*at++ = row->letter;
		}
		if (row->is_short && row->argument) {
			*at++ = ':';
		}
	}
	*at = '\0';
	*args = (struct arguments){.number = EVENTS_DEFAULT};
	*code = EXIT_CODE_DONE;
	opterr = 0;
	optind = 0;
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		switch (letter) {
		case 's':
			args->from_stdin = true;
			break;
		case 'f':
			args->follow = true;
			break;
		case 'j':
			args->json = true;
			break;
		case 'n':
			if (!read_number(optarg, &args->number)) {
				*code = arguments_wrong(verb, "-n: %s: must be a number", optarg);
				return false;
			}
			break;
		case 'h':
			arguments_print_help(verb);
			return false;
		case 'V':
			arguments_print_version();
			return false;
		case ':':
			*code = arguments_wrong(
				verb, "%s: %s: needs a value", verb->name, argv[optind - 1]);
			return false;
		default:
			*code = arguments_wrong(verb, "%s: %s: no such option", verb->name,
				argv[optind > 1 ? optind - 1 : 1]);
			return false;
		}
	}
	args->names = argv + optind;
	args->name_count = argc - optind;
	if (args->name_count < verb->names_min && !args->from_stdin) {
		*code = arguments_wrong(verb, "%s: needs a name", verb->name);
		return false;
	}
	if (args->name_count > verb->names_max) {
		*code = arguments_wrong(verb, "%s: %s: is one name too many", verb->name,
			args->names[verb->names_max]);
		return false;
	}
	return true;
}

void arguments_print_help(const struct verb *verb)
{
	printf("Usage: savecast %s %s\n\n%s\nOptions:\n", verb->name, verb->synopsis,
		verb->description);
	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		char names[32];

		if (!option_taken(verb, row)) {
			continue;
		}
		snprintf(names, sizeof names, "%c%c%s --%s%s%s", row->is_short ? '-' : ' ',
			row->is_short ? row->letter : ' ', row->is_short ? "," : " ", row->name,
			row->argument ? "=" : "", row->argument ? row->argument : "");
		printf("  %-18s  %s\n", names, row->help);
	}
	putchar('\n');
	arguments_print_exit_codes();
}

void arguments_print_exit_codes(void)
{
	fputs("Exit codes:\n"
	      "  0  done\n"
	      "  1  the daemon refused\n"
	      "  2  wrong command line\n"
	      "  3  the daemon or the session bus cannot be reached\n",
		stdout);
}

void arguments_print_version(void)
{
	puts("savecast " SAVECAST_VERSION);
}
