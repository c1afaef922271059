/* SPDX-License-Identifier: MIT */
#include "sources/git/git-ignore.h"

#include <errno.h>
#include <git2.h>

#include "sources/git/git-guard.h"
#include "sources/git/git-home.h"
#include "sources/git/git-stamp.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"

struct opened {
	char *root; /* as the caller named it; NULL: unused */
	git_repository *repository; /* NULL: there is none */
	struct git_stamp stamp;
	char *excludes; /* its core.excludesFile; NULL: not set, or in the home folder */
	const char *home; /* git_home_copy() when it was opened */
	bool checked; /* in this call */
};

struct git_ignores {
	struct opened opened[GIT_IGNORE_OPEN_MAX];
	size_t next; /* the slot to use next; the oldest, once all are in use */
};

static void opened_close(struct opened *opened)
{
	git_repository_free(opened->repository);
	git_stamp_clear(&opened->stamp);
	free(opened->excludes);
	free(opened->root);
	*opened = (struct opened){0};
}

void git_ignores_finish(struct git_ignores *ignores)
{
	for (size_t i = 0; i < GIT_IGNORE_OPEN_MAX; i++) {
		ignores->opened[i].checked = false;
	}
}

struct git_ignores *git_ignores_new(void)
{
	return mem_new(struct git_ignores);
}

void git_ignores_free(struct git_ignores *ignores)
{
	for (size_t i = 0; ignores && i < GIT_IGNORE_OPEN_MAX; i++) {
		opened_close(&ignores->opened[i]);
	}
	free(ignores);
}

/* Whether its configuration includes other files; sets `excludes`. */
static bool repository_includes(git_repository *repository, char **excludes)
{
	git_config *config = NULL;
	git_config_iterator *iterator = NULL;
	git_config_entry *entry;
	const char *value = NULL;
	bool includes = git_repository_config_snapshot(&config, repository) < 0 ||
		git_config_iterator_new(&iterator, config) < 0;

	while (!includes && git_config_next(&entry, iterator) == 0) {
		includes = strncmp(entry->name, "include.", 8) == 0 ||
			strncmp(entry->name, "includeif.", 10) == 0;
	}
	if (!includes && git_config_get_string(&value, config, "core.excludesfile") == 0 && value &&
		*value == '/') {
		*excludes = mem_strdup(value);
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
	return includes;
}

static void opened_open(struct opened *opened, const char *root)
{
	uint64_t now = clock_usec(CLOCK_REALTIME);
	_cleanup_free_ char *why = NULL;
	const char *tree;

	opened->root = mem_strdup(root);
	opened->home = git_home_copy();
	if (git_guard_open(&opened->repository, root, 0, &why) < 0) {
		opened->repository = NULL;
		return;
	}
	/* Only for the top: a root below it could become a work tree of its own. */
	tree = git_repository_workdir(opened->repository);
	if (tree && strncmp(tree, root, strlen(root)) == 0 &&
		!repository_includes(opened->repository, &opened->excludes)) {
		git_stamp_take(&opened->stamp, tree, git_repository_path(opened->repository),
			git_repository_commondir(opened->repository), now);
	}
}

/* libgit2 looks at these files for each name: one may have become a link to a remote mount. */
static bool excludes_are_near(const struct opened *opened)
{
	_cleanup_free_ char *own = NULL;
	struct stat st;

	if (!mounts_any() || !opened->repository) {
		return true;
	}
	own = mem_printf("%sinfo/exclude", git_repository_commondir(opened->repository));
	return (mounts_stat_near(own, &st) == 0 || errno != EAGAIN) &&
		(!opened->excludes || mounts_may_read(opened->excludes));
}

static git_repository *ignores_open(struct git_ignores *ignores, const char *root)
{
	struct opened *opened = NULL;

	for (size_t i = 0; i < GIT_IGNORE_OPEN_MAX && !opened; i++) {
		if (ignores->opened[i].root && strcmp(ignores->opened[i].root, root) == 0) {
			opened = &ignores->opened[i];
		}
	}
	if (!opened) {
		opened = &ignores->opened[ignores->next++ % GIT_IGNORE_OPEN_MAX];
		opened_close(opened);
	}
	if (!opened->checked &&
		(opened->home != git_home_copy() || !git_stamp_holds(&opened->stamp) ||
			!excludes_are_near(opened))) {
		opened_close(opened);
		opened_open(opened, root);
	}
	opened->checked = true;
	return opened->repository;
}

/*
 * Whether the bytes of an index contain an entry with this name. Before a name are its
 * flags: two bytes with the name's length in the lower twelve bits, or four with the
 * "extended" bit. A NUL follows it.
 */
static bool index_has(const unsigned char *bytes, size_t length, const char *name)
{
	size_t n = strlen(name);
	unsigned said = n < 0xfff ? (unsigned)n : 0xfff;
	const unsigned char *at = bytes;

	while ((at = memmem(at, length - (size_t)(at - bytes), name, n))) {
		size_t before = (size_t)(at - bytes);

		if (before + n < length && before >= 4 && at[n] == '\0' &&
			((((unsigned)at[-2] << 8 | at[-1]) & 0x4fff) == said ||
				(((unsigned)at[-4] << 8 | at[-3]) & 0x4fff) == (said | 0x4000))) {
			return true;
		}
		at++;
	}
	return false;
}

static bool repository_tracks(git_repository *repository, const char *name)
{
	_cleanup_free_ char *file = mem_printf("%sindex", git_repository_path(repository));
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	return file_read(file, GIT_IGNORE_INDEX_MAX, &bytes, &length) == 0 &&
		index_has((unsigned char *)bytes, length, name);
}

bool git_ignores_file(struct git_ignores *ignores, const char *root, const char *name)
{
	git_repository *repository = ignores_open(ignores, root);
	const char *tree = repository ? git_repository_workdir(repository) : NULL;
	size_t length = tree ? strlen(tree) : 0;
	int ignored = 0;

	if (!tree || strncmp(name, tree, length) != 0 || !git_guard_ignores(tree, name)) {
		return false;
	}
	return git_ignore_path_is_ignored(&ignored, repository, name + length) == 0 && ignored &&
		!repository_tracks(repository, name + length);
}

/* It is libgit2's own type, under a name for callers that do not include the library. */
struct git_ignore *git_ignore_open(const char *root)
{
	git_repository *repository;
	_cleanup_free_ char *why = NULL;

	if (git_guard_open(&repository, root, 0, &why) < 0) {
		return NULL;
	}
	if (!git_repository_workdir(repository)) {
		git_repository_free(repository);
		return NULL;
	}
	return (struct git_ignore *)repository;
}

void git_ignore_close(struct git_ignore *ignore)
{
	git_repository_free((git_repository *)ignore);
}

bool git_ignore_has(struct git_ignore *ignore, const char *path, bool is_folder)
{
	git_repository *repository = (git_repository *)ignore;
	const char *tree = repository ? git_repository_workdir(repository) : NULL;
	_cleanup_free_ char *name = mem_printf("%s%s", path, is_folder ? "/" : "");
	size_t length = tree ? strlen(tree) : 0;
	int ignored = 0;

	return tree && strncmp(name, tree, length) == 0 && git_guard_ignores(tree, name) &&
		git_ignore_path_is_ignored(&ignored, repository, name + length) == 0 && ignored;
}
