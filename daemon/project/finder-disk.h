/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the finder reads from the disk: on the loop for local names, otherwise on a worker. For
 * finder.c only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "project/finder.h"

/* The name with symbolic links resolved as far as it exists; the caller frees it. */
char *finder_disk_resolve(const char *name);
/* The length of the part of a resolved name that may be a folder. */
size_t finder_disk_folders(const char *name);
/* Whether the folder would be a project. Does not replace an `obstacle` that is set already. */
bool finder_disk_is_project(const char *folder, enum project_how *how, char **obstacle);
/* Cuts the name to its parent folder. False: there is none. */
bool finder_disk_go_up(char *folder);

/* All of that about a name on a mount that may not answer. */
struct finder_question {
	char *name;
	struct finder_look look;
	size_t folders; /* finder_disk_folders() of the resolved name */
	bool submodule;
};
/* NULL: it does not answer; see mounts_try(). The caller drops the result. */
struct finder_question *finder_question_ask(const char *name);
void finder_question_drop(void *question);
