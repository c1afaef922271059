/* SPDX-License-Identifier: MIT */
#include "websocket/wire-fields.h"

#include "util/mem.h"

/* The message `updates`: which dev servers update a page by themselves. */

static int read_updater(const struct wire_reader *reader, struct wire_updater *updater)
{
	uint64_t port = 0;
	int r = wire_read_text(reader, "who", WIRE_STRING_MAX, &updater->who);

	if (r == 0) {
		r = wire_read_number(reader, "port", &port);
	}
	if (r == 0 && port > UINT16_MAX) {
		return wire_fail_field(reader, "port", json_object_get(reader->object, "port"),
			"must be at most 65535");
	}
	updater->port = (uint16_t)port;
	return r;
}

int wire_read_updates(const struct wire_reader *reader, struct wire_message *message)
{
	struct wire_updates *updates = &message->updates;
	const json_t *list = json_object_get(reader->object, "list");
	size_t count = json_array_size(list);
	int r = wire_read_number(reader, "tab", &message->tab);

	updates->known = list != NULL;
	if (r == 0 && list && !json_is_array(list)) {
		return wire_fail_field(reader, "list", list, "must be an array");
	}
	if (r == 0 && count > WIRE_UPDATERS_MAX) {
		return wire_fail_field(reader, "list", list, "must have at most 8 servers");
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct wire_reader item = *reader;

		item.object = json_array_get(list, i);
		updates->count = i + 1;
		r = json_is_object(item.object)
			? read_updater(&item, &updates->items[i])
			: wire_fail_field(reader, "list", item.object, "must have objects");
	}
	return r;
}

void wire_updates_clear(struct wire_updates *updates)
{
	for (size_t i = 0; i < updates->count; i++) {
		free(updates->items[i].who);
	}
	*updates = (struct wire_updates){0};
}
