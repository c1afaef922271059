/* SPDX-License-Identifier: MIT */
#pragma once

/* What the daemon's method Check returned: problems of pages, as text. Pure. */

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* Whether all pages are known to be without a problem. */
bool problems_are_none(const json_t *result);

/*
 * One problem a line, "FILE:LINE:COLUMN: message" with what is known of the place; then, if
 * nothing or not everything can be said, why. What a page said is escaped.
 */
void problems_print(const json_t *result, FILE *to);
