/* SPDX-License-Identifier: MIT */
#include "project/finder.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/git/git-dir.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* A slash near the middle between the positions `low` and `high` of the name; 0: there is none. */
static size_t middle_slash(const char *name, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;

	for (size_t at = middle; at > low; at--) {
		if (name[at] == '/') {
			return at;
		}
	}
	for (size_t at = middle + 1; at < high; at++) {
		if (name[at] == '/') {
			return at;
		}
	}
	return 0;
}

/*
 * The length of the longest prefix of a name that exists, if the whole does not. If a path
 * exists, its parents exist too, so this is a binary search: a name may have 2000 components,
 * and a call 4096 names.
 */
static size_t existing_length(const char *name)
{
	size_t low = 0, high = strlen(name), at;

	while ((at = middle_slash(name, low, high)) > 0) {
		_cleanup_free_ char *head = mem_strndup(name, at);

		if (access(head, F_OK) == 0) {
			low = at;
		} else {
			high = at;
		}
	}
	return low;
}

/* The length of the part of a resolved name that may be a folder. */
static size_t folders_length(const char *name)
{
	const char *slash = strrchr(name, '/');
	struct stat st;

	if (lstat(name, &st) < 0) {
		return existing_length(name);
	}
	return S_ISDIR(st.st_mode) || !slash ? strlen(name) : (size_t)(slash - name);
}

static char *resolve(const char *name)
{
	char *real = realpath(name, NULL);

	/* The part that exists is resolved; the rest stays as given. */
	if (!real) {
		_cleanup_free_ char *head = mem_strndup(name, existing_length(name));
		_cleanup_free_ char *real_head = *head ? realpath(head, NULL) : NULL;

		if (!real_head) {
			return mem_strdup(name);
		}
		real = mem_printf(
			"%s%s", strcmp(real_head, "/") ? real_head : "", name + strlen(head));
	}
	if (strlen(real) > PATHNAME_MAX) {
		free(real);
		real = mem_strdup(name);
	}
	return real;
}

char *finder_folder(const char *name)
{
	_cleanup_free_ char *file = finder_resolve(name);
	size_t length =
		mounts_ready(file) ? folders_length(file) : (size_t)(strrchr(file, '/') - file);
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

/* Only a file of the user counts: in a folder like /tmp it could belong to another user. */
static bool has_project_file(const char *folder)
{
	_cleanup_free_ char *name = mem_printf("%s/.savecast", strcmp(folder, "/") ? folder : "");
	struct stat st;

	return lstat(name, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
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
	return mounts_ready(name) ? resolve(name) : mem_strdup(name);
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

/* Whether the folder would be a project. Does not replace an `obstacle` that is set already. */
static bool folder_is_project(const char *folder, enum project_how *how, char **obstacle)
{
	_cleanup_free_ char *bad_git = NULL;

	if (git_worktree_check(folder, &bad_git) == 0) {
		*how = PROJECT_BY_GIT;
		return true;
	}
	if (has_project_file(folder)) {
		*how = PROJECT_BY_FILE;
		return true;
	}
	/* The project's problem says which changes by git are then not noticed. */
	if (bad_git && git_worktree_is_likely(folder)) {
		*how = PROJECT_BY_GIT;
		return true;
	}
	if (bad_git && !*obstacle) {
		_cleanup_free_ char *text = pathname_to_text(folder);

		*obstacle = mem_printf("%s: git: %s", text, bad_git);
	}
	return false;
}

/* Cuts the name to its parent folder. False: there is none. */
static bool go_up(char *folder)
{
	char *slash = strrchr(folder, '/');

	if (!slash || folder[1] == '\0') {
		return false;
	}
	slash[slash == folder ? 1 : 0] = '\0';
	return true;
}

static struct project *find_known(struct registry *registry, const char *file, char **why)
{
	struct project *project = registry_lookup(registry, file);
	_cleanup_free_ char *mount = project || !why ? NULL : mounts_of(file);

	if (!project && why) {
		*why = mem_printf(
			"%s does not answer: savecast waits for it", mount ? mount : file);
	}
	return project;
}

struct project *finder_find_resolved(struct registry *registry, const char *file, char **why)
{
	_cleanup_free_ char *folder = NULL, *obstacle = NULL;
	size_t folders;

	if (!mounts_ready(file)) {
		return find_known(registry, file, why);
	}
	folder = mem_strdup(file);
	folders = folders_length(file);
	do {
		struct project *project = registry_find(registry, folder);
		bool look = strlen(folder) <= folders || folder[1] == '\0';
		enum project_how how;

		if (project) {
			return project;
		}
		if (look && folder_is_project(folder, &how, &obstacle)) {
			return finder_add(registry, folder, how, why);
		}
	} while (go_up(folder));
	if (why) {
		*why = no_project(file, &obstacle);
	}
	return NULL;
}

void finder_look(const char *name, struct finder_look *look)
{
	_cleanup_free_ char *folder = NULL;
	size_t folders;

	*look = (struct finder_look){.file = resolve(name)};
	folder = mem_strdup(look->file);
	folders = folders_length(look->file);
	do {
		bool is_folder = strlen(folder) <= folders || folder[1] == '\0';

		if (is_folder && folder_is_project(folder, &look->how, &look->obstacle)) {
			look->root = mem_steal(folder);
			return;
		}
	} while (go_up(folder));
}

void finder_look_clear(struct finder_look *look)
{
	free(look->file);
	free(look->root);
	free(look->obstacle);
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

struct project *finder_superproject(struct registry *registry, const struct project *project)
{
	const char *slash = strrchr(project->root, '/');
	_cleanup_free_ char *above = NULL;

	if (!slash || slash == project->root || !mounts_ready(project->root) ||
		!git_is_submodule(project->root)) {
		return NULL;
	}
	above = mem_strndup(project->root, (size_t)(slash - project->root));
	return finder_find_resolved(registry, above, NULL);
}
