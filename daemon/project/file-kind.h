/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What a file is to a web page, by its suffix, in upper or lower case. Pure. The table is
 * protocol/kinds.json; the extension's part of it is in browser-ext/page/match.js.
 *
 * A source map has the kind of its file ("app.css.map": css). FILE_KIND_OTHER is everything
 * that a page may depend on in a way that the name does not show: it reloads the page, like
 * FILE_KIND_PAGE.
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
/* Whether pages never load the file itself, only what a build makes of it (.scss, .ts). */
bool file_kind_is_source(const char *name);
/* Its name on the wire. */
const char *file_kind_name(enum file_kind kind);
/* How many suffixes have a kind of their own. */
size_t file_kind_suffixes(void);
