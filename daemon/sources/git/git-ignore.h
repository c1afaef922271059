/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * What .gitignore ignores, with git's own rules: .git/info/exclude and core.excludesFile
 * count, and a file that git tracks is not ignored. A repository stays open, at most
 * GIT_IGNORE_OPEN_MAX of them, as long as git_stamp_holds() says that opening it again
 * would make no difference. libgit2 itself notices changes of .gitignore and similar files.
 * A repository whose configuration includes other files is closed after each call.
 *
 * To find out whether an ignored file is tracked, the bytes of the index are searched, which is
 * many times faster than parsing it. A prefix-compressed index (version 4), or one larger than
 * GIT_IGNORE_INDEX_MAX, counts as not containing the file.
 */

enum { GIT_IGNORE_OPEN_MAX = 8, GIT_IGNORE_INDEX_MAX = 16 * 1024 * 1024 };

struct git_ignores;

struct git_ignores *git_ignores_new(void);
void git_ignores_free(struct git_ignores *ignores);

/* Whether git ignores the file; false also if `root` is in no work tree. `name` is absolute. */
bool git_ignores_file(struct git_ignores *ignores, const char *root, const char *name);

/* Ends the call: the next one checks the open repositories again. */
void git_ignores_finish(struct git_ignores *ignores);

/*
 * The same for one thread and many files. Applies .gitignore to names, without checking
 * whether git tracks them. NULL if `root` is in no work tree; then nothing is ignored.
 */
struct git_ignore;
struct git_ignore *git_ignore_open(const char *root);
void git_ignore_close(struct git_ignore *ignore);
bool git_ignore_has(struct git_ignore *ignore, const char *path, bool is_folder);
