/* SPDX-License-Identifier: MIT */
#include "sources/git/git-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>

#include "sources/git/git-guard.h"
#include "sources/git/git-index.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"

/* How much of the end of HEAD's log is read: enough for a rebase of some hundred commits. */
enum { LOG_BYTES_MAX = 64 * 1024 };

static unsigned git_dir_hash_size(git_repository *repository)
{
	git_config *config = NULL;
	const char *format = NULL;
	unsigned size = 20;

	if (git_repository_config_snapshot(&config, repository) == 0 &&
		git_config_get_string(&format, config, "extensions.objectformat") == 0 &&
		strcasecmp(format, "sha256") == 0) {
		size = 32;
	}
	git_config_free(config);
	return size;
}

/* `folder` relative to the top, ending with a slash; NULL if it is not below it. */
static char *prefix_of(const char *folder, const char *top)
{
	if (!pathname_is_below(folder, top)) {
		return NULL;
	}
	folder += strlen(top);
	folder += *folder == '/';
	return *folder ? mem_printf("%s/", folder) : mem_strdup("");
}

/* For another user's folder, libgit2 may only report that it finds no safe.directory. */
static bool is_of_another_user(const char *folder, char **why)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	struct stat st;

	if (lstat(marker, &st) < 0 || st.st_uid == geteuid()) {
		return false;
	}
	free(*why);
	*why = mem_printf("another user (uid %u) owns it", (unsigned)st.st_uid);
	return true;
}

static int error_of(int r)
{
	return r == GIT_GUARD_WAITS ? -EAGAIN : r == GIT_EOWNER ? -EPERM : -EINVAL;
}

int git_dir_find(struct git_dir *dir, const char *folder, char **why)
{
	git_repository *repository = NULL;
	int r;

	*dir = (struct git_dir){0};
	r = git_guard_open(&repository, folder, 0, why);
	if (r < 0 && r != GIT_GUARD_WAITS && is_of_another_user(folder, why)) {
		return -EPERM;
	}
	if (r == GIT_ENOTFOUND && git_worktree_is_likely(folder)) {
		return -EINVAL;
	}
	if (r == GIT_ENOTFOUND) {
		free(mem_steal(*why));
		return -ENOENT;
	}
	if (r < 0) {
		return error_of(r);
	}
	if (!git_repository_workdir(repository)) {
		git_repository_free(repository);
		return -ENOENT;
	}
	dir->path = mem_strdup(git_repository_path(repository));
	dir->common = mem_strdup(git_repository_commondir(repository));
	dir->top = mem_strdup(git_repository_workdir(repository));
	if (strlen(dir->top) > 1 && dir->top[strlen(dir->top) - 1] == '/') {
		dir->top[strlen(dir->top) - 1] = '\0';
	}
	dir->prefix = prefix_of(folder, dir->top);
	dir->hash_size = git_dir_hash_size(repository);
	git_repository_free(repository);
	if (!dir->prefix) {
		git_dir_clear(dir);
		return -ENOENT;
	}
	return 0;
}

void git_dir_clear(struct git_dir *dir)
{
	free(dir->path);
	free(dir->common);
	free(dir->top);
	free(dir->prefix);
	*dir = (struct git_dir){0};
}

int git_dir_open_index(const struct git_dir *dir, const char **why)
{
	_cleanup_free_ char *name = mem_printf("%sindex", dir->path);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		return -1;
	}
	if (fd < 0) {
		*why = "cannot be opened";
		return -EIO;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
		close(fd);
		*why = "is not a regular file of this user";
		return -EACCES;
	}
	return fd;
}

static bool git_dir_has(const struct git_dir *dir, const char *name)
{
	_cleanup_free_ char *full = mem_printf("%s%s", dir->path, name);

	return mounts_may_read(full) && access(full, F_OK) == 0;
}

bool git_dir_is_locked(const struct git_dir *dir)
{
	return git_dir_has(dir, "index.lock");
}

const char *git_dir_stepping(const struct git_dir *dir)
{
	if (git_dir_has(dir, "rebase-merge")) {
		return git_dir_has(dir, "rebase-merge/stopped-sha") ||
				git_dir_has(dir, "rebase-merge/amend")
			? NULL
			: "rebase";
	}
	if (git_dir_has(dir, "rebase-apply")) {
		return git_dir_has(dir, "rebase-apply/applying") ? "am" : "rebase";
	}
	if (git_dir_has(dir, "sequencer")) {
		return git_dir_has(dir, "REVERT_HEAD") ? "revert" : "cherry-pick";
	}
	return NULL;
}

static off_t file_size(const char *folder, const char *name)
{
	_cleanup_free_ char *full = mem_printf("%s%s", folder, name);
	struct stat st;

	return mounts_may_read(full) && lstat(full, &st) == 0 ? st.st_size : 0;
}

/* Up to `max` bytes of the file, starting at `from`, as a string; NULL if it cannot be read. */
static char *read_from(const char *folder, const char *name, off_t from, size_t max)
{
	_cleanup_free_ char *full = mem_printf("%s%s", folder, name);
	int fd = mounts_may_read(full) ? open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
				       : -1;
	char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0) {
		return NULL;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (st.st_size - from > (off_t)max) {
			from = st.st_size - (off_t)max;
		}
		text = mem_alloc(max + 1);
		n = pread(fd, text, max, from);
		text[n > 0 ? n : 0] = '\0';
	}
	close(fd);
	return text;
}

