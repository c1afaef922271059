/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Local files that lead to a remote mount: links, and a git repository whose files name others. The
 * loop and the worker for local files must not read what is on such a mount, because they serve all
 * projects. See mounts.h.
 */

#include <stdbool.h>
#include <sys/stat.h>

#include "util/loop.h"
#include "util/mount-table.h"

/*
 * Whether the calling thread, any of the daemon's, may read what has this absolute name, links followed:
 * it is local, or the thread is the worker of a remote mount. Waits for nothing.
 */
bool mounts_may_read(const char *name);
/*
 * stat() of a name in a folder that may be read; fails with EAGAIN if the name is a link to what may
 * not.
 */
int mounts_stat_near(const char *name, struct stat *st);
/* Whether any remote file system is mounted. */
bool mounts_any(void);

/*
 * Notes that reading a local folder, which has no links in its name, takes reading `name`, which is on
 * a remote mount. From then on, the folder and what is below it count as on that mount: its worker
 * reads them, and while it does not answer, their saves wait. On any thread.
 *
 * check() is called by the loop, at most once per second: it returns such a name, which the caller
 * frees, or NULL if there is none any more. MOUNT_ANSWERS follows then, with the folder.
 */
typedef char *mounts_lead_fn(const char *folder);
void mounts_lead_add(const char *folder, const char *name, mounts_lead_fn *check);
/* How many were noted: a caller that sees it change looks again, now by mounts_try(). */
unsigned mounts_lead_count(void);
/* Whether the name is on the mount or leads to it; also shortly after it was unmounted. */
bool mounts_leads_to(const char *name, const char *mount);

/* There is a new project: MOUNT_WAITS is told again, soon, for each mount that does not answer. */
void mounts_tell_again(void);

/* For mounts.c. Called with the folder of a lead that is gone; NULL: see mounts_tell_again(). */
typedef void mounts_leads_due_fn(const char *gone);
void mounts_leads_new(struct loop *loop, mounts_leads_due_fn *due);
void mounts_leads_free(void);
/* The table has changed. */
void mounts_leads_table(const struct mount_table *table);
/* The mount that the name leads to, valid until the next call; or NULL. */
const char *mounts_leads_find(const char *name);

/* For mount-call.c: the calling thread is the worker of a remote mount. */
void mounts_leads_worker(void);
