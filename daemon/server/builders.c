/* SPDX-License-Identifier: MIT */
#include "server/builders.h"

#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "server/command-line.h"
#include "server/process.h"
#include "server/procfs.h"
#include "server/programs.h"
#include "util/mem.h"
#include "util/pathname.h"

struct builders_search {
	builders_fn *done; /* NULL once it is cancelled */
	void *userdata;
	/* Belongs to the worker thread until it is done: */
	char *root;
	struct builders result;
};

/* The names of the programs' files. With a list of words, one of the words must be an argument. */
static const struct {
	const char *name, *words;
} table[] = {
	{"tsc", NULL}, {"tsgo", NULL}, {"nest", NULL}, {"swc", NULL}, {"babel", NULL},
	{"esbuild", NULL}, {"rollup", NULL}, {"webpack", NULL}, {"parcel", NULL},
	{"vite", " build "}, {"sass", NULL}, {"sassc", NULL}, {"lessc", NULL}, {"postcss", NULL},
	{"tailwindcss*", NULL}, {"make", NULL}, {"gmake", NULL}, {"ninja", NULL}, {"just", NULL},
	{"go", " build install run generate "}, {"cargo", " build run b r "}, {"gradle*", NULL},
	{"mvn", NULL}, {"javac", NULL},
};

static bool names_builder(const struct command_line *line, size_t at)
{
	const char *slash = strrchr(line->args[at], '/');
	_cleanup_free_ char *name = mem_strdup(slash ? slash + 1 : line->args[at]);
	char *dot = strrchr(name, '.');
	bool found = false;

	if (dot && (strcmp(dot, ".js") == 0 || strcmp(dot, ".mjs") == 0)) {
		*dot = '\0';
	}
	for (size_t i = 0; i < COUNT_OF(table) && !found; i++) {
		found = fnmatch(table[i].name, name, 0) == 0;
		for (size_t k = at + 1; found && table[i].words; k++) {
			if (k == line->count) {
				return false;
			}
			if (program_lists(table[i].words, line->args[k], strlen(line->args[k]))) {
				break;
			}
		}
	}
	return found;
}

bool builders_have(const char *bytes, size_t length)
{
	struct command_line line;
	const struct program *program;

	command_line_split(&line, bytes, length);
	if (!line.count) {
		return false;
	}
	/* An interpreter's script. */
	program = program_find(line.args[0]);
	return names_builder(&line, 0) ||
		(program && program->rest == REST_SCRIPT && line.count > 1 &&
			names_builder(&line, 1));
}

static bool builds(int process)
{
	size_t length;
	_cleanup_free_ char *bytes = procfs_command_line(process, &length);

	return builders_have(bytes, length);
}

static bool check_process(pid_t pid, void *userdata)
{
	struct builders_search *search = userdata;
	struct builders *result = &search->result;
	_cleanup_free_ char *folder = NULL;
	int process = procfs_open(pid);

	if (process < 0) {
		return false;
	}
	folder = procfs_folder(process);
	if (folder && pathname_is_below(folder, search->root) && builds(process)) {
		result->pids[result->count++] = pid;
	}
	close(process);
	return result->count == BUILDERS_MAX;
}

static void find_work(void *userdata)
{
	procfs_find(check_process, userdata);
}

static void find_done(void *userdata)
{
	struct builders_search *search = userdata;

	if (search->done) {
		search->done(&search->result, search->userdata);
	}
	free(search->root);
	free(search);
}

struct builders_search *builders_find(
	struct loop *loop, const char *root, builders_fn *done, void *userdata)
{
	struct builders_search *search = mem_new(struct builders_search);

	search->done = done;
	search->userdata = userdata;
	search->root = mem_strdup(root);
	loop_job(loop, find_work, find_done, search);
	return search;
}

void builders_cancel(struct builders_search *search)
{
	if (search) {
		search->done = NULL;
	}
}

bool builders_work(const struct builders *builders, uint64_t since_boot)
{
	bool work = false;

	for (size_t i = 0; i < builders->count && !work; i++) {
		work = process_is_runnable(builders->pids[i]) ||
			process_family_works(builders->pids[i], NULL, 0, since_boot);
	}
	return work;
}
