/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * libgit2, made ready by the first call that needs it, on any thread. Its checks
 * stay on: a repository of another user is refused. Repository extensions that
 * change nothing of what we read do not keep a repository from being opened.
 */
void git_library_use(void);

/* What libgit2 said last on this thread, or `otherwise`. Valid until its next call. */
const char *git_library_why(const char *otherwise);
