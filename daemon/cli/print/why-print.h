/* SPDX-License-Identifier: MIT */
#pragma once

/* Prints what Explain said, for a person. */

#include <jansson.h>

void why_print(const json_t *explanation);
