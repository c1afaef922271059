/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The base protocol of LSP: bytes in, messages out.
 *
 *   Content-Length: 42\r\n
 *   \r\n
 *   { 42 bytes }
 *
 * Memory is bounded, and grows with what came, not with what was announced: of a
 * longer message nothing is kept. Such a one is the text of a large file, which
 * nobody here reads. Pure.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	LSP_LINE_MAX = 256,		/* of a header, without its line break */
	LSP_HEADER_MAX = 4096,		/* all lines of one */
	LSP_MESSAGE_MAX = 1024 * 1024,	/* what is kept */
	LSP_SKIPPED_MAX = 512 << 20,	/* what is believed; beyond, the length is wrong */
};

/* Told of each message, which is gone afterwards. */
typedef void lsp_frames_fn(const char *message, size_t length, void *userdata);

struct lsp_frames {
	char line[LSP_LINE_MAX + 1];
	size_t line_length, header_length;
	uint64_t announced; /* the message's length; LSP_FRAMES_UNKNOWN in a header that has not said */
	uint64_t missing;   /* of the message, while it is read */
	char *message;
	size_t message_length, message_room;
	char *broken; /* why no more is read */
};

#define LSP_FRAMES_UNKNOWN UINT64_MAX

void lsp_frames_init(struct lsp_frames *frames);
/* Frees what it holds, not itself. */
void lsp_frames_deinit(struct lsp_frames *frames);

/*
 * Bytes were read. Returns 0, or -EBADMSG once the stream makes no sense: where
 * the next message begins cannot be known, and frames->broken says why, as
 * "<what>: <value>: <why>", in bytes of any kind.
 */
int lsp_frames_feed(struct lsp_frames *frames, const char *bytes, size_t length,
	lsp_frames_fn *each, void *userdata);
