/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The kind of a file, for a web page, by its suffix in upper or lower case. Pure. The table is
 * also protocol/kinds.json, and in part in browser-ext/page/match.js; tests compare them.
 *
 * A source map has the kind of its file ("app.css.map": css). FILE_KIND_OTHER is any other
 * file: a page may depend on it, so it reloads the page, like FILE_KIND_PAGE.
 */
enum file_kind {
	FILE_KIND_PAGE,
	FILE_KIND_CSS,
	FILE_KIND_IMAGE,
	FILE_KIND_FONT,
	FILE_KIND_MEDIA,
	FILE_KIND_SCRIPT,
	FILE_KIND_DATA,
	FILE_KIND_OTHER,
	FILE_KINDS,
};

enum file_kind file_kind_of(const char *name);
/* Whether pages never load the file itself, only a build's output from it (.scss, .ts). */
bool file_kind_is_source(const char *name);
/* Its name in the WebSocket protocol. */
const char *file_kind_name(enum file_kind kind);
/* What a page replaces after a save of such a file, for display; NULL: it reloads. */
const char *file_kind_replaced(enum file_kind kind);
/* How many suffixes have a kind of their own. */
size_t file_kind_suffixes(void);
