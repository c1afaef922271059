/* SPDX-License-Identifier: MIT */
#include "browser/changes.h"

#include <stdio.h>
#include <string.h>

#include "util/pathname.h"
#include "util/utf8.h"

_Static_assert((int)WIRE_CHANGES_MAX == (int)LEDGER_FILES_MAX, "an event lists all its files");

/* Applies a rule of the user's settings to the change. */
static void change_apply(struct wire_change *change, enum action action)
{
	enum file_kind kind = change->kind;

	switch (action) {
	case ACTION_PAGE:
		/*
		 * With `page`, only the page's HTML is compared; with `other`, a page that
		 * has loaded the file reloads as well.
		 */
		change->kind = kind == FILE_KIND_PAGE ? kind : FILE_KIND_OTHER;
		break;
	case ACTION_CSS:
		change->kind = FILE_KIND_CSS;
		change->all = kind != FILE_KIND_CSS;
		break;
	case ACTION_IMAGE:
		change->kind = FILE_KIND_IMAGE;
		change->all = kind != FILE_KIND_IMAGE;
		break;
	case ACTION_DEFAULT:
	case ACTION_NONE: /* a save of only such files has no event */
		break;
	}
}

size_t changes_of(const struct event *event, const struct path_rules *actions,
	struct wire_change changes[WIRE_CHANGES_MAX])
{
	size_t count = 0;

	if (!event || !event->root || event->file_count != event->files_kept) {
		return 0;
	}
	for (size_t i = 0; i < event->files_kept; i++) {
		const char *name = event->files[i];
		const struct path_rule *rule;
		const char *path;

		if (!pathname_is_below(name, event->root) || !utf8_is_valid(name, strlen(name))) {
			return 0;
		}
		path = name + strlen(event->root);
		path += strspn(path, "/");
		if (!*path || strlen(path) > WIRE_PATH_MAX) {
			return 0;
		}
		changes[count] = (struct wire_change){.path = path, .kind = file_kind_of(name)};
		rule = path_rules_find(actions, path);
		change_apply(&changes[count], rule ? rule->action : ACTION_DEFAULT);
		count++;
	}
	return count;
}

void subject_of(const struct event *event, char subject[SUBJECT_MAX + 1])
{
	const char *name = event && event->files_kept ? event->files[0] : "";
	size_t room = SUBJECT_MAX - 64, length; /* the rest is for the other words */
	const char *cut = "";

	subject[0] = '\0';
	if (!event) {
		return;
	}
	if (event->root && pathname_is_below(name, event->root)) {
		name += strlen(event->root);
		name += strspn(name, "/");
	}
	length = strlen(name);
	if (length > room) {
		name += length - room;
		cut = "...";
	}
	if (event->file_count > 1) {
		snprintf(subject, SUBJECT_MAX + 1, "%s %s%s and %zu more",
			event_source_name(event->source), cut, name, event->file_count - 1);
	} else {
		snprintf(subject, SUBJECT_MAX + 1, "%s%s%s%s", event_source_name(event->source),
			*name ? " " : "", cut, name);
	}
}
