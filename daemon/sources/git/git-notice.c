/* SPDX-License-Identifier: MIT */
#include "sources/git/git-notice.h"

#include <string.h>
#include <sys/inotify.h>

/* There while git is at work, or between two steps of it. */
static bool is_of_work(const char *name)
{
	return strcmp(name, "index.lock") == 0 || strcmp(name, "rebase-merge") == 0 ||
		strcmp(name, "rebase-apply") == 0 || strcmp(name, "sequencer") == 0;
}

/*
 * A stash pop restores what was untracked when it is done with the index, by way of another
 * index, which goes when they are there.
 */
static bool is_end_of_untracked(uint32_t mask, const char *name)
{
	return mask & IN_DELETE && strncmp(name, "index.stash.", strlen("index.stash.")) == 0;
}

enum git_notice git_notice_of(uint32_t mask, const char *name, bool busy)
{
	if (mask & IN_IGNORED) {
		return GIT_NOTICE_GONE;
	}
	/* Deleted, too: our descriptor of it would keep the whole folder from being gone. */
	if (mask & IN_Q_OVERFLOW ||
		(mask & (IN_MOVED_TO | IN_DELETE) && strcmp(name, "index") == 0)) {
		return GIT_NOTICE_INDEX;
	}
	if (busy || is_of_work(name) || is_end_of_untracked(mask, name)) {
		return GIT_NOTICE_WORK;
	}
	if (strcmp(name, "HEAD") == 0 || (mask & IN_DELETE && strcmp(name, "HEAD.lock") == 0)) {
		return GIT_NOTICE_LOG;
	}
	return GIT_NOTICE_NONE;
}
