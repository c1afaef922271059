/* SPDX-License-Identifier: MIT */
#pragma once

/* What the daemon's method Check returned: problems of pages, as text. Pure. */

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* Whether all pages are known to be without a problem. */
bool problems_are_none(const json_t *result);

/*
 * Prints one problem per line: "FILE:LINE:COLUMN: message", as far as the place is known. Then,
 * if problems may be missing, why. Text that comes from a page is escaped.
 */
void problems_print(const json_t *result, FILE *to);
