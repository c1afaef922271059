/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Parses the head of one HTTP/1.1 request, piece by piece: the request line and the fields of a
 * WebSocket's opening handshake (RFC 9112, RFC 6455). All other fields, especially cookies, are
 * skipped and use no memory. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/*
	 * Browsers store up to 180 cookies of 4 KiB for a host, and send those of 127.0.0.1 to
	 * every port: 737 KB.
	 */
	REQUEST_HEAD_MAX = 1024 * 1024,
	REQUEST_LINE_MAX = 120,	 /* of the request line, and of the value of each field */
	REQUEST_NAME_MAX = 24, /* of a field's name; the longest is Sec-WebSocket-Protocol */
};

enum request_field {
	REQUEST_HOST,
	REQUEST_ORIGIN,
	REQUEST_UPGRADE,
	REQUEST_CONNECTION,
	REQUEST_KEY,
	REQUEST_VERSION,
	REQUEST_PROTOCOL,
	REQUEST_FIELDS,
};

enum request_state {
	REQUEST_MORE,
	REQUEST_COMPLETE,
	REQUEST_MALFORMED, /* `why` says which rule of RFC 9112 it breaks */
	REQUEST_TOO_LARGE, /* more than REQUEST_HEAD_MAX */
};

struct request_text {
	char text[REQUEST_LINE_MAX + 1];
	size_t length; /* may be more than REQUEST_LINE_MAX: the rest is not stored */
	bool present;
};

/* Zeroed at first. */
struct request_head {
	enum request_state state;
	const char *why;
	size_t bytes;
	enum { REQUEST_IN_LINE, REQUEST_IN_NAME, REQUEST_IN_VALUE } place;
	bool after_cr;
	char name[REQUEST_NAME_MAX];
	size_t name_length;
	struct request_text *value; /* where to store the value of the field; NULL: it is skipped */
	struct request_text line;
	struct request_text fields[REQUEST_FIELDS];
	char *method, *target, *version; /* set when the line is complete: parts of it */
};

/*
 * Parses the next bytes; returns how many of them belong to the head. To be called only while
 * `state` is REQUEST_MORE.
 */
size_t request_head_read(struct request_head *head, const uint8_t *bytes, size_t length);

/*
 * The value of a field, without the spaces around it; fields with the same name are joined
 * by ",". NULL if there is none; "(too long)" if it is longer than REQUEST_LINE_MAX.
 */
const char *request_head_field(const struct request_head *head, enum request_field field);
