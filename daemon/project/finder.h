/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"

/*
 * The project that a file or folder belongs to. From its own folder upwards, it is the
 * first folder that is a project's root, the top of a git work tree (a submodule and a
 * linked work tree count), or contains a .savecast; the latter two become projects when
 * they are found. Symbolic links are resolved as far as they exist; the name itself need
 * not exist. Reads the disk: a few microseconds per level.
 *
 * Returns NULL if there is none, and why and what to run, which the caller frees. `why` NULL: the
 * caller does not need to know, which saves time.
 */
struct project *finder_find(struct registry *registry, const char *name, char **why);
/* The same for a name that finder_resolve() returned. */
struct project *finder_find_resolved(struct registry *registry, const char *file, char **why);

/*
 * The file's folder, or the nearest parent that exists, as raw bytes that the caller frees. NULL
 * for the root of the file system and for the home folder: those are rarely meant to be one
 * project.
 */
char *finder_folder(const char *name);
/* The shell command that makes that folder a project, which the caller frees; NULL as above. */
char *finder_advice(const char *name);

/* `name` with symbolic links resolved as far as it exists; the caller frees it. */
char *finder_resolve(const char *name);

/* The project that this one is a submodule of; NULL if it is not a submodule. */
struct project *finder_superproject(struct registry *registry, const struct project *project);

/*
 * The state of a name on disk, for a mount that may not answer: finder_look() reads it on a
 * worker thread, for finder_find_looked(). While such a mount does not answer, the functions
 * above (see mounts_try()) use the name as it is, and find only projects that are known already.
 */
struct finder_look {
	char *file; /* resolved */
	char *root; /* the nearest folder above that would be a project; NULL: none */
	enum project_how how;
	char *obstacle; /* a git work tree that cannot be used; or NULL */
};
void finder_look(const char *name, struct finder_look *look);
void finder_look_clear(struct finder_look *look);
/* Reads the disk only to say `why`. */
struct project *finder_find_looked(
	struct registry *registry, const struct finder_look *look, char **why);
