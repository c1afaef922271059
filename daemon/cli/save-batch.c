/* SPDX-License-Identifier: MIT */
#include "cli/save-batch.h"

struct save_batch *save_batch_new(void)
{
	return mem_new(struct save_batch);
}

void save_batch_free(struct save_batch *batch)
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

bool save_batch_has_room(const struct save_batch *batch, size_t bytes)
{
	return batch->count == 0 ||
		(batch->count < SAVE_BATCH_NAMES_MAX &&
			batch->bytes + bytes <= SAVE_BATCH_BYTES_MAX);
}

void save_batch_add(struct save_batch *batch, char *name)
{
	/* The array is full at each power of two, and then doubles. */
	if ((batch->count & (batch->count - 1)) == 0) {
		batch->names = mem_resize(
			batch->names, batch->count ? 2 * batch->count : 1, sizeof *batch->names);
	}
	batch->names[batch->count++] = name;
	batch->bytes += strlen(name);
}

bool save_batch_holds(const struct save_batch *batch, const char *name)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (strcmp(batch->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

char *save_batch_label(const struct save_batch *batch)
{
	return batch->count > 1 ? mem_printf("%s and %zu more", batch->names[0], batch->count - 1)
				: mem_strdup(batch->count ? batch->names[0] : "nothing");
}
