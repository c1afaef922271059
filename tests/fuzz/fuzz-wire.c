/* SPDX-License-Identifier: MIT */

/* Any bytes from a browser: no crash, no leak, and valid UTF-8 in each text. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "util/utf8.h"
#include "websocket/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_text(const char *text)
{
	assert(utf8_is_valid(text, strlen(text)));
}

/* This message is written without a library: the library reads the same text back. */
static void check_reload(const char *broken)
{
	_cleanup_free_ char *clean = utf8_dup(broken);
	_cleanup_free_ char *text = wire_encode_reload(
		&(struct wire_reload){
			.subject = broken,
			.aside = broken,
			.changes = &(struct wire_change){.path = broken},
			.n_changes = 1,
		},
		&(uint64_t){UINT64_MAX}, 1);
	json_t *object = json_loads(text, JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES, NULL);
	const json_t *change = json_array_get(json_object_get(object, "changes"), 0);

	assert(strcmp(json_string_value(json_object_get(object, "aside")), clean) == 0);
	assert(strcmp(json_string_value(json_object_get(change, "path")), clean) == 0);
	json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *broken = mem_strndup((const char *)data, size);
	_cleanup_free_ char *tab = wire_encode_tab(&(struct wire_tab){
		.tab = size,
		.state = WIRE_TAB_LIVE,
		.project = broken,
		.reason = broken,
		.cause = "no-server",
		.advice = broken,
		.folder = broken,
		.forwarded = (uint16_t)size,
		.awaits = size,
		.subject = broken,
		.failure = &(struct wire_failure){size, broken, broken},
		.untrusted = &(struct wire_untrusted){broken, &broken, 1, broken, size},
		.problems = (const char *const[]){broken, NULL},
	});
	struct wire_message message;
	struct wire_error error;

	is_text(tab);
	check_reload(broken);
	if (wire_parse((const char *)data, size, &message, &error) < 0) {
		_cleanup_free_ char *text = wire_encode_error(error.code, error.message);

		is_text(error.message);
		is_text(text);
	} else if (message.type == WIRE_HELLO) {
		assert(strlen(message.profile) <= WIRE_PROFILE_MAX);
		is_text(message.browser);
	} else if (message.type == WIRE_WATCH) {
		assert(message.tab <= WIRE_NUMBER_MAX && strlen(message.url) <= WIRE_URL_MAX);
		assert(message.framed
				? message.parent != message.tab && message.parent <= WIRE_NUMBER_MAX
				: message.parent == 0);
	}
	wire_message_clear(&message);
	return 0;
}