void git_dir_logs(const struct git_dir *dir, struct git_logs *logs)
{
	_cleanup_free_ char *tip = read_from(dir->common, "refs/stash", 0, sizeof logs->tip - 1);

	logs->head = file_size(dir->path, "logs/HEAD");
	logs->stash = file_size(dir->common, "logs/refs/stash");
	snprintf(logs->tip, sizeof logs->tip, "%.*s",
		tip ? (int)strspn(tip, "0123456789abcdef") : 0, tip ? tip : "");
}

/* Whether a line of the log, which begins with two commits, names two different ones. */
static bool log_moved(const char *line)
{
	size_t length = strcspn(line, " ");

	return line[length] && strncmp(line, line + length + 1, length + 1) != 0;
}

/*
 * The message of the log's last line; counts how often HEAD moved. `git stash push` does a
 * reset --hard to the same commit, whose line may be written after the look at its result.
 */
static const char *log_last(char *log, unsigned *moves)
{
	const char *message = "";

	for (char *line = log; *line;) {
		size_t length = strcspn(line, "\n");
		bool last = !line[length];
		char *tab;

		line[length] = '\0';
		tab = strchr(line, '\t');
		if (tab) {
			message = tab + 1;
			*moves += log_moved(line);
		}
		line += length + !last;
	}
	return message;
}

/* A merge, a rebase and similar commands stop before they overwrite uncommitted changes. */
static bool log_is_careful(const char *message)
{
	static const char *const starts[] = {
		"rebase (", "cherry-pick", "revert:", "merge ", "pull", "am:"};

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		if (strncmp(message, starts[i], strlen(starts[i])) == 0) {
			return strncmp(message, "rebase (abort)", strlen("rebase (abort)")) != 0;
		}
	}
	return false;
}

static void tell_branch(const struct git_dir *dir, char *text, size_t size)
{
	_cleanup_free_ char *head = read_from(dir->path, "HEAD", 0, PATHNAME_MAX);
	static const char branch[] = "ref: refs/heads/";

	if (!head) {
		snprintf(text, size, "on an unknown branch");
		return;
	}
	head[strcspn(head, "\n")] = '\0';
	if (strncmp(head, branch, sizeof branch - 1) == 0) {
		snprintf(text, size, "on %s", head + sizeof branch - 1);
	} else {
		snprintf(text, size, "on no branch, at %.10s", head);
	}
}

void git_dir_tell(const struct git_dir *dir, const struct git_logs *since, struct git_told *told)
{
	char branch[GIT_TOLD_MAX];
	const char *what = "";
	struct git_logs now;
	_cleanup_free_ char *log = NULL;

	*told = (struct git_told){0};
	git_dir_logs(dir, &now);
	if (now.head > since->head) {
		log = read_from(dir->path, "logs/HEAD", since->head, LOG_BYTES_MAX);
		what = log ? log_last(log, &told->moves) : "";
	}
	told->careful = now.stash == since->stash && log_is_careful(what);
	if (now.stash > since->stash) {
		what = "stash push";
	} else if (now.stash < since->stash && !*what) {
		what = "stash pop"; /* otherwise the entry was dropped before */
	} else if (!*what) {
		what = "index";
	}
	tell_branch(dir, branch, sizeof branch);
	snprintf(told->text, sizeof told->text, "%.*s, %s", GIT_TOLD_MAX - 8, what, branch);
}

int git_worktree_check(const char *folder, char **why)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	git_repository *repository = NULL;
	struct stat st;
	int r;

	if (lstat(marker, &st) < 0) {
		return -ENOENT;
	}
	r = git_guard_open(&repository, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, why);
	if (r == 0 && git_repository_workdir(repository)) {
		git_repository_free(repository);
		return 0;
	}
	if (r == 0) {
		*why = mem_strdup("it has no work tree");
	}
	git_repository_free(repository);
	return error_of(r);
}

/* The text of .git if it is a file; NULL if it is not. The caller frees it. */
static char *marker_text(const char *folder)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (!mounts_may_read(marker) || file_read(marker, PATHNAME_MAX + 16, &text, &length) < 0) {
		return NULL;
	}
	return strncmp(text, "gitdir: ", strlen("gitdir: ")) == 0 ? mem_steal(text) : NULL;
}

bool git_worktree_is_likely(const char *folder)
{
	_cleanup_free_ char *head = mem_printf("%s/.git/HEAD", folder);
	_cleanup_free_ char *text = marker_text(folder);
	struct stat st;

	return text || (mounts_may_read(head) && lstat(head, &st) == 0 && S_ISREG(st.st_mode));
}

bool git_is_submodule(const char *folder)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	_cleanup_free_ char *text = marker_text(folder);
	struct stat st;

	/* An empty file is still being written. */
	return text ? strstr(text, "/modules/") != NULL
		    : lstat(marker, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size;
}
