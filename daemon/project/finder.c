/* SPDX-License-Identifier: MIT */
#include "project/finder.h"

#include "project/finder-disk.h"
#include "sources/git/git-dir.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/mounts.h"
#include "util/pathname.h"

#define _cleanup_question_ _cleanup_(finder_question_dropp)
MEM_CLEANUP_OF(struct finder_question *, finder_question_drop);

char *finder_folder(const char *name)
{
	bool remote = mounts_is_remote(name);
	_cleanup_question_ struct finder_question *question = remote ? finder_question_ask(name) : NULL;
	_cleanup_free_ char *file = question ? mem_strdup(question->look.file)
		: remote		     ? mem_strdup(name)
					     : finder_disk_resolve(name);
	size_t length = question ? question->folders
		: remote	 ? (size_t)(strrchr(file, '/') - file)
				 : finder_disk_folders(file);
	_cleanup_free_ char *folder = mem_strndup(file, length);
	const char *home = getenv("HOME");
	_cleanup_free_ char *real_home = home ? finder_resolve(home) : NULL;

	if (!*folder || strcmp(folder, "/") == 0 || (real_home && strcmp(folder, real_home) == 0)) {
		return NULL;
	}
	return mem_steal(folder);
}

char *finder_advice(const char *name)
{
	_cleanup_free_ char *folder = finder_folder(name);
	_cleanup_free_ char *word = folder ? pathname_to_word(folder) : NULL;

	return word ? mem_printf("savecast track %s", word) : NULL;
}

static struct project *finder_add(
	struct registry *registry, const char *folder, enum project_how how, char **why)
{
	struct project *project = registry_add_untracked(registry, folder, how);

	if (!project && why) {
		*why = mem_printf("%d untracked projects are known already", PROJECTS_MAX);
	}
	return project;
}

char *finder_resolve(const char *name)
{
	_cleanup_question_ struct finder_question *question = NULL;

	if (!mounts_is_remote(name)) {
		return finder_disk_resolve(name);
	}
	question = finder_question_ask(name);
	return mem_strdup(question ? question->look.file : name);
}

struct project *finder_find(struct registry *registry, const char *name, char **why)
{
	_cleanup_free_ char *file = finder_resolve(name);

	return finder_find_resolved(registry, file, why);
}

static char *no_project(const char *file, char **obstacle)
{
	_cleanup_free_ char *advice = NULL;

	if (*obstacle) {
		return mem_steal(*obstacle);
	}
	advice = finder_advice(file);
	return advice
		? mem_printf("it is in no tracked project and no git work tree: run %s", advice)
		: mem_strdup("it is in no tracked project and no git work tree: a project "
			     "needs a folder of its own");
}

/* The same on a mount that may not answer. */
static struct project *find_remote(struct registry *registry, const char *file, char **why)
{
	_cleanup_question_ struct finder_question *question = finder_question_ask(file);
	_cleanup_free_ char *mount = NULL;
	struct project *project;

	if (question) {
		return finder_find_looked(registry, &question->look, why);
	}
	project = registry_lookup(registry, file);
	mount = project || !why ? NULL : mounts_of(file);
	if (!project && why) {
		*why = mem_printf(
			"%s does not answer: savecast waits for it", mount ? mount : file);
	}
	return project;
}

struct project *finder_find_resolved(struct registry *registry, const char *file, char **why)
{
	_cleanup_free_ char *folder = NULL, *obstacle = NULL;
	unsigned leads = mounts_lead_count();
	size_t folders;

	if (mounts_is_remote(file)) {
		return find_remote(registry, file, why);
	}
	folder = mem_strdup(file);
	folders = finder_disk_folders(file);
	do {
		struct project *project = registry_find(registry, folder);
		bool look = strlen(folder) <= folders || folder[1] == '\0';
		enum project_how how;

		if (project) {
			return project;
		}
		if (look && finder_disk_is_project(folder, &how, &obstacle)) {
			return finder_add(registry, folder, how, why);
		}
		if (mounts_lead_count() != leads) {
			return find_remote(registry, file, why);
		}
	} while (finder_disk_go_up(folder));
	if (why) {
		*why = no_project(file, &obstacle);
	}
	return NULL;
}

struct project *finder_find_looked(
	struct registry *registry, const struct finder_look *look, char **why)
{
	struct project *project = registry_lookup(registry, look->file);

	if (look->root && (!project || strlen(project->root) < strlen(look->root))) {
		return finder_add(registry, look->root, look->how, why);
	}
	if (!project && why) {
		_cleanup_free_ char *obstacle = look->obstacle ? mem_strdup(look->obstacle) : NULL;

		*why = no_project(look->file, &obstacle);
	}
	return project;
}

static bool is_submodule(const char *folder)
{
	_cleanup_question_ struct finder_question *question = NULL;

	if (!mounts_is_remote(folder)) {
		return git_is_submodule(folder);
	}
	question = finder_question_ask(folder);
	return question && question->submodule;
}

struct project *finder_superproject(struct registry *registry, const struct project *project)
{
	const char *slash = strrchr(project->root, '/');
	_cleanup_free_ char *above = NULL;

	if (!slash || slash == project->root || !is_submodule(project->root)) {
		return NULL;
	}
	above = mem_strndup(project->root, (size_t)(slash - project->root));
	return finder_find_resolved(registry, above, NULL);
}
