/* SPDX-License-Identifier: MIT */
#include "config/config-file.h"

#include <errno.h>
#include <stdbool.h>

#include <git2.h>

#include "util/file.h"
#include "util/mem.h"
#include "sources/git/git-library.h"

/* A regular expression that matches this text only. The caller frees it. */
static char *exactly(const char *text)
{
	char *pattern = mem_alloc(2 * strlen(text) + 3);
	char *out = pattern;

	*out++ = '^';
	for (; *text; text++) {
		if (strchr("\\^$.|?*+()[]{}", *text)) {
			*out++ = '\\';
		}
		*out++ = *text;
	}
	*out++ = '$';
	*out = '\0';
	return pattern;
}

static bool has_value(const git_config *config, const char *key, const char *value)
{
	_cleanup_free_ char *pattern = value ? exactly(value) : NULL;
	git_config_iterator *iterator = NULL;
	git_config_entry *entry;
	bool found = git_config_multivar_iterator_new(&iterator, config, key, pattern) == 0 &&
		git_config_next(&entry, iterator) == 0;

	git_config_iterator_free(iterator);
	return found;
}

static int change_value(
	git_config *config, const char *key, enum config_change change, const char *value)
{
	_cleanup_free_ char *pattern = NULL;

	if (change == CONFIG_SET) {
		/*
		 * If the key has several values, remove them first: setting a value
		 * replaces only one.
		 */
		if (has_value(config, key, NULL)) {
			git_config_delete_multivar(config, key, ".*");
		}
		return git_config_set_string(config, key, value);
	}
	if (has_value(config, key, value) == (change == CONFIG_ADD)) {
		return 1;
	}
	if (change == CONFIG_ADD) {
		return git_config_set_multivar(config, key, "a^", value); /* matches no value */
	}
	pattern = value ? exactly(value) : mem_strdup(".*");
	return git_config_delete_multivar(config, key, pattern);
}

int config_write(
	const char *file, const char *key, enum config_change change, const char *value, char **why)
{
	_cleanup_free_ char *folder = mem_strndup(file, (size_t)(strrchr(file, '/') - file));
	git_config *config = NULL;
	int r = *folder ? file_make_folders(folder) : 0;

	if (r < 0) {
		*why = mem_printf("%s: %s", folder, strerror(-r));
		return r;
	}
	r = git_config_open_ondisk(&config, file);
	if (r == 0) {
		r = change_value(config, key, change, value);
	}
	if (r < 0) {
		*why = mem_printf("%s: %s", file, git_library_why("cannot be written"));
		r = -EIO;
	}
	git_config_free(config);
	return r;
}
