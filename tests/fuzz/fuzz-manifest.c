/* SPDX-License-Identifier: MIT */

/* Any manifest of a package: bounded lists, and no crash. */

#include <assert.h>
#include <stdint.h>

#include "project/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest manifest = {0};
	enum manifest_kind kind;

	if (!size) {
		return 0;
	}
	kind = data[0] % MANIFEST_KINDS; /* the first byte chooses */
	manifest_read(&manifest, kind, (const char *)data + 1, size - 1);
	manifest_read_workspace(&manifest, kind, (const char *)data + 1, size - 1);
	assert(manifest.needs.count <= MANIFEST_LIST_MAX);
	assert(manifest.paths.count <= MANIFEST_LIST_MAX);
	assert(manifest.members.count <= MANIFEST_LIST_MAX);
	manifest_clear(&manifest);
	return 0;
}
