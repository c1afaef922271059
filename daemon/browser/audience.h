/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/tab.h"

/* Whether a tab of the project is notified of a save; if not, `why` is the reason, for display. */

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

/* Whether saves are not for this tab of a project, because its server reloads its page itself. */
bool audience_is_aside(const struct tab *tab);

/*
 * For a tab that is AUDIENCE_TOLD: the name of the program that serves its page and reloads it, as
 * the daemon knows from its processes. The extension leaves to this program the files that it
 * updates. NULL: there is none.
 */
const char *audience_aside(const struct tab *tab);

/*
 * "Vite (port 5173)": the dev servers whose clients are in its page, for display; "" if none. The
 * caller frees it.
 */
char *audience_updaters(const struct tab *tab);
