/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "util/mem.h"

/* Loads the file NAME.json in protocol/, which the caller releases. Include after "unit.h". */
static inline json_t *protocol_table(const char *name)
{
	_cleanup_free_ char *path = mem_printf("%s/../%s.json", VECTORS, name);
	json_error_t error;
	json_t *table = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!table) {
		fail_msg("%s: %s", path, error.text);
	}
	return table;
}
