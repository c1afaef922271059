/* SPDX-License-Identifier: MIT */
#include "project/verdict.h"

#include <fnmatch.h>
#include <string.h>

#include "util/mem.h"

/*
 * fnmatch(), after a look at the first and the last character: most names differ there, and each
 * save compares its name with all patterns.
 */
static bool matches(const char *pattern, const char *name)
{
	char first = pattern[0], last = pattern[strlen(pattern) - 1];
	size_t length = strlen(name);

	if ((first != '*' && first != name[0]) ||
		(last != '*' && last != ']' && length && last != name[length - 1])) {
		return false;
	}
	return fnmatch(pattern, name, 0) == 0;
}

/* Files that editors create beside the files of the user. */
static const struct {
	const char *pattern, *text;
} editor_files[] = {
	{"4913", "Vim's test whether it can write here"},
	{"*~", "an editor's backup"},
	{"*.sw[nopx]", "Vim's swap file"},
	{".*.sw[a-m]", "Vim's swap file"},
	{".#*", "Emacs' lock"},
	{"#*#", "Emacs' auto-save"},
	{"*.kate-swp", "Kate's swap file"},
	{"*___jb_???___", "a JetBrains editor's temporary file"},
	{".goutputstream-*", "GLib's temporary file"},
};

/* Whether the name is a .git folder or something in one. */
static bool is_of_git(const char *name)
{
	for (const char *at = name; (at = strstr(at, ".git")); at += strlen(".git")) {
		const char *end = at + strlen(".git");

		if ((at == name || at[-1] == '/') && (*end == '\0' || *end == '/')) {
			return true;
		}
	}
	return false;
}

static const char *editor_file_kind(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash + 1 : name;

	if (is_of_git(name)) {
		return "git's own";
	}
	/* Only the last component counts: a folder with such a name belongs to the user. */
	for (size_t i = 0; i < COUNT_OF(editor_files); i++) {
		if (matches(editor_files[i].pattern, last)) {
			return editor_files[i].text;
		}
	}
	return NULL;
}

void verdict_find(
	const struct project_settings *settings, const char *name, struct verdict *verdict)
{
	const char *editor_file = editor_file_kind(name);
	const struct path_rule *ignore = path_rules_find(&settings->ignore, name);
	const struct path_rule *action = path_rules_find(&settings->action, name);

	*verdict = (struct verdict){
		.rule = action,
		.wanted = path_rules_find(&settings->output, name) != NULL,
	};
	if (editor_file) {
		verdict->ignored = mem_strdup(editor_file);
	} else if (ignore) {
		verdict->ignored = mem_printf("savecast.ignore: %s", ignore->text);
	} else if (action && action->action == ACTION_NONE) {
		verdict->ignored = mem_printf("savecast.action: %s", action->text);
	}
}

/* Files that programs write for their own use while they generate a page. */
static bool is_of_a_program(const char *name)
{
	static const char *const patterns[] = {"*.log", "*.log.[0-9]", "*.py[co]", "*.pid",
		"*.sock", "*.sqlite", "*.sqlite3", "*.db", "*.sqlite-*", "*.sqlite3-*", "*.db-*",
		"*.tmp", "*.part", "*.crdownload", ".nfs*", ".fuse_hidden*", ".fslckout*",
		"_FOSSIL_*", ".savecast", ".git*", ".DS_Store", "*.tsbuildinfo", ".eslintcache",
		"*.orig", "*.rej", "*.bak"};
	const char *slash = strrchr(name, '/');

	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		if (matches(patterns[i], slash ? slash + 1 : name)) {
			return true;
		}
	}
	return false;
}

bool verdict_watches(const struct project_settings *settings, const char *name)
{
	if (settings->watch.patterns.count) {
		return path_rules_find(&settings->watch.patterns, name);
	}
	/* Outputs of a build are watched by another source, which waits until they are complete. */
	return !is_of_a_program(name) && !path_rules_find(&settings->output, name);
}

void verdict_clear(struct verdict *verdict)
{
	free(verdict->ignored);
	*verdict = (struct verdict){0};
}
