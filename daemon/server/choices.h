/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * Which project the user has chosen for the pages of a site, if it cannot be seen which server
 * behind a proxy they come from; and their text in the state folder (state.h), choices.json:
 *
 *   {"version": 1, "choices": [{"site": "http://localhost:8080", "root": "/home/me/shop"}]}
 *
 * A choice takes effect only for pages that may come from that project. Pure.
 */

enum {
	CHOICES_MAX = 256, /* a further one replaces the oldest */
	CHOICE_SITE_MAX = 512, /* bytes */
};

struct choices;

struct choices *choices_new(void);
/* Accepts NULL. */
void choices_free(struct choices *choices);

/* The root of the project that was chosen, borrowed; NULL: none was. */
const char *choices_find(const struct choices *choices, const char *site);
/* `site` is UTF-8; a longer one than CHOICE_SITE_MAX is not kept. */
void choices_set(struct choices *choices, const char *site, const char *root);

/* The caller frees it. */
char *choices_write(const struct choices *choices);
/*
 * Adds the text's choices. Returns 0, or -EINVAL and why (the caller frees it) if it is not such an
 * object; then nothing was added. Skips entries that are not valid.
 */
int choices_read(struct choices *choices, const char *text, size_t length, char **why);
