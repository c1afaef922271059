/* SPDX-License-Identifier: MIT */
#include "sources/git/git-process.h"

#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"
#include "util/pathname.h"

static const char *word_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0) {
			return words[i];
		}
	}
	return NULL;
}

/* The next argument; NULL after the last one. `args` ends with a NUL. */
static const char *next_of(const char *arg, const char *args, size_t length)
{
	const char *next = arg + strlen(arg) + 1;

	return next < args + length ? next : NULL;
}

/* The command's name: the first argument of git that is neither an option nor the value of one. */
static const char *command_of(const char *args, size_t length)
{
	static const char *const valued[] = {
		"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix"};
	const char *arg = length ? next_of(args, args, length) : NULL;

	while (arg && *arg == '-') {
		if (word_of(arg, valued, COUNT_OF(valued))) {
			arg = next_of(arg, args, length);
		}
		arg = arg ? next_of(arg, args, length) : NULL;
	}
	return arg;
}

/* A pager shows the output of these commands: they end when the user closes it. */
static bool is_shown(const char *word, const char *next)
{
	static const char *const shown[] = {"list", "show", "log", "visualize", "view", "status",
		"summary", "--show-current-patch"};

	return next && strcmp(word, "pull") != 0 && word_of(next, shown, COUNT_OF(shown));
}

const char *git_command_steps(const char *args, size_t length, bool stepping)
{
	static const char *const steps[] = {"rebase", "am", "bisect", "pull", "stash", "submodule"};
	/* For a single commit, all files are written before the editor for its message opens. */
	static const char *const series[] = {"cherry-pick", "revert"};
	/* These commands only read, wait for the user, or run for days. */
	static const char *const others[] = {"add", "archive", "blame", "branch", "cat-file",
		"clone", "commit", "config", "credential-cache--daemon", "daemon", "describe",
		"diff", "difftool", "fetch", "for-each-ref", "fsmonitor--daemon", "gc", "grep",
		"gui", "help", "instaweb", "log", "ls-files", "maintenance", "mergetool",
		"push", "reflog", "rev-list", "rev-parse", "shortlog", "show", "status", "tag",
		"web--browse", "whatchanged"};
	const char *command = command_of(args, length);
	const char *word = command ? word_of(command, steps, COUNT_OF(steps)) : NULL;

	if (word) {
		return is_shown(word, next_of(command, args, length)) ? NULL : word;
	}
	if (!command || !stepping || word_of(command, others, COUNT_OF(others))) {
		return NULL;
	}
	word = word_of(command, series, COUNT_OF(series));
	return word ? word : "a command";
}

const char *git_hook_of(const char *args, size_t length)
{
	static const char *const hooks[] = {"pre-commit", "prepare-commit-msg", "commit-msg",
		"post-commit", "pre-merge-commit", "post-merge", "post-checkout", "post-rewrite",
		"pre-rebase", "applypatch-msg", "pre-applypatch", "post-applypatch"};

	for (const char *arg = length ? args : NULL; arg; arg = next_of(arg, args, length)) {
		const char *slash = strrchr(arg, '/');
		const char *value = strncmp(arg, "--", 2) == 0 ? strchr(arg, '=') : NULL;
		const char *name = value ? value + 1 : slash ? slash + 1 : arg;
		const char *hook = word_of(name, hooks, COUNT_OF(hooks));

		if (hook) {
			return hook;
		}
	}
	return NULL;
}

/* Our user's processes, by their parents. */
struct family {
	pid_t pid, parent;
	bool git;
};

struct search {
	struct family *all;
	size_t count;
};

static bool on_process(pid_t pid, void *userdata)
{
	struct search *search = userdata;
	int process = procfs_open(pid);
	struct procfs_stat stat;

	if (process < 0) {
		return false;
	}
	if (procfs_stat(process, &stat) == 0 && !stat.zombie) {
		if ((search->count & (search->count - 1)) == 0) {
			search->all = mem_resize(search->all,
				search->count ? 2 * search->count : 1, sizeof *search->all);
		}
		search->all[search->count++] = (struct family){
			pid, stat.parent, strcmp(stat.name, "git") == 0};
	}
	close(process);
	return false;
}

/* Its arguments if it runs in the work tree, or in any folder if `top` is NULL; or NULL. */
static char *arguments_in(pid_t pid, const char *top, size_t *length)
{
	int process = procfs_open(pid);
	_cleanup_free_ char *folder = NULL;
	char *args = NULL;

	if (process < 0) {
		return NULL;
	}
	folder = top ? procfs_folder(process) : NULL;
	if (!top || (folder && pathname_is_below(folder, top))) {
		args = procfs_command_line(process, length);
	}
	close(process);
	return args;
}

static bool find_hook(struct git_process *found, const struct search *search, pid_t parent)
{
	for (size_t i = 0; i < search->count; i++) {
		_cleanup_free_ char *args = NULL;
		const char *hook;
		size_t length;

		if (search->all[i].parent != parent) {
			continue;
		}
		args = arguments_in(search->all[i].pid, NULL, &length);
		hook = args ? git_hook_of(args, length) : NULL;
		if (hook) {
			*found = (struct git_process){search->all[i].pid, GIT_WORK_HOOK, hook};
			return true;
		}
	}
	return false;
}

void git_process_find(struct git_process *found, const char *top, bool stepping)
{
	struct search search = {0};

	*found = (struct git_process){0};
	procfs_find(on_process, &search);
	for (size_t i = 0; i < search.count; i++) {
		_cleanup_free_ char *args = NULL;
		const char *steps;
		size_t length;

		if (!search.all[i].git) {
			continue;
		}
		args = arguments_in(search.all[i].pid, top, &length);
		if (!args) {
			continue;
		}
		if (find_hook(found, &search, search.all[i].pid)) {
			break;
		}
		steps = git_command_steps(args, length, stepping);
		if (steps) {
			*found = (struct git_process){search.all[i].pid, GIT_WORK_STEPS, steps};
		}
	}
	free(search.all);
}
