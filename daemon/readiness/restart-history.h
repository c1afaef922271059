/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "readiness/gate.h"

/*
 * Which saves restart which server: by the project's root, the server's key (its name, with
 * its arguments and folder) and the files. `files` is a suffix ("py"), or one file's absolute
 * path. The RESTART_HISTORY_MAX lessons that were confirmed last are kept. Pure.
 */

enum { RESTART_HISTORY_MAX = 512, RESTART_HISTORY_SUFFIX_MAX = 16 };

struct lesson {
	char *root;
	char *server;
	char *files;
	bool restarts;
	unsigned hints; /* restarts in a row that a person may have caused; not stored */
	uint64_t delay; /* usec from save to the first sign, slowly forgetting long ones */
	unsigned misses; /* restarts that were expected in a row and did not come */
	unsigned seen; /* restarts, up to RESTART_HISTORY_SURE */
};

/* Until so many restarts were seen, what the table of programs says counts too. */
enum { RESTART_HISTORY_SURE = 5 };

/* No restart is waited for longer, whatever is stored. */
#define RESTART_HISTORY_DELAY_MAX_USEC (600 * CLOCK_USEC_PER_SEC)

struct restart_history {
	struct lesson *lessons; /* the one that was confirmed last is the last */
	size_t count;
};

void restart_history_clear(struct restart_history *history);

/*
 * The suffix that a file's lessons are kept under: what follows the last dot of
 * its last component, in lower case; "" if there is none or it is too long.
 */
void restart_history_suffix(const char *file, char suffix[RESTART_HISTORY_SUFFIX_MAX]);

/*
 * What is known: RESTART_UNKNOWN, RESTART_NONE or RESTART_EXPECTED. With that `*delay` is set,
 * and `*sure` says that RESTART_HISTORY_SURE were seen.
 */
enum restart_prediction restart_history_predict(const struct restart_history *history,
	const char *root, const char *server, const char *files, uint64_t *delay, bool *sure);

/*
 * A restart followed a save, or none did. One that a person may have caused is not `proven`:
 * it has to repeat. Returns whether anything that is worth storing changed.
 */
bool restart_history_add_restart(struct restart_history *history, const char *root,
	const char *server, const char *files, uint64_t delay, bool proven);
bool restart_history_add_none(
	struct restart_history *history, const char *root, const char *server, const char *files);

/* The file's text: see restart-history-text.c. The caller frees it. */
char *restart_history_write(const struct restart_history *history);
/* Adds what the text says; -EINVAL and why (the caller frees it) if it is damaged. */
int restart_history_read(
	struct restart_history *history, const char *text, size_t length, char **why);
