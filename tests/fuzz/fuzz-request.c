/* SPDX-License-Identifier: MIT */

/* Any bytes as a handshake: the same answer whole and in pieces; only a valid one is accepted. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "util/mem.h"
#include "websocket/handshake.h"
#include "websocket/request-head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_head head = {0}, pieces = {0};
	size_t taken = request_head_read(&head, data, size), at = 0;

	while (at < size && pieces.state == REQUEST_MORE) {
		at += request_head_read(&pieces, data + at, 1);
	}
	assert(at == taken && pieces.state == head.state);
	if (head.state == REQUEST_COMPLETE) {
		struct handshake handshake = {
			.method = head.method,
			.path = head.target,
			.http = head.version,
			.host = request_head_field(&head, REQUEST_HOST),
			.origin = request_head_field(&head, REQUEST_ORIGIN),
			.upgrade = request_head_field(&head, REQUEST_UPGRADE),
			.connection = request_head_field(&head, REQUEST_CONNECTION),
			.key = request_head_field(&head, REQUEST_KEY),
			.version = request_head_field(&head, REQUEST_VERSION),
			.subprotocols = request_head_field(&head, REQUEST_PROTOCOL),
		};
		const char *what, *value, *why;

		if (handshake_check(&handshake, &what, &value, &why) == 0) {
			assert(strcmp(handshake.path, "/") == 0);
			assert(strlen(handshake.key) == 24);
			assert(!strpbrk(handshake.host, "\r\n "));
		} else {
			assert(what && why);
		}
	}
	return 0;
}
