/* SPDX-License-Identifier: MIT */
#include "websocket/request-head.h"

#include <ctype.h>
#include <string.h>

#include "util/mem.h"

static const char *const field_names[REQUEST_FIELDS] = {
	[REQUEST_HOST] = "host",
	[REQUEST_ORIGIN] = "origin",
	[REQUEST_UPGRADE] = "upgrade",
	[REQUEST_CONNECTION] = "connection",
	[REQUEST_KEY] = "sec-websocket-key",
	[REQUEST_VERSION] = "sec-websocket-version",
	[REQUEST_PROTOCOL] = "sec-websocket-protocol",
};

static void malformed(struct request_head *head, const char *why)
{
	head->state = REQUEST_MALFORMED;
	head->why = why;
}

static void text_add(struct request_text *text, char c)
{
	if (text->length < REQUEST_LINE_MAX) {
		text->text[text->length] = c;
	}
	if (text->length <= REQUEST_LINE_MAX) {
		text->length++;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void text_trim(struct request_text *text)
{
	while (text->length > 0 && text->length <= REQUEST_LINE_MAX &&
		is_blank(text->text[text->length - 1])) {
		text->text[--text->length] = '\0';
	}
}

/* METHOD SP TARGET SP VERSION, with exactly one space each. */
static void line_split(struct request_head *head)
{
	char *text = head->line.text, *target, *version;

	if (head->line.length > REQUEST_LINE_MAX) {
		text[REQUEST_LINE_MAX] = '\0';
	}
	target = strchr(text, ' ');
	version = target ? strchr(target + 1, ' ') : NULL;
	if (!version && target && head->line.length > REQUEST_LINE_MAX) {
		version = text + REQUEST_LINE_MAX; /* cut off, and the end of the target, too */
	}
	if (!version || target == text || version == target + 1 || strchr(version + 1, ' ')) {
		malformed(head, "the request line is not METHOD TARGET VERSION");
		return;
	}
	*target++ = '\0';
	if (*version) {
		*version++ = '\0';
	}
	head->method = text;
	head->target = target;
	head->version = version;
}

static struct request_text *field_find(struct request_head *head)
{
	for (size_t i = 0; i < REQUEST_FIELDS; i++) {
		if (strlen(field_names[i]) == head->name_length &&
			memcmp(field_names[i], head->name, head->name_length) == 0) {
			return &head->fields[i];
		}
	}
	return NULL;
}

static void read_name(struct request_head *head, char c)
{
	if (c == ':' && head->name_length > 0) {
		head->value = field_find(head);
		head->place = REQUEST_IN_VALUE;
		if (head->value && head->value->present) {
			text_trim(head->value);
			text_add(head->value, ',');
		} else if (head->value) {
			head->value->present = true;
		}
		return;
	}
	if (!isalnum((unsigned char)c) && (!c || !strchr("!#$%&'*+-.^_`|~", c))) {
		malformed(head, is_blank(c) && !head->name_length
					? "a field continues on the next line"
					: "an invalid character in a field's name");
		return;
	}
	if (head->name_length < REQUEST_NAME_MAX) {
		head->name[head->name_length++] = (char)tolower((unsigned char)c);
	}
}

static void read_value(struct request_head *head, char c)
{
	struct request_text *value = head->value;

	if (value && !(is_blank(c) && (!value->length || value->text[value->length - 1] == ','))) {
		text_add(value, c);
	}
}

static void read_end_of_line(struct request_head *head)
{
	switch (head->place) {
	case REQUEST_IN_LINE:
		line_split(head);
		break;
	case REQUEST_IN_NAME:
		if (head->name_length > 0) {
			malformed(head, "a field without a colon");
		} else {
			head->state = REQUEST_COMPLETE;
		}
		break;
	case REQUEST_IN_VALUE:
		if (head->value) {
			text_trim(head->value);
		}
		break;
	}
	head->place = REQUEST_IN_NAME;
	head->name_length = 0;
}

static void read_one(struct request_head *head, char c)
{
	if (head->after_cr) {
		head->after_cr = false;
		if (c == '\n') {
			read_end_of_line(head);
		} else {
			malformed(head, "a CR without its LF");
		}
	} else if (c == '\r') {
		head->after_cr = true;
	} else if (c == '\n') {
		malformed(head, "a line that ends in a bare LF");
	} else if (c != '\t' && iscntrl((unsigned char)c)) {
		malformed(head, "a control character");
	} else if (head->place == REQUEST_IN_LINE) {
		text_add(&head->line, c);
	} else if (head->place == REQUEST_IN_NAME) {
		read_name(head, c);
	} else {
		read_value(head, c);
	}
}

size_t request_head_read(struct request_head *head, const uint8_t *bytes, size_t length)
{
	size_t at;

	for (at = 0; at < length && head->state == REQUEST_MORE; at++) {
		if (head->bytes++ == REQUEST_HEAD_MAX) {
			head->state = REQUEST_TOO_LARGE;
			break;
		}
		read_one(head, (char)bytes[at]);
	}
	return at;
}

const char *request_head_field(const struct request_head *head, enum request_field field)
{
	const struct request_text *value = &head->fields[field];

	if (!value->present) {
		return NULL;
	}
	return value->length > REQUEST_LINE_MAX ? "(too long)" : value->text;
}
