/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The problems of a tab's page: those of its latest load, as its browser
 * reported them, with the project's files that they are in. The files are looked up on
 * the worker thread; until then the tab keeps its earlier problems.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "websocket/wire.h"

struct browser;
struct tab;

/* How many problems the steps of one event name; the others are counted. */
enum { PROBLEMS_STEPS_MAX = 4 };

struct problems {
	uint64_t event; /* the event that loaded the page; 0: savecast did not load it */
	struct wire_problems wire;
	char **files; /* of each problem: the project's file, or NULL */
};

/* Takes NULL. */
void problems_free(struct problems *problems);
/* Whether there is one. Takes NULL. */
bool problems_any(const struct problems *problems);

/* The browser sent `problems`; takes ownership of its contents. */
void problems_report(struct browser *browser, struct wire_message *message);

/* "TypeError: x is not a function (static/cart.js:42:7)"; the caller frees it. */
char *problem_text(const struct problems *problems, size_t index, const char *root);
