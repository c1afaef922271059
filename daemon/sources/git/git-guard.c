/* SPDX-License-Identifier: MIT */
#include "sources/git/git-guard-private.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "sources/git/git-guard.h"
#include "sources/git/git-home.h"
#include "sources/git/git-library.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"

enum { GUARD_ALTERNATES_MAX = 64 * 1024 };

static void guard_clear(struct guard *guard)
{
	free(guard->why);
	free(guard->waits);
}

bool guard_waits(struct guard *guard, const char *name)
{
	guard->waits = mem_strdup(name);
	return false;
}

/* For a name in a folder that was checked. */
static bool may_read_in(struct guard *guard, const char *folder, const char *name)
{
	_cleanup_free_ char *full = mem_printf("%s/%s", folder, name);
	struct stat st;

	if (mounts_stat_near(full, &st) < 0) {
		return errno == EAGAIN ? guard_waits(guard, full) : true;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		guard->why = mem_printf("its %s is not a regular file", name);
	}
	return !guard->why;
}

/* The folder named in a file by "gitdir: ..." or, without a label, by "..."; NULL if none. */
static char *folder_named_by(const char *folder, const char *file, const char *label)
{
	_cleanup_free_ char *name = mem_printf("%s/%s", folder, file);
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (file_read(name, PATHNAME_MAX + 16, &text, &length) < 0 ||
		strncmp(text, label, strlen(label)) != 0) {
		return NULL;
	}
	text[strcspn(text, "\r\n")] = '\0';
	return text[strlen(label)] == '/' ? mem_strdup(text + strlen(label))
					  : mem_printf("%s/%s", folder, text + strlen(label));
}

/* Whether no link in the folder leads to where this thread must not read. */
static bool links_are_safe(struct guard *guard, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool safe = true;

	while (dir && safe && (entry = readdir(dir))) {
		safe = entry->d_type != DT_LNK || may_read_in(guard, folder, entry->d_name);
	}
	if (dir) {
		closedir(dir);
	}
	return safe;
}

/* The folder of the objects, which was checked, and others that it names. */
static bool objects_are_safe(struct guard *guard, const char *objects, unsigned depth)
{
	_cleanup_free_ char *name = mem_printf("%s/info/alternates", objects);
	_cleanup_free_ char *pack = mem_printf("%s/pack", objects);
	_cleanup_free_ char *text = NULL;
	bool safe = links_are_safe(guard, objects) && links_are_safe(guard, pack);
	char *rest, *line;
	size_t length;

	if (!safe || depth > GUARD_DEPTH_MAX ||
		file_read(name, GUARD_ALTERNATES_MAX, &text, &length) < 0) {
		return safe;
	}
	rest = text;
	while (safe && (line = strsep(&rest, "\n"))) {
		_cleanup_free_ char *other =
			*line == '/' ? mem_strdup(line) : mem_printf("%s/%s", objects, line);

		if (!*line || *line == '#') {
			continue;
		}
		safe = mounts_may_read(other) ? may_read_in(guard, other, "info") &&
				may_read_in(guard, other, "info/alternates") &&
				may_read_in(guard, other, "pack") &&
				objects_are_safe(guard, other, depth + 1)
					      : guard_waits(guard, other);
	}
	return safe;
}

static bool git_dir_is_safe(struct guard *guard, const char *folder)
{
	/* A folder before what is in it. Those after OPENED are only looked at. */
	enum { OPENED = 9 };
	static const char *const names[] = {"HEAD", "commondir", "gitdir", "config",
		"config.worktree", "index", "info", "info/exclude", "info/attributes",
		"packed-refs", "shallow", "info/grafts", "logs", "logs/HEAD", "logs/refs", "refs",
		"refs/stash", "objects", "objects/info", "objects/info/alternates", "objects/pack"};
	static const char *const configs[] = {"config", "config.worktree"};
	_cleanup_free_ char *objects = mem_printf("%s/objects", folder);
	size_t count = mounts_any() ? COUNT_OF(names) : OPENED;
	bool safe = true;

	if (!mounts_may_read(folder)) {
		return guard_waits(guard, folder);
	}
	for (size_t i = 0; safe && i < count; i++) {
		safe = may_read_in(guard, folder, names[i]);
	}
	for (size_t i = 0; safe && i < COUNT_OF(configs); i++) {
		_cleanup_free_ char *config = mem_printf("%s/%s", folder, configs[i]);

		safe = guard_config(guard, config, 0);
	}
	return safe && (!mounts_any() || objects_are_safe(guard, objects, 0));
}

