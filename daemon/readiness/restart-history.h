/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "readiness/gate.h"

/*
 * Records which saves restart which server: by the project's root, the server's key (its name, with
 * its arguments and folder) and the files. `files` is a suffix ("py") or the absolute path
 * of one file. Each record is called a lesson. The RESTART_HISTORY_MAX lessons that were confirmed
 * last are kept. Pure.
 */

enum { RESTART_HISTORY_MAX = 512, RESTART_HISTORY_SUFFIX_MAX = 16 };

struct lesson {
	char *root;
	char *server;
	char *files;
	bool restarts;
	unsigned hints; /* restarts in a row that the user may have caused; not stored */
	/* usec from the save to the first sign of a restart; long values decrease slowly */
	uint64_t delay;
	unsigned misses; /* predicted restarts in a row that did not happen */
	unsigned seen; /* number of restarts, at most RESTART_HISTORY_SURE */
};

/* Until this many restarts were seen, the table of programs counts too. */
enum { RESTART_HISTORY_SURE = 5 };

/* The longest delay that is used; a stored one may be longer. */
#define RESTART_HISTORY_DELAY_MAX_USEC (600 * CLOCK_USEC_PER_SEC)

struct restart_history {
	struct lesson *lessons; /* the one that was confirmed last is at the end */
	size_t count;
};

void restart_history_clear(struct restart_history *history);

/*
 * The suffix under which a file's lessons are kept: what follows the last dot of the last
 * path component, in lower case; "" if there is none or it is too long.
 */
void restart_history_suffix(const char *file, char suffix[RESTART_HISTORY_SUFFIX_MAX]);

/*
 * The prediction: RESTART_UNKNOWN, RESTART_NONE or RESTART_EXPECTED. With the last, `*delay`
 * is set, and `*sure` says whether RESTART_HISTORY_SURE restarts were seen.
 */
enum restart_prediction restart_history_predict(const struct restart_history *history,
	const char *root, const char *server, const char *files, uint64_t *delay, bool *sure);

/* Whether there is a lesson, even one that predicts nothing yet. */
bool restart_history_has(const struct restart_history *history, const char *root,
	const char *server, const char *files);

/*
 * A restart followed a save, or did not. A restart that the user may have caused is not
 * `proven`: it must happen again. Returns whether the history should be stored again.
 */
bool restart_history_add_restart(struct restart_history *history, const char *root,
	const char *server, const char *files, uint64_t delay, bool proven);
bool restart_history_add_none(
	struct restart_history *history, const char *root, const char *server, const char *files);

/* The text of the state file: see restart-history-text.c. The caller frees it. */
char *restart_history_write(const struct restart_history *history);
/*
 * Adds the lessons in `text`; if it is damaged, returns -EINVAL and a reason, which the
 * caller frees.
 */
int restart_history_read(
	struct restart_history *history, const char *text, size_t length, char **why);
