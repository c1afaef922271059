/* SPDX-License-Identifier: MIT */
#include "pipeline/intake.h"

#include "project/finder.h"
#include "sources/git/git-dir.h"
#include "sources/git/git-home.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/mounts.h"
#include "util/pathname.h"

struct intake {
	struct registry *registry;
	struct git_ignores *ignores;
	/* The project that finder_superproject() was called for last, until intake_finish(). */
	const struct project *asked;
	struct project *superproject; /* the answer */
};

struct intake *intake_new(struct registry *registry, struct git_ignores *ignores)
{
	struct intake *intake = mem_new(struct intake);

	intake->registry = registry;
	intake->ignores = ignores;
	return intake;
}

void intake_free(struct intake *intake)
{
	free(intake);
}

/* Relative to the root if the file is below it, otherwise without the first slash. */
static const char *name_in(const struct project *project, const char *file)
{
	size_t length = strlen(project->root);

	if (!pathname_is_below(file, project->root) || length == 1 || !file[length]) {
		return file + 1;
	}
	return file + length + 1;
}

/* Cuts the name to its parent folder. False: that is the root folder. */
static bool go_up(char *folder)
{
	char *slash = strrchr(folder, '/');

	if (!slash || slash == folder) {
		return false;
	}
	*slash = '\0';
	return true;
}

static void look_around(struct intake_look *look, const char *root)
{
	_cleanup_free_ char *at = mem_strdup(root);

	while (look->around_count < CLAIMS_MAX && git_is_submodule(at) && go_up(at)) {
		struct finder_look *around;

		look->around =
			mem_resize(look->around, look->around_count + 1, sizeof *look->around);
		around = &look->around[look->around_count++];
		finder_look(at, around);
		if (!around->root) {
			return;
		}
		free(at);
		at = mem_strdup(around->root);
	}
}

void intake_look(const char *name, const char *root, struct git_ignores *ignores,
	struct intake_look *look)
{
	*look = (struct intake_look){0};
	finder_look(name, &look->found);
	if (!root || (look->found.root && strlen(look->found.root) > strlen(root))) {
		root = look->found.root;
	}
	if (root) {
		look_around(look, root);
	}
	look->gitignored = root && git_ignores_file(ignores, root, look->found.file);
	content_read(look->found.file, CONTENT_WORKER_BYTES_MAX, &look->mark);
}

void intake_look_clear(struct intake_look *look)
{
	finder_look_clear(&look->found);
	for (size_t i = 0; i < look->around_count; i++) {
		finder_look_clear(&look->around[i]);
	}
	free(look->around);
}

/* Whether git ignores a file on a mount that may not answer; see mounts_try(). */
struct ignoring {
	char *root, *file;
	bool ignored;
};

static void ignoring_work(void *data)
{
	struct ignoring *ignoring = data;
	struct git_ignores *ignores = git_ignores_new();

	ignoring->ignored = git_ignores_file(ignores, ignoring->root, ignoring->file);
	git_ignores_free(ignores);
}

static void ignoring_drop(void *data)
{
	struct ignoring *ignoring = data;

	free(ignoring->root);
	free(ignoring->file);
	free(ignoring);
}

static bool ignoring_same(const void *one, const void *other)
{
	const struct ignoring *a = one, *b = other;

	return strcmp(a->root, b->root) == 0 && strcmp(a->file, b->file) == 0;
}

static bool try_gitignored(const char *root, const char *file)
{
	static const struct mount_try what = {
		.work = ignoring_work, .drop = ignoring_drop, .same = ignoring_same};
	struct ignoring *ignoring;
	bool ignored;

	ignoring = mem_new(struct ignoring);
	*ignoring = (struct ignoring){.root = mem_strdup(root), .file = mem_strdup(file)};
	ignoring = mounts_try(mounts_is_remote(file) ? file : root, &what, ignoring);
	ignored = ignoring && ignoring->ignored;
	if (ignoring) {
		ignoring_drop(ignoring);
	}
	return ignored;
}

