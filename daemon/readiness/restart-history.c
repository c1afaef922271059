/* SPDX-License-Identifier: MIT */
#include "readiness/restart-history.h"

#include <ctype.h>

#include "util/mem.h"

/*
 * After this many predicted restarts in a row that did not happen, no restart is predicted any
 * more; a lesson that was seen only once is dropped after the first. A restart that the user
 * may have caused counts from the second time on.
 */
enum { RESTART_HISTORY_MISSES_MAX = 2, RESTART_HISTORY_HINTS_MIN = 2 };

static void lesson_clear(struct lesson *lesson)
{
	free(lesson->root);
	free(lesson->server);
	free(lesson->files);
}

void restart_history_clear(struct restart_history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		lesson_clear(&history->lessons[i]);
	}
	free(history->lessons);
	*history = (struct restart_history){0};
}

void restart_history_suffix(const char *file, char suffix[RESTART_HISTORY_SUFFIX_MAX])
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	const char *dot = strrchr(name, '.');

	suffix[0] = '\0';
	if (!dot || dot == name || strlen(dot + 1) >= RESTART_HISTORY_SUFFIX_MAX) {
		return;
	}
	for (size_t i = 0; i <= strlen(dot + 1); i++) {
		/* Not ASCII: not a suffix that a lesson could be about. */
		if ((unsigned char)dot[1 + i] >= 0x80) {
			suffix[0] = '\0';
			return;
		}
		suffix[i] = (char)tolower((unsigned char)dot[1 + i]);
	}
}

static struct lesson *lesson_find(const struct restart_history *history, const char *root,
	const char *server, const char *files)
{
	for (size_t i = 0; i < history->count; i++) {
		struct lesson *lesson = &history->lessons[i];

		if (strcmp(lesson->files, files) == 0 && strcmp(lesson->root, root) == 0 &&
			strcmp(lesson->server, server) == 0) {
			return lesson;
		}
	}
	return NULL;
}

bool restart_history_has(const struct restart_history *history, const char *root,
	const char *server, const char *files)
{
	return lesson_find(history, root, server, files);
}

enum restart_prediction restart_history_predict(const struct restart_history *history,
	const char *root, const char *server, const char *files, uint64_t *delay, bool *sure)
{
	const struct lesson *lesson = lesson_find(history, root, server, files);

	if (!lesson || (!lesson->restarts && lesson->hints)) {
		return RESTART_UNKNOWN;
	}
	*delay = lesson->delay;
	*sure = lesson->seen >= RESTART_HISTORY_SURE;
	return lesson->restarts ? RESTART_EXPECTED : RESTART_NONE;
}

static struct lesson *lesson_add(struct restart_history *history, const char *root,
	const char *server, const char *files, bool restarts)
{
	struct lesson *lesson;

	if (history->count == RESTART_HISTORY_MAX) {
		lesson_clear(&history->lessons[0]);
		memmove(&history->lessons[0], &history->lessons[1],
			--history->count * sizeof *history->lessons);
	}
	history->lessons =
		mem_resize(history->lessons, history->count + 1, sizeof *history->lessons);
	lesson = &history->lessons[history->count++];
	*lesson = (struct lesson){
		.root = mem_strdup(root),
		.server = mem_strdup(server),
		.files = mem_strdup(files),
		.restarts = restarts,
	};
	return lesson;
}

/* Moves it to the end: the lesson at the start is the next to be dropped. */
static struct lesson *lesson_confirm(struct restart_history *history, struct lesson *lesson)
{
	struct lesson *last = &history->lessons[history->count - 1], confirmed = *lesson;

	memmove(lesson, lesson + 1, (size_t)(last - lesson) * sizeof *lesson);
	*last = confirmed;
	return last;
}

bool restart_history_add_restart(struct restart_history *history, const char *root,
	const char *server, const char *files, uint64_t delay, bool proven)
{
	struct lesson *lesson = lesson_find(history, root, server, files);
	bool news = !lesson || !lesson->restarts;
	uint64_t before;

	if (!lesson) {
		lesson = lesson_add(history, root, server, files, false);
	}
	lesson = lesson_confirm(history, lesson);
	if (!proven && !lesson->restarts && ++lesson->hints < RESTART_HISTORY_HINTS_MIN) {
		return false;
	}
	before = lesson->delay;
	lesson->restarts = true;
	lesson->misses = 0;
	lesson->hints = 0;
	lesson->seen += lesson->seen < RESTART_HISTORY_SURE;
	/*
	 * The longest delay counts, so that slow restarts are not missed, but it decreases
	 * over time.
	 */
	lesson->delay = delay > before ? delay : before - (before - delay) / 8;
	return news || lesson->delay > before + before / 4 || lesson->seen < RESTART_HISTORY_SURE;
}

bool restart_history_add_none(
	struct restart_history *history, const char *root, const char *server, const char *files)
{
	struct lesson *lesson = lesson_find(history, root, server, files);

	if (!lesson) {
		lesson_add(history, root, server, files, false);
		return true;
	}
	lesson = lesson_confirm(history, lesson);
	lesson->hints = 0;
	if (!lesson->restarts ||
		(++lesson->misses < RESTART_HISTORY_MISSES_MAX && lesson->seen > 1)) {
		return false;
	}
	lesson->restarts = false;
	lesson->delay = 0;
	lesson->seen = 0;
	return true;
}
