/* SPDX-License-Identifier: MIT */

/* Any tsconfig.json: the name of its base stays in one line, and no crash. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "project/ts-config.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL, *base = NULL;

	if (!size) {
		return 0;
	}
	text = mem_strndup((const char *)data + 1, size - 1);
	base = ts_config_base(text, "/p/app");
	assert(!base || (strncmp(base, "/p/app/.", 8) == 0 && !strchr(base, '\n')));
	/* The first byte chooses. */
	ts_config_names(text, "/p/app", data[0] & 1 ? "/p/lib/ui" : "/p/app/lib", data[0] & 2);
	return 0;
}
