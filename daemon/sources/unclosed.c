/* SPDX-License-Identifier: MIT */
#include "sources/unclosed.h"

#include "util/mem.h"

static struct unclosed_file *unclosed_find(struct unclosed *unclosed, const char *name)
{
	for (unsigned i = 0; i < unclosed->count; i++) {
		if (strcmp(unclosed->files[i].name, name) == 0) {
			return &unclosed->files[i];
		}
	}
	return NULL;
}

static void unclosed_drop(struct unclosed *unclosed, struct unclosed_file *file)
{
	free(file->name);
	*file = unclosed->files[--unclosed->count];
}

bool unclosed_add(struct unclosed *unclosed, const char *name, uint64_t now_usec)
{
	if (unclosed_find(unclosed, name)) {
		return true;
	}
	for (unsigned i = 0; i < unclosed->count && unclosed->count == UNCLOSED_MAX; i++) {
		if (unclosed->files[i].check_usec == CLOCK_NEVER) {
			unclosed_drop(unclosed, &unclosed->files[i]);
		}
	}
	if (unclosed->count == UNCLOSED_MAX) {
		return false;
	}
	unclosed->files[unclosed->count++] = (struct unclosed_file){.name = mem_strdup(name),
		.begun_usec = now_usec,
		.check_usec = now_usec + UNCLOSED_WAIT_USEC};
	return true;
}

uint64_t unclosed_remove(struct unclosed *unclosed, const char *name)
{
	struct unclosed_file *file = unclosed_find(unclosed, name);
	uint64_t begun_usec = file ? file->begun_usec : 0;

	if (file) {
		unclosed_drop(unclosed, file);
	}
	return begun_usec;
}

uint64_t unclosed_due(const struct unclosed *unclosed)
{
	uint64_t due = CLOCK_NEVER;

	for (unsigned i = 0; i < unclosed->count; i++) {
		if (unclosed->files[i].check_usec < due) {
			due = unclosed->files[i].check_usec;
		}
	}
	return due;
}

void unclosed_clear(struct unclosed *unclosed)
{
	while (unclosed->count) {
		unclosed_drop(unclosed, &unclosed->files[0]);
	}
}
