/* SPDX-License-Identifier: MIT */
#include "server/known-proxies.h"

#include <string.h>

#include "util/mem.h"

void known_proxies_clear(struct known_proxies *known)
{
	for (size_t i = 0; i < known->count; i++) {
		free(known->items[i].key);
	}
	known->count = 0;
}

static size_t find(const struct known_proxies *known, const char *key)
{
	size_t i = 0;

	while (i < known->count && strcmp(known->items[i].key, key) != 0) {
		i++;
	}
	return i;
}

/* Takes the item out of the list. */
static struct known_proxy take(struct known_proxies *known, size_t i)
{
	struct known_proxy one = known->items[i];

	known->count--;
	memmove(&known->items[i], &known->items[i + 1],
		(known->count - i) * sizeof known->items[i]);
	return one;
}

static void add_end(struct known_proxy *one, const struct upstream_end *end)
{
	unsigned at = 0;

	while (at < one->count && memcmp(&one->ends[at], end, sizeof *end) != 0) {
		at++;
	}
	if (at == one->count && one->count < UPSTREAM_ENDS_MAX) {
		one->count++;
	} else if (at == one->count) {
		at--;
	}
	memmove(&one->ends[1], &one->ends[0], at * sizeof *one->ends);
	one->ends[0] = *end;
}

void known_proxies_note(
	struct known_proxies *known, const char *key, const struct upstream_end *end)
{
	size_t at = find(known, key);
	struct known_proxy one = {0};

	if (at < known->count) {
		one = take(known, at);
	} else {
		if (known->count == KNOWN_PROXIES_MAX) {
			one = take(known, 0);
			free(one.key);
		}
		one = (struct known_proxy){.key = mem_strdup(key)};
	}
	add_end(&one, end);
	known->items[known->count++] = one;
}

const struct known_proxy *known_proxies_find(const struct known_proxies *known, const char *key)
{
	size_t at = find(known, key);

	return at < known->count ? &known->items[at] : NULL;
}
