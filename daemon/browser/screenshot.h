/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A picture of what a tab shows, from its browser: one at a time, in parts, of at most
 * WIRE_PICTURE_MAX bytes of base64 together. The extension may refuse, and says why.
 */

#include <stdbool.h>
#include <stdint.h>

struct browser;
struct browsers;
struct tab;
struct wire_message;

/*
 * `data` is a JPEG file in base64, or NULL; then `why` says why there is none. Both are borrowed. The
 * tab exists still. Another picture may be asked for from here.
 */
typedef void screenshot_done_fn(
	const struct tab *tab, const char *data, const char *why, void *userdata);

/*
 * Asks the tab's browser. done() is called later, within 5 s, also if the tab is removed
 * meanwhile. Returns false if another picture is awaited.
 */
bool screenshot_begin(struct tab *tab, screenshot_done_fn *done, void *userdata);
/* Ends the wait without a call of done(). */
void screenshot_cancel(struct browsers *browsers);

/* The browser sent `picture`; takes nothing. Ignored if it is not awaited. */
void screenshot_part(struct browser *browser, const struct wire_message *message);
/* To be called before the tab is removed. */
void screenshot_tab_gone(struct tab *tab);
