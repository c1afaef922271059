/* SPDX-License-Identifier: MIT */
#pragma once

/* What a change in the git dir means, as the kernel tells of it. Pure. */

#include <stdbool.h>
#include <stdint.h>

/* What must be watched for. */
#define GIT_NOTICE_MASK (IN_MOVED_TO | IN_CREATE | IN_DELETE)

enum git_notice {
	GIT_NOTICE_NONE,
	GIT_NOTICE_GONE,  /* the git dir went */
	GIT_NOTICE_INDEX, /* the index was replaced, or removed, or that may have been missed */
	GIT_NOTICE_WORK,  /* git is at work, with the index as it was so far */
	GIT_NOTICE_LOG,   /* HEAD's log got a line, after all that git did */
};

/* `busy`: git did something, and was not seen to settle since. `name` is a file in the git dir. */
enum git_notice git_notice_of(uint32_t mask, const char *name, bool busy);
