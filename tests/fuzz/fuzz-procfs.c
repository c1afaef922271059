/* SPDX-License-Identifier: MIT */

/* Any text as /proc/PID/stat: a process can choose its name. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "server/procfs.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct procfs_stat stat;

	if (procfs_parse_stat(text, &stat) == 0) {
		assert(strlen(stat.name) < sizeof stat.name);
	}
	return 0;
}