/* Checks the folder's .git, the git dir that it refers to, and the one that work trees share. */
static bool folder_is_safe(struct guard *guard, const char *folder)
{
	_cleanup_free_ char *own = mem_printf("%s/.git", folder);
	_cleanup_free_ char *linked = NULL, *common = NULL;
	const char *git_dir = own;

	if (!may_read_in(guard, folder, ".git")) {
		return false;
	}
	linked = folder_named_by(folder, ".git", "gitdir: ");
	if (linked) {
		git_dir = linked;
	}
	if (!git_dir_is_safe(guard, git_dir)) {
		return false;
	}
	common = folder_named_by(git_dir, "commondir", "");
	return !common || git_dir_is_safe(guard, common);
}

/* The user's own configuration, which libgit2 reads as well: if this thread must not, there will be a copy. */
static bool user_is_safe(void)
{
	const char *home = getenv("HOME");
	_cleanup_free_ char *xdg = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	char *names[] = {home ? mem_printf("%s/.gitconfig", home) : NULL,
		xdg ? mem_printf("%s/git/config", xdg) : NULL,
		xdg ? mem_printf("%s/git/ignore", xdg) : NULL};
	struct guard guard = {0};
	bool safe;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (guard.waits) {
			/* One is enough. */
		} else if (names[i] && !mounts_may_read(names[i])) {
			guard_waits(&guard, names[i]);
		} else if (i < 2 && names[i]) {
			guard_config(&guard, names[i], 0);
			free(mem_steal(guard.why)); /* that is libgit2's to say */
		}
		free(names[i]);
	}
	safe = !guard.waits;
	if (guard.waits) {
		git_home_want(guard.waits);
		safe = git_home_copy();
	}
	guard_clear(&guard);
	return safe;
}

/* For mounts_lead_add(). */
static char *guard_lead(const char *folder)
{
	struct guard guard = {0};
	char *waits;

	folder_is_safe(&guard, folder);
	waits = mem_steal(guard.waits);
	guard_clear(&guard);
	return waits;
}

/* With `search`, also checks the folders above, where libgit2 searches, too. */
static bool all_are_safe(struct guard *guard, const char *folder, bool search)
{
	_cleanup_free_ char *at = mem_strdup(folder);

	for (;;) {
		_cleanup_free_ char *marker = mem_printf("%s/.git", at);
		struct stat st;
		char *slash;

		if (lstat(marker, &st) == 0 && !folder_is_safe(guard, at)) {
			if (guard->waits) {
				mounts_lead_add(at, guard->waits, guard_lead);
			}
			return false;
		}
		slash = strrchr(at, '/');
		if (!search || !slash) {
			return true;
		}
		*slash = '\0';
	}
}

int git_guard_open(
	git_repository **repository, const char *folder, unsigned flags, char **why)
{
	struct guard guard = {0};
	int r;

	*repository = NULL;
	if (mounts_any() &&
		((!git_home_copy() && !user_is_safe()) || git_library_waits_for_home())) {
		*why = mem_strdup(
			"the user's git configuration is on a file system that may not answer");
		return GIT_GUARD_WAITS;
	}
	if (!all_are_safe(&guard, folder, !(flags & GIT_REPOSITORY_OPEN_NO_SEARCH))) {
		bool waits = guard.waits;

		*why = waits ? mem_printf("%s is on a file system that may not answer", guard.waits)
			     : mem_steal(guard.why);
		guard_clear(&guard);
		return waits ? GIT_GUARD_WAITS : GIT_EINVALID;
	}
	r = git_repository_open_ext(repository, folder, flags, NULL);
	if (r < 0) {
		*why = mem_strdup(git_library_why("libgit2 cannot open it"));
	}
	return r;
}

bool git_guard_ignores(const char *tree, const char *file)
{
	for (const char *slash = file + strlen(tree) - 1; slash; slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *name =
			mem_printf("%.*s/.gitignore", (int)(slash - file), file);
		struct stat st;

		if (mounts_stat_near(name, &st) < 0
				? errno == EAGAIN
				: !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
			return false;
		}
	}
	return true;
}
