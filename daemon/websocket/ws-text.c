/* SPDX-License-Identifier: MIT */
#include "websocket/ws-text.h"

#include <string.h>

#include <libwebsockets.h>

#include "util/mem.h"

struct ws_text {
	unsigned refs;
	size_t length;
	unsigned char bytes[]; /* LWS_PRE bytes, then the text */
};

struct ws_text *ws_text_new(const char *text)
{
	size_t length = strlen(text);
	struct ws_text *new = mem_alloc(sizeof *new + LWS_PRE + length);

	new->refs = 1;
	new->length = length;
	memcpy(new->bytes + LWS_PRE, text, length);
	return new;
}

struct ws_text *ws_text_ref(struct ws_text *text)
{
	text->refs++;
	return text;
}

void ws_text_unref(struct ws_text *text)
{
	if (text && --text->refs == 0) {
		free(text);
	}
}

unsigned char *ws_text_bytes(struct ws_text *text)
{
	return text->bytes + LWS_PRE;
}

size_t ws_text_length(const struct ws_text *text)
{
	return text->length;
}
