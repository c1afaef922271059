/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * What a tsconfig.json says about other folders: with "references" or "paths", a package can import
 * another one that its manifest does not name. The file is searched, not parsed: it may have comments.
 * Pure.
 */

/*
 * Whether the file, which is in `folder`, names the folder `other`, itself or by a pattern. `inherited`:
 * another file extends it, which takes over only its "paths". Both folders are absolute.
 */
bool ts_config_names(const char *text, const char *folder, const char *other, bool inherited);
/* The name of the file that it extends; NULL if there is none, or if that is in a package. The caller frees it. */
char *ts_config_base(const char *text, const char *folder);
