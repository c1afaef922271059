/* SPDX-License-Identifier: MIT */
#include "readiness/restart-history.h"

#include <ctype.h>

#include "util/mem.h"

/* An expected restart that fails to come so often in a row is expected no more. */
enum { LEARNED_MISSES_MAX = 3 };

static void lesson_clear(struct lesson *lesson)
{
	free(lesson->root);
	free(lesson->server);
	free(lesson->files);
}

void learned_clear(struct learned *learned)
{
	for (size_t i = 0; i < learned->count; i++) {
		lesson_clear(&learned->lessons[i]);
	}
	free(learned->lessons);
	*learned = (struct learned){0};
}

void learned_suffix(const char *file, char suffix[LEARNED_SUFFIX_MAX])
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	const char *dot = strrchr(name, '.');

	suffix[0] = '\0';
	if (!dot || dot == name || strlen(dot + 1) >= LEARNED_SUFFIX_MAX) {
		return;
	}
	for (size_t i = 0; i <= strlen(dot + 1); i++) {
		/* Of another encoding: no suffix that a lesson could be about. */
		if ((unsigned char)dot[1 + i] >= 0x80) {
			suffix[0] = '\0';
			return;
		}
		suffix[i] = (char)tolower((unsigned char)dot[1 + i]);
	}
}

static struct lesson *learned_find(
	const struct learned *learned, const char *root, const char *server, const char *files)
{
	for (size_t i = 0; i < learned->count; i++) {
		struct lesson *lesson = &learned->lessons[i];

		if (strcmp(lesson->files, files) == 0 && strcmp(lesson->root, root) == 0 &&
			strcmp(lesson->server, server) == 0) {
			return lesson;
		}
	}
	return NULL;
}

enum gate_lore learned_ask(const struct learned *learned, const char *root, const char *server,
	const char *files, uint64_t *delay)
{
	const struct lesson *lesson = learned_find(learned, root, server, files);

	if (!lesson) {
		return GATE_UNKNOWN;
	}
	*delay = lesson->delay;
	if (lesson->seen < LEARNED_SURE && *delay < LEARNED_UNSURE_USEC) {
		*delay = LEARNED_UNSURE_USEC;
	}
	return lesson->restarts ? GATE_RESTARTS : GATE_STAYS;
}

static struct lesson *learned_add(struct learned *learned, const char *root, const char *server,
	const char *files, bool restarts)
{
	struct lesson *lesson;

	if (learned->count == LEARNED_MAX) {
		lesson_clear(&learned->lessons[0]);
		memmove(&learned->lessons[0], &learned->lessons[1],
			--learned->count * sizeof *learned->lessons);
	}
	learned->lessons =
		mem_resize(learned->lessons, learned->count + 1, sizeof *learned->lessons);
	lesson = &learned->lessons[learned->count++];
	*lesson = (struct lesson){
		.root = mem_strdup(root),
		.server = mem_strdup(server),
		.files = mem_strdup(files),
		.restarts = restarts,
	};
	return lesson;
}

/* To the end, where it is forgotten last. */
static struct lesson *learned_confirm(struct learned *learned, struct lesson *lesson)
{
	struct lesson *last = &learned->lessons[learned->count - 1], confirmed = *lesson;

	memmove(lesson, lesson + 1, (size_t)(last - lesson) * sizeof *lesson);
	*last = confirmed;
	return last;
}

bool learned_restarts(struct learned *learned, const char *root, const char *server,
	const char *files, uint64_t delay)
{
	struct lesson *lesson = learned_find(learned, root, server, files);
	bool news = !lesson || !lesson->restarts;
	uint64_t before;

	if (!lesson) {
		lesson = learned_add(learned, root, server, files, true);
	}
	lesson = learned_confirm(learned, lesson);
	before = lesson->delay;
	lesson->restarts = true;
	lesson->misses = 0;
	lesson->seen += lesson->seen < LEARNED_SURE;
	/* The longest counts, else a slow one would be missed; but not for ever. */
	lesson->delay = delay > before ? delay : before - (before - delay) / 8;
	return news || lesson->delay > before + before / 4 || lesson->seen < LEARNED_SURE;
}

static bool is_doubtful(const struct lesson *lesson)
{
	return lesson->seen == 1 && lesson->delay > LEARNED_LATE_USEC;
}

bool learned_stays(struct learned *learned, const char *root, const char *server, const char *files)
{
	struct lesson *lesson = learned_find(learned, root, server, files);

	if (!lesson) {
		learned_add(learned, root, server, files, false);
		return true;
	}
	lesson = learned_confirm(learned, lesson);
	if (!lesson->restarts || (++lesson->misses < LEARNED_MISSES_MAX && !is_doubtful(lesson))) {
		return false;
	}
	lesson->restarts = false;
	lesson->delay = 0;
	lesson->seen = 0;
	return true;
}
