/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "sources/git/git-dir.h"

/* What the loop reads of a git dir, which may be on a mount that does not answer. */

enum git_state_part {
	GIT_STATE_LOCKED = 1 << 0,
	GIT_STATE_STEPPING = 1 << 1,
	GIT_STATE_LOGS = 1 << 2,
	GIT_STATE_INDEX = 1 << 3,
	GIT_STATE_TOLD = 1 << 4, /* since the logs that were given */
};

struct git_state {
	bool locked;
	const char *stepping;
	struct git_logs logs;
	int index; /* see git_dir_open_index(); the caller closes it */
	const char *index_why;
	struct git_told told;
};

/*
 * Reads these parts. False: the mount does not answer: the project is `unread`, see mounts_try().
 */
bool git_state_read(struct git_state *state, struct project *project, const struct git_dir *dir,
	unsigned parts, const struct git_logs *since);

/*
 * git_dir_find() for the project's root. Returns -EAGAIN without a `why` if the mount does not
 * answer: the project is `unread`.
 */
int git_state_find(struct git_dir *dir, struct project *project, char **why);
