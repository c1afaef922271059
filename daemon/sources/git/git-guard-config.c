/* SPDX-License-Identifier: MIT */
#include "sources/git/git-guard-private.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>

#include "sources/git/git-home.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"

/* The name that "include" gets while a configuration is checked. */
#define NOT_INCLUDE "xnclude"

enum { GUARD_CONFIG_MAX = 1024 * 1024 };

static bool guard_refuses(struct guard *guard, const char *why)
{
	guard->why = mem_strdup(why);
	return false;
}

/* A value of the configuration in the folder, as the name of a file. */
static bool may_read_value(
	struct guard *guard, const char *folder, const git_config_entry *entry, unsigned depth)
{
	const char *home = git_home_copy() ? git_home_copy() : getenv("HOME");
	const char *value = entry->value;
	_cleanup_free_ char *full = NULL;
	struct stat st;

	if (value[0] == '~' && value[1] == '/' && home) {
		full = mem_printf("%s%s", home, value + 1);
	} else if (value[0] == '/') {
		full = mem_strdup(value);
	} else {
		full = mem_printf("%s/%s", folder, value);
	}
	if (!mounts_may_read(full)) {
		return guard_waits(guard, full);
	}
	if (stat(full, &st) < 0 || S_ISDIR(st.st_mode)) {
		return true;
	}
	if (!S_ISREG(st.st_mode)) {
		return guard_refuses(guard, "its config names a file that is not a regular file");
	}
	return !strstr(entry->name, NOT_INCLUDE) || guard_config(guard, full, depth + 1);
}

static bool entry_is_safe(
	struct guard *guard, const char *folder, const git_config_entry *entry, unsigned depth)
{
	static const char *const keys[] = {
		".path", "core.excludesfile", "core.attributesfile", "core.worktree"};
	size_t length = strlen(entry->name);

	if (!entry->value || !*entry->value) {
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		size_t end = strlen(keys[i]);

		if (length >= end && strcmp(entry->name + length - end, keys[i]) == 0) {
			return strcasestr(entry->value, NOT_INCLUDE)
				? guard_refuses(
					  guard, "its config names a file that cannot be checked")
				: may_read_value(guard, folder, entry, depth);
		}
	}
	return true;
}

/* Renames the sections that include other files, so that a parser does not read these. */
static void rename_includes(char *text)
{
	for (char *at = text; (at = strchr(at, '['));) {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, "include", strlen("include")) == 0) {
			*at = NOT_INCLUDE[0];
		}
	}
}

/* libgit2's own parser decides what the values are. It reads files only. */
static bool values_are_safe(
	struct guard *guard, const char *folder, char *text, size_t length, unsigned depth)
{
	int fd = memfd_create("savecast-guard", MFD_CLOEXEC);
	git_config_iterator *iterator = NULL;
	git_config *config = NULL;
	git_config_entry *entry;
	bool safe = false;
	char name[64];

	rename_includes(text);
	snprintf(name, sizeof name, "/proc/thread-self/fd/%d", fd);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length &&
		git_config_open_ondisk(&config, name) == 0 &&
		git_config_iterator_new(&iterator, config) == 0) {
		safe = true;
		while (safe && git_config_next(&entry, iterator) == 0) {
			safe = entry_is_safe(guard, folder, entry, depth);
		}
	} else {
		guard_refuses(guard, "its config cannot be parsed");
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
	if (fd >= 0) {
		close(fd);
	}
	return safe;
}

/* Keys and sections cannot be written in another way than with these letters. */
static bool names_files(const char *text)
{
	static const char *const words[] = {
		"include", "excludesfile", "attributesfile", "worktree"};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcasestr(text, words[i])) {
			return true;
		}
	}
	return false;
}

bool guard_config(struct guard *guard, const char *name, unsigned depth)
{
	const char *slash = strrchr(name, '/');
	_cleanup_free_ char *folder = mem_strndup(name, (size_t)(slash - name));
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r;

	if (depth > GUARD_DEPTH_MAX) {
		return true; /* libgit2 reads no further */
	}
	r = file_read(name, GUARD_CONFIG_MAX, &text, &length);
	if (r < 0 && r != -ENOENT) {
		guard->why = mem_printf(
			"its config: %s", r == -EINVAL ? "is not a regular file" : strerror(-r));
		return false;
	}
	return r < 0 || (strlen(text) == length && !names_files(text)) ||
		values_are_safe(guard, folder, text, length, depth);
}
