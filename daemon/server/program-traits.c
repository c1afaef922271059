/* SPDX-License-Identifier: MIT */
#include "server/program-traits.h"

#include <stdio.h>

#include "util/clock.h"
#include "util/mem.h"
#include "server/command-line.h"
#include "server/programs.h"

/* A program and its own arguments: those of an interpreter end before its script. */
struct run {
	const struct program *program;
	const char *const *args;
	size_t count;
};

static bool has_word(const char *list, const struct run *run)
{
	if (!list) {
		return false;
	}
	for (size_t i = 0; i < run->count && *list; i++) {
		const char *arg = run->args[i];

		/* "--watch=x" matches "--watch" if the list does not have the whole argument. */
		if (program_lists(list, arg, strlen(arg)) ||
			(arg[0] == '-' && program_lists(list, arg, strcspn(arg, "=")))) {
			return true;
		}
	}
	return !*list;
}

/* The index of the script in an interpreter's arguments; `count` if there is none. */
static size_t find_script(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const char *arg = run->args[i];

		if (strcmp(arg, "-c") == 0 || strcmp(arg, "-e") == 0 || strcmp(arg, "-p") == 0) {
			break; /* the program is the text of an argument */
		}
		if (strcmp(arg, "run") == 0 || strcmp(arg, "serve") == 0) {
			continue; /* bun run, deno serve */
		}
		if (program_lists(run->program->skipped, arg, strlen(arg))) {
			i++;
		} else if (arg[0] != '-' && *arg) {
			return i;
		}
	}
	return run->count;
}

/* The suffixes that an option names, as "js,html", ".js .html", "*.js" or "\.(js|html)$". */
static void take_suffixes(struct program_traits *traits, const struct run *run)
{
	const char *list = run->program->suffix_option;

	for (size_t i = 0; list && i < run->count; i++) {
		const char *arg = run->args[i];
		size_t length = strcspn(arg, "=");
		const char *value = arg[length] ? arg + length + 1
			: i + 1 < run->count    ? run->args[i + 1]
						: "";

		if (program_lists(list, arg, length)) {
			snprintf(traits->suffixes, sizeof traits->suffixes, " %.100s ", value);
			for (char *at = traits->suffixes; (at = strpbrk(at, ",.*\\$()|")); at++) {
				*at = ' ';
			}
		}
	}
}

static bool reloads_pages(const struct run *run)
{
	const struct program *program = run->program;
	bool off = program->livereload_off[0] && has_word(program->livereload_off[0], run) &&
		has_word(program->livereload_off[1], run);

	return program->livereload &&
		(!program->livereload_needs || has_word(program->livereload_needs, run)) &&
		!has_word(program->livereload_denies, run) && !off;
}

static enum proxying proxying_of(const struct run *run)
{
	const struct program *program = run->program;

	if (program->proxy) {
		return PROXY_YES;
	}
	if (program->rest == REST_SCRIPT || has_word(program->passes_on, run)) {
		return PROXY_MAYBE;
	}
	return program->only_files ? PROXY_NO : PROXY_RARELY;
}

static void take_program(struct program_traits *traits, const struct run *run)
{
	const struct program *program = run->program;

	if (reloads_pages(run)) {
		traits->livereload = program->livereload;
		traits->unsure = program->unsure;
	}
	if (has_word(program->restarts, run) && !has_word(program->restarts_denies, run)) {
		traits->restarts = RESTARTS_ITSELF;
		snprintf(traits->suffixes, sizeof traits->suffixes, "%s", program->suffixes);
		take_suffixes(traits, run);
		traits->widened = has_word(program->widens, run);
		traits->notice_usec = program->notice_msec * CLOCK_USEC_PER_MSEC;
	} else if (traits->restarts == RESTARTS_UNKNOWN) {
		traits->restarts =
			has_word(program->stays, run) && !has_word(program->stays_denies, run)
			? RESTARTS_NEVER
			: RESTARTS_UNKNOWN;
		traits->notice_usec = program->notice_msec * CLOCK_USEC_PER_MSEC;
	}
	if (has_word(program->old, run)) {
		traits->old_suffixes = program->old_suffixes;
		traits->old_usec = program->old_msec * CLOCK_USEC_PER_MSEC;
		traits->old_by_second = program->old_by_second;
	}
	traits->proxying = proxying_of(run);
	traits->backend |= program->backend;
	traits->language = program->language ? program->language : traits->language;
}

