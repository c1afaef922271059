/* SPDX-License-Identifier: MIT */
#include "pipeline/output-wait.h"

#include <string.h>

#include "util/mem.h"

bool await_is_source(const char *name)
{
	static const char *const kinds[] = {".scss", ".sass", ".less", ".styl", ".ts", ".tsx",
		".jsx", ".mts", ".cts", ".coffee", ".elm", ".svelte", ".vue"};
	const char *slash = strrchr(name, '/');
	const char *dot = strrchr(slash ? slash : name, '.');

	for (size_t i = 0; dot && i < COUNT_OF(kinds); i++) {
		if (strcmp(dot, kinds[i]) == 0) {
			return true;
		}
	}
	return false;
}

bool await_saved(struct await *await, uint64_t now_usec)
{
	await->saved_usec = now_usec;
	if (await->misses >= AWAIT_MISSES_MAX) {
		return false;
	}
	await->due_usec =
		now_usec + (await->learned_usec ? await->learned_usec : AWAIT_FIRST_USEC);
	return true;
}

void await_output(struct await *await, uint64_t now_usec)
{
	uint64_t took = await->saved_usec ? now_usec - await->saved_usec : AWAIT_MAX_USEC;
	uint64_t wait = 2 * took;

	await->due_usec = 0;
	await->saved_usec = 0;
	if (took >= AWAIT_MAX_USEC) {
		return; /* it has nothing to do with a save */
	}
	await->misses = 0;
	wait = wait < AWAIT_MIN_USEC ? AWAIT_MIN_USEC : wait > AWAIT_MAX_USEC ? AWAIT_MAX_USEC : wait;
	/* A slower build at once, a faster one slowly. */
	if (wait > await->learned_usec) {
		await->learned_usec = wait;
	} else {
		await->learned_usec -= (await->learned_usec - wait) / 4;
	}
}

void await_missed(struct await *await)
{
	await->due_usec = 0;
	if (await->misses < AWAIT_MISSES_MAX) {
		await->misses++;
	}
}
