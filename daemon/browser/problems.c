/* SPDX-License-Identifier: MIT */
#include "browser/problems.h"

#include <string.h>

#include "browser/browser.h"
#include "project/served-file.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* Only the worker thread uses this. */
struct problems_job {
	struct browsers *browsers;
	uint32_t browser;
	uint64_t tab;
	char *root, *folder; /* for `served` */
	struct served served;
	struct problems *problems;
};

void problems_free(struct problems *problems)
{
	if (problems) {
		for (size_t i = 0; problems->files && i < problems->wire.count; i++) {
			free(problems->files[i]);
		}
		free(problems->files);
		wire_problems_clear(&problems->wire);
		free(problems);
	}
}

bool problems_any(const struct problems *problems)
{
	return problems && problems->wire.count;
}

char *problem_text(const struct problems *problems, size_t index, const char *root)
{
	const struct wire_problem *problem = &problems->wire.items[index];
	const char *file = problems->files[index] ? problems->files[index] : problem->file;
	size_t length = strlen(root);

	if (!file) {
		return mem_strdup(problem->message);
	}
	if (problems->files[index] && pathname_is_below(file, root) && file[length]) {
		file += length + (length > 1);
	}
	return problem->line
		? mem_printf("%s (%s:%llu:%llu)", problem->message, file,
			  (unsigned long long)problem->line, (unsigned long long)problem->column)
		: mem_printf("%s (%s)", problem->message, file);
}

static void job_find_files(void *userdata)
{
	struct problems_job *job = userdata;
	struct problems *problems = job->problems;
	const struct served *served = &job->served;

	for (size_t i = 0; i < problems->wire.count; i++) {
		struct wire_problem *problem = &problems->wire.items[i];

		if (problem->kind == WIRE_PROBLEM_DOCUMENT && problem->stack) {
			problems->files[i] =
				traced_file_find(served, problem->stack, &problem->line);
			problem->column = problems->files[i] ? 1 : 0;
		} else if (problem->file) {
			problems->files[i] = served_file_find(served, problem->file);
		}
	}
}

static struct tab *find_tab(struct browsers *browsers, uint32_t number, uint64_t id)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		if (browser->number == number && browser->name) {
			return tabs_find(&browser->tabs, id);
		}
	}
	return NULL;
}

static void add_steps(struct tab *tab)
{
	struct ledger *ledger = tab->browser->browsers->ledger;
	const struct problems *problems = tab->problems;
	struct step_place place = tab_step_place(tab);
	uint64_t now = clock_now_usec();
	uint64_t rest = problems->wire.more;

	for (size_t i = 0; i < problems->wire.count; i++) {
		if (i < PROBLEMS_STEPS_MAX) {
			_cleanup_free_ char *text = problem_text(problems, i, tab->project->root);

			ledger_step(ledger, problems->event, now, STEP_PROBLEM, &place, "%s", text);
		} else {
			rest++;
		}
	}
	if (rest) {
		ledger_step(ledger, problems->event, now, STEP_PROBLEM, &place, "and %llu more",
			(unsigned long long)rest);
	}
}

/* Whether it is the same list: a page that reports a problem twice adds no steps. */
static bool is_same(const struct problems *a, const struct problems *b)
{
	if (!a || a->event != b->event || a->wire.known != b->wire.known ||
		a->wire.count != b->wire.count) {
		return false;
	}
	for (size_t i = 0; i < a->wire.count; i++) {
		const struct wire_problem *one = &a->wire.items[i], *other = &b->wire.items[i];

		if (one->kind != other->kind || one->line != other->line ||
			strcmp(one->message, other->message) != 0) {
			return false;
		}
	}
	return true;
}

static void job_done(void *userdata)
{
	struct problems_job *job = userdata;
	struct tab *tab = find_tab(job->browsers, job->browser, job->tab);

	if (tab && tab->project && strcmp(tab->project->root, job->root) == 0) {
		bool same = is_same(tab->problems, job->problems);

		problems_free(tab->problems);
		tab->problems = mem_steal(job->problems);
		if (!same) {
			add_steps(tab);
		}
		job->browsers->hooks.problems_changed(tab->project, job->browsers->userdata);
	}
	problems_free(job->problems);
	mount_table_clear(&job->served.mounts);
	free(job->root);
	free(job->folder);
	free(job);
}

void problems_report(struct browser *browser, struct wire_message *message)
{
	struct tab *tab = tabs_find(&browser->tabs, message->tab);
	const struct server_main *main;
	struct problems_job *job;

	if (!tab || !tab->project) {
		return;
	}
	main = tab->server ? server_main(tab->server) : NULL;
	job = mem_new(struct problems_job);
	job->browsers = browser->browsers;
	job->browser = browser->number;
	job->tab = tab->id;
	job->root = mem_strdup(tab->project->root);
	job->folder = main && main->folder ? mem_strdup(main->folder) : NULL;
	job->served = (struct served){.root = job->root, .folder = job->folder};
	mounts_copy(&job->served.mounts);
	job->problems = mem_new(struct problems);
	job->problems->event = message->event;
	job->problems->wire = message->problems;
	message->problems = (struct wire_problems){0};
	job->problems->files = mem_zero((job->problems->wire.count + 1) * sizeof(char *));
	mounts_job(browser->browsers->loop, job->root, job_find_files, job_done, job);
}
