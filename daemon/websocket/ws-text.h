/* SPDX-License-Identifier: MIT */
#pragma once

/* A message to send, shared by all clients that wait for it. */

#include <stddef.h>

struct ws_text;

/* Copies the text; the caller holds one reference. */
struct ws_text *ws_text_new(const char *text);
struct ws_text *ws_text_ref(struct ws_text *text);
void ws_text_unref(struct ws_text *text);

/* The text, with room for a frame header before it; libwebsockets writes that header. */
unsigned char *ws_text_bytes(struct ws_text *text);
size_t ws_text_length(const struct ws_text *text);
