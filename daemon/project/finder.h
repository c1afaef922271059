/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"

/*
 * The project that a file or folder belongs to: from its own folder upwards, the
 * first that is a project's root, the top of a git work tree (a submodule and a
 * linked work tree are ones of their own), or holds a .savecast; the latter two
 * become projects by being found. Symbolic links are resolved where they
 * exist; the name itself need not. Looks at the disk: a few microseconds a level.
 *
 * Returns NULL if there is none, and why, which the caller frees.
 */
struct project *finder_find(struct registry *registry, const char *name, char **why);
/* The same, of a name that finder_resolve() gave. */
struct project *finder_find_resolved(struct registry *registry, const char *file, char **why);

/* `name` with symbolic links resolved as far as it exists; the caller frees it. */
char *finder_resolve(const char *name);
