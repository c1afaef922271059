/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "websocket/proof.h"

/*
 * Which browser extensions may use the daemon. The Origin that the browser sends identifies an
 * extension; no extension can send the Origin of another one. Pure; state.h stores it, in
 * extensions.json:
 *
 *   {"version": 1, "met-firefox": true,
 *    "extensions": [{"origin": "moz-extension://0f2c...", "browser": "Firefox 153"}]}
 *
 * Ours for Chromium has the same id everywhere. In Firefox, an extension has a random id in
 * each profile, so the first one that ever connects from a Firefox is accepted as ours. Each
 * further one waits until the user confirms it with its code.
 */

enum {
	EXTENSIONS_MAX = 64, /* that are known */
	EXTENSIONS_WAITING_MAX = 16, /* a further one replaces the oldest */
};

#define EXTENSION_OURS "chrome-extension://hkniokloboicegjlaajjjkbfncgoeifp"

struct extension {
	char *origin;
	char *browser; /* UTF-8, for display: "Firefox 153" */
	char code[PROOF_CODE_DIGITS + 1]; /* of the origin, see proof.h */
	bool known; /* otherwise it waits */
};

struct extensions {
	struct extension *items; /* in the order in which they came */
	size_t count;
	bool met_firefox;
};

void extensions_clear(struct extensions *extensions);

enum extension_met {
	EXTENSION_MAY, /* it is ours or known */
	EXTENSION_FIRST, /* it is known from now on: store that */
	EXTENSION_WAITS,
};

/* An extension has connected. If it is not known, it waits from now on. */
enum extension_met extensions_meet(
	struct extensions *extensions, const char *origin, const char *browser);

bool extensions_knows(const struct extensions *extensions, const char *origin);

/* Borrowed until the next change; NULL if there is none. */
const struct extension *extensions_find(const struct extensions *extensions, const char *code);
/* Makes the extension with this code known. False if there is none, or if too many are known. */
bool extensions_confirm(struct extensions *extensions, const char *code);
void extensions_remove(struct extensions *extensions, const char *code);

/* Those that are known, as text; the caller frees it. */
char *extensions_write(const struct extensions *extensions);
/* As trust_read(). */
int extensions_read(
	struct extensions *extensions, const char *text, size_t length, char **why);
