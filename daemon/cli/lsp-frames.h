/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The base protocol of LSP: bytes in, messages out.
 *
 *   Content-Length: 42\r\n
 *   \r\n
 *   { 42 bytes }
 *
 * Memory is bounded, and grows with the bytes that arrived, not with the announced
 * length. A message longer than LSP_MESSAGE_MAX is skipped: it is the text of a large
 * file, which this server does not need. Pure.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	LSP_LINE_MAX = 256,		/* bytes of a header line, without its line break */
	LSP_HEADER_MAX = 4096,		/* bytes of all lines of a header */
	LSP_MESSAGE_MAX = 1024 * 1024,	/* a longer message is skipped */
	LSP_SKIPPED_MAX = 512 << 20,	/* a longer one is an error */
};

/* Called with each message, which is valid during the call. */
typedef void lsp_frames_fn(const char *message, size_t length, void *userdata);

struct lsp_frames {
	char line[LSP_LINE_MAX + 1];
	size_t line_length, header_length;
	uint64_t announced; /* the message's length; LSP_FRAMES_UNKNOWN before Content-Length */
	uint64_t missing;   /* bytes of the message that are still to come */
	char *message;
	size_t message_length, message_room;
	char *broken; /* why reading has stopped, or NULL */
};

#define LSP_FRAMES_UNKNOWN UINT64_MAX

void lsp_frames_init(struct lsp_frames *frames);
/* Frees what it holds, not itself. */
void lsp_frames_deinit(struct lsp_frames *frames);

/*
 * Takes the next bytes of the stream. Returns 0, or -EBADMSG once the stream is invalid:
 * it is not known where the next message begins. frames->broken then says why, as
 * "<what>: <value>: <why>"; it may contain any bytes.
 */
int lsp_frames_feed(struct lsp_frames *frames, const char *bytes, size_t length,
	lsp_frames_fn *each, void *userdata);
