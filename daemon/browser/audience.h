/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/tab.h"

/* Whether a save is for a tab of its project: what happens then, and what `why` says of it. */

enum audience {
	AUDIENCE_TOLD,
	AUDIENCE_ASIDE, /* its server reloads its pages itself */
	AUDIENCE_ELSEWHERE, /* the files are of another part of the project than the tab's server */
};

/*
 * `names` are absolute; no names: a request to reload, which is for all tabs. If it is not
 * AUDIENCE_TOLD, `why` is set to a text that says why, which the caller frees. Reads the disk if
 * the tab's server serves a part of its project only.
 */
enum audience audience_of(
	const struct tab *tab, char *const *names, size_t count, char **why);

/*
 * Of a tab that is AUDIENCE_TOLD: the program that serves its page and reloads it, found by its
 * processes. The page leaves files to it. NULL: there is none.
 */
const char *audience_aside(const struct tab *tab);

/*
 * "Vite (port 5173)": the dev servers whose clients are in its page, for display; "" if none. The
 * caller frees it.
 */
char *audience_updaters(const struct tab *tab);
