/* SPDX-License-Identifier: MIT */
#include "readiness/restart-history.h"

#include <errno.h>

#include "util/json-list.h"
#include "util/pathname.h"
#include "util/utf8.h"

/*
 *   {"version": 1, "lessons": [{"root": "/home/me/potato", "server": "uvicorn",
 *    "suffix": "py", "restarts": true, "delay": 231000, "seen": 5}]}
 *
 * The lesson of a single file has "file": "/home/me/potato/main.py" instead of the suffix.
 */

char *restart_history_write(const struct restart_history *history)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("lessons");
	json_t *lessons = json_object_get(file, "lessons");

	for (size_t i = 0; i < history->count; i++) {
		const struct lesson *lesson = &history->lessons[i];
		_cleanup_free_ char *root = pathname_to_text(lesson->root);
		_cleanup_free_ char *server = utf8_dup(lesson->server);
		_cleanup_free_ char *files = pathname_to_text(lesson->files);

		json_array_append_new(lessons,
			json_pack("{s:s, s:s, s:s, s:b, s:I, s:i}", "root", root, "server", server,
				lesson->files[0] == '/' ? "file" : "suffix", files, "restarts",
				lesson->restarts, "delay", (json_int_t)lesson->delay, "seen",
				(int)lesson->seen));
	}
	return json_list_write(file);
}

/* Skips an invalid lesson: the daemon will learn it again. */
static void lesson_read(struct restart_history *history, json_t *json)
{
	const char *root = json_string_value(json_object_get(json, "root"));
	const char *server = json_string_value(json_object_get(json, "server"));
	const char *suffix = json_string_value(json_object_get(json, "suffix"));
	const char *file = json_string_value(json_object_get(json, "file"));
	json_int_t delay = json_integer_value(json_object_get(json, "delay"));
	_cleanup_free_ char *name = NULL, *files = NULL;
	const char *why;

	if (!root || !server || delay < 0 || delay > (json_int_t)RESTART_HISTORY_DELAY_MAX_USEC ||
		pathname_from_text(root, &name, &why) < 0) {
		return;
	}
	if (suffix && strlen(suffix) < RESTART_HISTORY_SUFFIX_MAX && !strchr(suffix, '/')) {
		files = mem_strdup(suffix);
	} else if (!file || pathname_from_text(file, &files, &why) < 0) {
		return;
	}
	if (json_is_true(json_object_get(json, "restarts"))) {
		json_int_t seen = json_integer_value(json_object_get(json, "seen"));

		restart_history_add_restart(history, name, server, files, (uint64_t)delay, true);
		for (json_int_t i = 1; i < seen && i < RESTART_HISTORY_SURE; i++) {
			restart_history_add_restart(
				history, name, server, files, (uint64_t)delay, true);
		}
	} else {
		restart_history_add_none(history, name, server, files);
	}
}

int restart_history_read(
	struct restart_history *history, const char *text, size_t length, char **why)
{
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "lessons", why);
	json_t *json;
	size_t i;

	if (!file) {
		return -EINVAL;
	}
	json_array_foreach (json_object_get(file, "lessons"), i, json) {
		lesson_read(history, json);
	}
	return 0;
}
