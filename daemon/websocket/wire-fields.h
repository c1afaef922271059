/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reads and checks the fields of a message from the browser. Each function returns 0, or
 * -EBADMSG and the error. The caller frees texts. For the files that read messages. Pure.
 */

#include <jansson.h>

#include "websocket/wire.h"

/* The message whose fields are read. */
struct wire_reader {
	const char *type; /* of the message */
	const json_t *object;
	struct wire_error *error;
};

int wire_fail(struct wire_error *error, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "<type>: <key>: <value>: <why>", with code bad-message. `value` is NULL if it is missing. */
int wire_fail_field(
	const struct wire_reader *reader, const char *key, const json_t *value, const char *why);

int wire_read_number(const struct wire_reader *reader, const char *key, uint64_t *number);
/* The number "port". */
int wire_read_port(const struct wire_reader *reader, uint16_t *port);
/* At most `max` bytes. */
int wire_read_text(const struct wire_reader *reader, const char *key, size_t max, char **text);
/* `min` to `max` letters, digits or "-". */
int wire_read_token(
	const struct wire_reader *reader, const char *key, size_t min, size_t max, char **token);
/*
 * One of `count` words; sets `index` to that of the word. A word that is NULL cannot be read. Together
 * they are shorter than WIRE_ERROR_MAX.
 */
int wire_read_word(const struct wire_reader *reader, const char *key, const char *const *words,
	size_t count, size_t *index);
int wire_read_flag(const struct wire_reader *reader, const char *key, bool *flag);

/* Reads one object of a list, the one with this number. */
typedef int wire_item_fn(const struct wire_reader *item, size_t index, void *userdata);

/* Reads the array `list` of at most `max` objects, which the error calls `noun`, in order. */
int wire_read_list(const struct wire_reader *reader, size_t max, const char *noun,
	wire_item_fn *read, void *userdata);

/* wire-problems.c: a `problems` message. */
int wire_read_problems(const struct wire_reader *reader, struct wire_message *message);
