/* SPDX-License-Identifier: MIT */
#include "project/finder-disk.h"

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

size_t finder_disk_folders(const char *name)
{
	const char *slash = strrchr(name, '/');
	struct stat st;

	if (lstat(name, &st) < 0) {
		return existing_length(name);
	}
	return S_ISDIR(st.st_mode) || !slash ? strlen(name) : (size_t)(slash - name);
}

char *finder_disk_resolve(const char *name)
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

/* Only a file of the user counts: in a folder like /tmp it could belong to another user. */
static bool has_project_file(const char *folder)
{
	_cleanup_free_ char *name = mem_printf("%s/.savecast", strcmp(folder, "/") ? folder : "");
	struct stat st;

	return lstat(name, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
}

bool finder_disk_is_project(const char *folder, enum project_how *how, char **obstacle)
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

bool finder_disk_go_up(char *folder)
{
	char *slash = strrchr(folder, '/');

	if (!slash || folder[1] == '\0') {
		return false;
	}
	slash[slash == folder ? 1 : 0] = '\0';
	return true;
}

void finder_look(const char *name, struct finder_look *look)
{
	_cleanup_free_ char *folder = NULL;
	size_t folders;

	*look = (struct finder_look){.file = finder_disk_resolve(name)};
	folder = mem_strdup(look->file);
	folders = finder_disk_folders(look->file);
	do {
		bool is_folder = strlen(folder) <= folders || folder[1] == '\0';

		if (is_folder && finder_disk_is_project(folder, &look->how, &look->obstacle)) {
			look->root = mem_steal(folder);
			return;
		}
	} while (finder_disk_go_up(folder));
}

void finder_look_clear(struct finder_look *look)
{
	free(look->file);
	free(look->root);
	free(look->obstacle);
}

static void question_work(void *data)
{
	struct finder_question *question = data;

	finder_look(question->name, &question->look);
	question->folders = finder_disk_folders(question->look.file);
	question->submodule = git_is_submodule(question->name);
}

void finder_question_drop(void *data)
{
	struct finder_question *question = data;

	free(question->name);
	finder_look_clear(&question->look);
	free(question);
}

struct finder_question *finder_question_ask(const char *name)
{
	static const struct mount_try what = {.work = question_work, .drop = finder_question_drop};
	struct finder_question *question = mem_new(struct finder_question);

	question->name = mem_strdup(name);
	return mounts_try(name, &what, question);
}
