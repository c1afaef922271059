/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The JSON files of the state folder (project/state.h): an object with the number 1 as `version`,
 * an array of entries, and perhaps further keys. It begins with a checksum, `sum`. Pure.
 */

#include <jansson.h>

#include "util/mem.h"

/* {"version": 1, NAME: []}; the caller adds the entries, and drops it. */
json_t *json_list_new(const char *name);

/* The text of the file, with its checksum; the caller frees it. */
char *json_list_write(const json_t *file);

/*
 * Parses the text of a file whose array is called `name`, and checks its checksum, which files of
 * earlier versions do not have. Returns the object, which the caller
 * drops; or NULL and why, which the caller frees.
 */
json_t *json_list_read(const char *text, size_t length, const char *name, char **why);

static inline void json_drop(json_t *json)
{
	json_decref(json);
}
MEM_CLEANUP_OF(json_t *, json_drop);