static bool intake_gitignored(struct intake *intake, const char *root, const char *file)
{
	unsigned leads = mounts_lead_count();

	git_home_refresh();
	if (!mounts_is_remote(file) && !mounts_is_remote(root)) {
		bool ignored = git_ignores_file(intake->ignores, root, file);

		if (mounts_lead_count() == leads) {
			return ignored;
		}
	}
	return try_gitignored(root, file);
}

static bool is_gitignored(struct intake *intake, const struct intake_look *look,
	const struct project *project, const char *file)
{
	return look ? look->gitignored : intake_gitignored(intake, project->root, file);
}

static void claims_add(struct intake *intake, struct claims *claims, struct project *project,
	const struct path_rule *include, const struct intake_look *look)
{
	struct claim *claim;
	struct verdict *verdict;

	if (claims->count == CLAIMS_MAX) {
		return;
	}
	claim = &claims->items[claims->count++];
	*claim = (struct claim){.project = project, .include = include};
	verdict = &claim->verdict;
	verdict_find(project->settings, name_in(project, claims->file), verdict);
	if (!verdict->ignored && !verdict->wanted && !include && !project->settings->gitignored &&
		is_gitignored(intake, look, project, claims->file)) {
		verdict->ignored = mem_strdup("by .gitignore; with savecast.gitignored = true "
					      "it would count");
	}
}

/* The files of a call are usually in one project. */
static struct project *superproject_of(struct intake *intake, const struct project *project)
{
	if (intake->asked != project) {
		intake->superproject = finder_superproject(intake->registry, project);
		intake->asked = project;
	}
	return intake->superproject;
}

static void claim_around(struct intake *intake, const struct project *own,
	const struct intake_look *look, struct claims *claims)
{
	const struct project *at = own;
	struct project *around;

	for (size_t i = 0; look && i < look->around_count; i++) {
		around = finder_find_looked(intake->registry, &look->around[i], NULL);
		if (around) {
			claims_add(intake, claims, around, NULL, look);
		}
	}
	while (!look && (around = superproject_of(intake, at))) {
		claims_add(intake, claims, around, NULL, look);
		at = around;
	}
}

void intake_claim(struct intake *intake, const char *name, const struct intake_look *look,
	bool wants_why, struct claims *claims)
{
	char **why = wants_why ? &claims->why : NULL;
	struct project *own;

	*claims = (struct claims){
		.file = look ? mem_strdup(look->found.file) : finder_resolve(name)};
	own = look ? finder_find_looked(intake->registry, &look->found, why)
		   : finder_find_resolved(intake->registry, claims->file, why);
	if (own) {
		claims_add(intake, claims, own, NULL, look);
		claim_around(intake, own, look, claims);
	}
	for (size_t i = 0; i < registry_count(intake->registry); i++) {
		struct project *project = registry_at(intake->registry, i);
		const struct path_rule *include = project != own && project->settings->include.count
			? path_rules_find_outside(&project->settings->include, claims->file)
			: NULL;

		if (include) {
			claims_add(intake, claims, project, include, look);
		}
	}
}

void intake_finish(struct intake *intake)
{
	git_ignores_finish(intake->ignores);
	intake->asked = NULL;
}

void claims_clear(struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		verdict_clear(&claims->items[i].verdict);
	}
	free(claims->file);
	free(claims->why);
}

bool intake_wants(
	struct intake *intake, const struct project *project, const char *file, bool ask_git)
{
	const char *name = name_in(project, file);
	bool ignored = !verdict_watches(project->settings, name) || !intake_accepts(project, file);

	if (!ignored && ask_git && !project->settings->gitignored) {
		ignored = intake_gitignored(intake, project->root, file);
		git_ignores_finish(intake->ignores);
	}
	return !ignored;
}

bool intake_accepts(const struct project *project, const char *file)
{
	struct verdict verdict;
	bool passes;

	verdict_find(project->settings, name_in(project, file), &verdict);
	passes = !verdict.ignored;
	verdict_clear(&verdict);
	return passes;
}
