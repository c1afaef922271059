/* SPDX-License-Identifier: MIT */
#include "sources/git/git-guard.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sources/git/git-home.h"
#include "sources/git/git-library.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/pathname.h"

enum { GUARD_CONFIG_MAX = 1024 * 1024 };

/* Whether it is a regular file, or does not exist. */
static bool may_read(const char *name)
{
	struct stat st;

	return stat(name, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

static bool may_read_in(const char *folder, const char *name, char **why)
{
	_cleanup_free_ char *full = mem_printf("%s/%s", folder, name);

	if (may_read(full)) {
		return true;
	}
	*why = mem_printf("its %s is not a regular file", name);
	return false;
}

/* A value of the configuration, as the name of a file. */
static bool may_read_value(const char *folder, const char *value)
{
	const char *home = git_home_copy() ? git_home_copy() : getenv("HOME");
	_cleanup_free_ char *full = NULL;

	if (value[0] == '~' && value[1] == '/' && home) {
		full = mem_printf("%s%s", home, value + 1);
	} else if (value[0] == '/') {
		full = mem_strdup(value);
	} else {
		full = mem_printf("%s/%s", folder, value);
	}
	return may_read(full);
}

/* Cuts a line to the value of a key that names a file; NULL if it has none. */
static char *file_value(char *line)
{
	static const char *const keys[] = {"path", "excludesfile", "attributesfile"};
	char *value = strchr(line, '=');
	size_t length;

	line += strspn(line, " \t");
	if (!value) {
		return NULL;
	}
	for (length = (size_t)(value - line); length && isspace((unsigned char)line[length - 1]);) {
		length--;
	}
	value += 1 + strspn(value + 1, " \t\"");
	value[strcspn(value, "\"\r;#")] = '\0';
	for (size_t i = strlen(value); i > 0 && isspace((unsigned char)value[i - 1]); i--) {
		value[i - 1] = '\0';
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (length >= strlen(keys[i]) &&
			strncasecmp(line + length - strlen(keys[i]), keys[i], strlen(keys[i])) == 0) {
			return value;
		}
	}
	return NULL;
}

/* Checks the files that a repository's own configuration names. */
static bool config_is_safe(const char *folder, char **why)
{
	_cleanup_free_ char *name = mem_printf("%s/config", folder);
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r = file_read(name, GUARD_CONFIG_MAX, &text, &length);

	if (r < 0 && r != -ENOENT) {
		*why = mem_printf("its config: %s",
			r == -EINVAL ? "is not a regular file" : strerror(-r));
		return false;
	}
	for (char *line = text, *next; line; line = next) {
		char *value;

		next = strchr(line, '\n');
		if (next) {
			*next++ = '\0';
		}
		value = file_value(line);
		if (value && *value && !may_read_value(folder, value)) {
			*why = mem_strdup("its config names a file that is not a regular file");
			return false;
		}
	}
	return true;
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

static bool git_dir_is_safe(const char *folder, char **why)
{
	static const char *const names[] = {"HEAD", "commondir", "gitdir", "config.worktree",
		"index", "info/exclude", "info/attributes"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!may_read_in(folder, names[i], why)) {
			return false;
		}
	}
	return config_is_safe(folder, why);
}

/* Checks the folder's .git, the git dir that it refers to, and the one that work trees share. */
static bool folder_is_safe(const char *folder, char **why)
{
	_cleanup_free_ char *own = mem_printf("%s/.git", folder);
	_cleanup_free_ char *linked = NULL, *common = NULL;
	const char *git_dir = own;

	if (!may_read_in(folder, ".git", why)) {
		return false;
	}
	linked = folder_named_by(folder, ".git", "gitdir: ");
	if (linked) {
		git_dir = linked;
	}
	if (!git_dir_is_safe(git_dir, why)) {
		return false;
	}
	common = folder_named_by(git_dir, "commondir", "");
	return !common || git_dir_is_safe(common, why);
}

/* With `search`, also checks the folders above, where libgit2 searches, too. */
static bool all_are_safe(const char *folder, bool search, char **why)
{
	_cleanup_free_ char *at = mem_strdup(folder);

	for (;;) {
		_cleanup_free_ char *marker = mem_printf("%s/.git", at);
		struct stat st;
		char *slash;

		if (lstat(marker, &st) == 0 && !folder_is_safe(at, why)) {
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
	int r;

	*repository = NULL;
	if (!all_are_safe(folder, !(flags & GIT_REPOSITORY_OPEN_NO_SEARCH), why)) {
		return GIT_EINVALID;
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

		if (!may_read(name)) {
			return false;
		}
	}
	return true;
}
