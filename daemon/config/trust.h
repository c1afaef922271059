/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Which rules of the projects' own files the user trusts, and their text in the state
 * folder (state.h), trusted.json:
 *
 *   {"version": 1, "projects": [{"root": "/home/me/shop", "rules": ["url = http://shop.test"]}]}
 *
 * A .savecast may come with a repository from other people. Its rules for its own folder take
 * effect at once. A rule that reaches outside (setting_is_outside()) takes effect only after
 * the user has trusted exactly this rule in exactly this folder. Pure.
 */

enum {
	TRUST_ROOTS_MAX = 1024, /* a further one replaces the one that was trusted first */
	TRUST_RULES_MAX = 320, /* of one root: as many as a .savecast can have */
};

struct trust;

struct trust *trust_new(void);
/* Accepts NULL. */
void trust_free(struct trust *trust);

bool trust_has(const struct trust *trust, const char *root, const char *rule);
/*
 * Returns false if there are TRUST_RULES_MAX of this root, or if the rule is not valid UTF-8
 * and so cannot be stored. Such a rule is never trusted.
 */
bool trust_add(struct trust *trust, const char *root, const char *rule);
/* Forgets all rules of this root. */
void trust_remove(struct trust *trust, const char *root);

/* The caller frees it. */
char *trust_write(const struct trust *trust);
/*
 * Adds the text's rules. Returns 0, or -EINVAL and why (the caller frees it) if it is not
 * such an object; then nothing was added. Skips entries that are not valid.
 */
int trust_read(struct trust *trust, const char *text, size_t length, char **why);
