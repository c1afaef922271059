/* SPDX-License-Identifier: MIT */
#include "cli/feed/batch.h"

struct batch *batch_new(void)
{
	return mem_new(struct batch);
}

void batch_free(struct batch *batch)
{
	if (!batch) {
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		free(batch->names[i]);
	}
	free(batch->names);
	free(batch);
}

bool batch_has_room(const struct batch *batch, size_t bytes)
{
	return batch->count == 0 ||
		(batch->count < BATCH_NAMES_MAX && batch->bytes + bytes <= BATCH_BYTES_MAX);
}

void batch_add(struct batch *batch, char *name)
{
	/* The room doubles whenever it is full: at each power of two. */
	if ((batch->count & (batch->count - 1)) == 0) {
		batch->names = mem_resize(
			batch->names, batch->count ? 2 * batch->count : 1, sizeof *batch->names);
	}
	batch->names[batch->count++] = name;
	batch->bytes += strlen(name);
}

bool batch_holds(const struct batch *batch, const char *name)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (strcmp(batch->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

char *batch_label(const struct batch *batch)
{
	return batch->count > 1 ? mem_printf("%s and %zu more", batch->names[0], batch->count - 1)
				: mem_strdup(batch->count ? batch->names[0] : "nothing");
}
