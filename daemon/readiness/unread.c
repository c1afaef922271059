/* SPDX-License-Identifier: MIT */
#include "readiness/unread.h"

#include <string.h>

#include "util/mem.h"
#include "util/mounts-files.h"

static bool unread_has(const struct unread *unread, const char *file)
{
	bool has = false;

	for (size_t i = 0; i < unread->count && !has; i++) {
		has = strcmp(unread->files[i], file) == 0;
	}
	return has;
}

void unread_add(struct unread *unread, const struct fileset *files)
{
	unread->more |= files->count > files->kept;
	for (size_t i = 0; i < files->kept && !unread->more; i++) {
		if (unread_has(unread, files->names[i])) {
			continue;
		}
		if (unread->count == UNREAD_MAX) {
			unread->more = true;
		} else {
			unread->files[unread->count++] = mem_strdup(files->names[i]);
		}
	}
}

void unread_clear(struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++) {
		free(unread->files[i]);
	}
	*unread = (struct unread){0};
}

static bool is_later(const struct statx_timestamp *time, const struct statx_timestamp *than)
{
	return time->tv_sec > than->tv_sec ||
		(time->tv_sec == than->tv_sec && time->tv_nsec > than->tv_nsec);
}

/* No program can set the time of the change to an earlier one. */
static bool was_read(const char *file)
{
	struct statx st;

	return mounts_stat(file, &st) == 0 && (st.stx_mask & STATX_ATIME) &&
		is_later(&st.stx_atime, &st.stx_ctime);
}

bool unread_were_read(const struct unread *unread)
{
	bool all = unread->count && !unread->more;

	for (size_t i = 0; i < unread->count && all; i++) {
		all = was_read(unread->files[i]);
	}
	return all;
}
