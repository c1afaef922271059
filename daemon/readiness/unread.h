/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/fileset.h"

/*
 * The saved files that a restarting server must have read since they were written. A file system
 * keeps the time of the first read after a change (relatime). It does not say which program has read
 * the file, so this is asked only about a server that has just come up. The daemon itself reads
 * with file_open_unnoticed().
 */

enum { UNREAD_MAX = 8 }; /* with more files, the answer is no */

struct unread {
	char *files[UNREAD_MAX];
	size_t count;
	bool more;
};

void unread_add(struct unread *unread, const struct fileset *files);
void unread_clear(struct unread *unread);

/*
 * Whether there are files, and each was read after its last change. False if that is not known: the
 * file system does not keep the time, or the read came within the same tick of its clock.
 */
bool unread_were_read(const struct unread *unread);
