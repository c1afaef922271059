/* SPDX-License-Identifier: MIT */
#include "browser/changes.h"

#include <string.h>

#include "base/pathname.h"
#include "base/utf8.h"

_Static_assert((int)WIRE_CHANGES_MAX == (int)LEDGER_FILES_MAX, "an event's files are told whole");

size_t changes_of(const struct event *event, struct wire_change changes[WIRE_CHANGES_MAX],
	kind_override_fn *override, void *userdata)
{
	size_t count = 0;

	if (!event || !event->root || event->file_count != event->files_kept) {
		return 0;
	}
	for (size_t i = 0; i < event->files_kept; i++) {
		const char *name = event->files[i];
		enum wire_kind kind = kind_by_suffix(name);
		const char *path;

		if (!pathname_is_below(name, event->root) || !utf8_is_valid(name, strlen(name))) {
			return 0;
		}
		if (override && !override(event->root, name, &kind, userdata)) {
			continue;
		}
		path = name + strlen(event->root);
		path += strspn(path, "/");
		if (!*path || strlen(path) > WIRE_PATH_MAX) {
			return 0;
		}
		changes[count++] = (struct wire_change){.path = path, .kind = kind};
	}
	return count;
}
