/* SPDX-License-Identifier: MIT */

/* Any text as one of the files that the daemon keeps: what is taken from it can be written and taken again. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "util/mem.h"
#include "readiness/restart-history.h"
#include "websocket/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct learned learned = {0}, again = {0};
	_cleanup_free_ char *why = NULL;
	struct proof_key key;

	if (learned_read(&learned, text, strlen(text), &why) == 0) {
		_cleanup_free_ char *written = learned_write(&learned);

		assert(learned.count <= LEARNED_MAX);
		assert(learned_read(&again, written, strlen(written), &why) == 0);
		assert(again.count == learned.count);
		learned_clear(&again);
	} else {
		assert(why);
	}
	learned_clear(&learned);
	if (proof_key_read(&key, text) == 0) {
		char back[PROOF_KEY_DIGITS + 1];

		proof_key_write(&key, back);
		assert(strcmp(back, text) == 0);
	}
	return 0;
}