void program_traits_of(
	const char *bytes, size_t length, const char *package, struct program_traits *traits)
{
	struct command_line line;
	struct run run;
	size_t script;

	*traits = (struct program_traits){0};
	command_line_split(&line, bytes, length);
	run.program = line.count ? program_find(line.args[0]) : NULL;
	if (!run.program) {
		return;
	}
	traits->known = true;
	run.args = line.args + 1;
	run.count = line.count - 1;
	if (run.program->rest != REST_SCRIPT) {
		take_program(traits, &run);
		return;
	}
	script = find_script(&run);
	/* Options after the script belong to the script, except in "deno run a.ts" and the like. */
	run.count = script < run.count ? script : run.count;
	take_program(traits, &run);
	if (1 + script < line.count) {
		run.program = script && strcmp(line.args[script], "-m") == 0
			? program_find_module(line.args[1 + script])
			: program_find_script(line.args[1 + script], package);
		run.args = line.args + 1 + script + 1;
		run.count = line.count - 1 - script - 1;
		if (run.program && run.program->rest != REST_SCRIPT) {
			take_program(traits, &run);
		}
	}
}

char *program_traits_script(const char *bytes, size_t length)
{
	struct command_line line;
	struct run run;
	size_t script;

	command_line_split(&line, bytes, length);
	run.program = line.count ? program_find(line.args[0]) : NULL;
	if (!run.program || !run.program->packaged) {
		return NULL;
	}
	run.args = line.args + 1;
	run.count = line.count - 1;
	script = find_script(&run);
	return script < run.count ? mem_strdup(run.args[script]) : NULL;
}

void program_traits_of_file(
	const char *file, const char *bytes, size_t length, struct program_traits *traits)
{
	size_t own = file ? strlen(file) + 1 : 0;
	_cleanup_free_ char *joined = mem_alloc(own + length + 1);

	memcpy(joined, file ?: "", own);
	memcpy(joined + own, bytes, length);
	program_traits_of(joined, own + length, NULL, traits);
}

void program_traits_add(struct program_traits *traits, const struct program_traits *starter)
{
	if (!traits->livereload) {
		traits->livereload = starter->livereload;
		traits->unsure = starter->unsure;
	}
	if (traits->restarts != RESTARTS_ITSELF && starter->restarts == RESTARTS_ITSELF) {
		traits->restarts = RESTARTS_ITSELF;
		memcpy(traits->suffixes, starter->suffixes, sizeof traits->suffixes);
		traits->widened = starter->widened;
		traits->notice_usec = starter->notice_usec;
	}
}

static void add_reloader(
	struct program_traits *traits, const char *suffixes, uint64_t notice_usec)
{
	traits->restarts = RESTARTS_ITSELF;
	snprintf(traits->suffixes, sizeof traits->suffixes, "%s", suffixes);
	traits->notice_usec = notice_usec;
}

void program_traits_add_environment(struct program_traits *traits, const char *bytes, size_t length)
{
	/*
	 * Flask and all others on Werkzeug, Django, Quart: each checks once a second. So does
	 * Bottle; its server then ends only when its own loop next runs. PM2 watches all files;
	 * its daemon's command line does not say so.
	 */
	static const struct {
		const char *variable, *name, *suffixes;
		unsigned notice_msec;
	} marks[] = {{"WERKZEUG_RUN_MAIN=true", "", " py ", 1500}, {"RUN_MAIN=true", "", " py ", 1500},
		{"BOTTLE_CHILD=true", "", " py ", 2000}, {"QUART_DEBUG=1", "", " py ", 1500},
		{"watch=true", "pm_id=", "*", 700}};

	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		const char *variable = marks[i].variable, *name = marks[i].name;

		if (environment_find(bytes, length, variable, strlen(variable) + 1) &&
			(!*name || environment_find(bytes, length, name, strlen(name)))) {
			add_reloader(traits, marks[i].suffixes,
				marks[i].notice_msec * CLOCK_USEC_PER_MSEC);
		}
	}
}

void program_traits_add_reloader(struct program_traits *traits, uint64_t notice_usec)
{
	add_reloader(traits, " py ", notice_usec);
}

static bool lists_suffix(const char *list, const char *suffix)
{
	return list && (*list == '*' || (*suffix && program_lists(list, suffix, strlen(suffix))));
}

bool program_traits_is_code(const struct program_traits *traits, const char *suffix)
{
	return !traits->language || lists_suffix(traits->language, suffix);
}

enum traits_answer program_traits_ask(const struct program_traits *traits, const char *suffix)
{
	bool any = traits->suffixes[0] == '*';

	if (traits->restarts == RESTARTS_ITSELF) {
		if (any ? program_traits_is_code(traits, suffix)
			: lists_suffix(traits->suffixes, suffix)) {
			return TRAITS_RESTARTS;
		}
		if (any || traits->widened) {
			return TRAITS_UNKNOWN;
		}
	}
	if (lists_suffix(traits->old_suffixes, suffix)) {
		return TRAITS_OLD;
	}
	return traits->restarts == RESTARTS_UNKNOWN ? TRAITS_UNKNOWN : TRAITS_STAYS;
}
