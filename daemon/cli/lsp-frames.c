/* SPDX-License-Identifier: MIT */
#include "cli/lsp-frames.h"

#include <errno.h>
#include <stdbool.h>
#include <strings.h>

#include "util/mem.h"

void lsp_frames_init(struct lsp_frames *frames)
{
	*frames = (struct lsp_frames){.announced = LSP_FRAMES_UNKNOWN};
}

void lsp_frames_deinit(struct lsp_frames *frames)
{
	free(frames->message);
	free(frames->broken);
	lsp_frames_init(frames);
}

static int frames_break(
	struct lsp_frames *frames, const char *what, const char *value, const char *why)
{
	frames->broken = mem_printf("%s: %s: %s", what, value, why);
	return -EBADMSG;
}

static int frames_read_length(struct lsp_frames *frames, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (frames->announced != LSP_FRAMES_UNKNOWN) {
		return frames_break(frames, "Content-Length", value, "is there twice");
	}
	if (digits == 0 || value[digits]) {
		return frames_break(frames, "Content-Length", value, "must be a number");
	}
	value += strspn(value, "0");
	if (strlen(value) > 10 || strtoull(value, NULL, 10) > LSP_SKIPPED_MAX) {
		return frames_break(frames, "Content-Length", value, "no message is that long");
	}
	frames->announced = strtoull(value, NULL, 10);
	return 0;
}

/* LSP has only one encoding, UTF-8, and two names for it. */
static int frames_read_type(struct lsp_frames *frames, const char *value)
{
	const char *charset = strcasestr(value, "charset=");

	if (charset) {
		charset += strlen("charset=");
		charset += *charset == '"';
		if (strncasecmp(charset, "utf-8", 5) != 0 && strncasecmp(charset, "utf8", 4) != 0) {
			return frames_break(frames, "Content-Type", value, "must be UTF-8");
		}
	}
	return 0;
}

/* The value of the field if it has this name, or NULL. */
static const char *frames_field(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':') {
		return NULL;
	}
	line += n + 1;
	return line + strspn(line, " \t");
}

static void frames_start_message(struct lsp_frames *frames)
{
	frames->missing = frames->announced;
	frames->message_length = 0;
}

static int frames_end_line(struct lsp_frames *frames, bool *header_ended)
{
	char *line = frames->line;
	size_t length = frames->line_length;
	const char *value;

	while (length && strchr(" \t\r", line[length - 1])) {
		length--;
	}
	line[length] = '\0';
	frames->line_length = 0;
	if (length == 0) {
		frames->header_length = 0;
		*header_ended = true;
		if (frames->announced == LSP_FRAMES_UNKNOWN) {
			return frames_break(frames, "header", "Content-Length", "is missing");
		}
		frames_start_message(frames);
		return 0;
	}
	if (strlen(line) < length || !strchr(line, ':')) {
		return frames_break(frames, "header", line, "is not a header field");
	}
	value = frames_field(line, "Content-Length");
	if (value) {
		return frames_read_length(frames, value);
	}
	value = frames_field(line, "Content-Type");
	return value ? frames_read_type(frames, value) : 0;
}

/* Reads at most up to the end of the header; `taken` is how many bytes that was. */
static int frames_read_header(
	struct lsp_frames *frames, const char *bytes, size_t length, size_t *taken)
{
	bool ended = false;
	int r = 0;
	size_t i;

	for (i = 0; i < length && !ended && r == 0; i++) {
		if (++frames->header_length > LSP_HEADER_MAX ||
			frames->line_length == LSP_LINE_MAX) {
			frames->line[frames->line_length] = '\0';
			r = frames_break(frames, "header", frames->line, "is too long");
		} else if (bytes[i] == '\n') {
			r = frames_end_line(frames, &ended);
		} else {
			frames->line[frames->line_length++] = bytes[i];
		}
	}
	*taken = i;
	return r;
}

static void frames_keep(struct lsp_frames *frames, const char *bytes, size_t length)
{
	size_t needed = frames->message_length + length;

	if (frames->announced > LSP_MESSAGE_MAX) {
		return;
	}
	if (needed > frames->message_room) {
		frames->message_room =
			needed > frames->message_room * 2 ? needed : frames->message_room * 2;
		frames->message = mem_resize(frames->message, frames->message_room, 1);
	}
	memcpy(frames->message + frames->message_length, bytes, length);
	frames->message_length = needed;
}

static void frames_end_message(struct lsp_frames *frames, lsp_frames_fn *each, void *userdata)
{
	if (frames->announced <= LSP_MESSAGE_MAX) {
		each(frames->message ? frames->message : "", frames->message_length, userdata);
	}
	frames->announced = LSP_FRAMES_UNKNOWN;
	/* The memory for one large file must not stay allocated until the editor ends. */
	if (frames->message_room > LSP_HEADER_MAX) {
		free(mem_steal(frames->message));
		frames->message_room = 0;
	}
}

static bool frames_in_message(const struct lsp_frames *frames)
{
	return frames->announced != LSP_FRAMES_UNKNOWN && frames->header_length == 0;
}

int lsp_frames_feed(struct lsp_frames *frames, const char *bytes, size_t length,
	lsp_frames_fn *each, void *userdata)
{
	while (length && !frames->broken) {
		size_t taken;

		if (frames_in_message(frames)) {
			taken = frames->missing < length ? (size_t)frames->missing : length;
			frames_keep(frames, bytes, taken);
			frames->missing -= taken;
		} else if (frames_read_header(frames, bytes, length, &taken) < 0) {
			break;
		}
		if (frames_in_message(frames) && frames->missing == 0) {
			frames_end_message(frames, each, userdata);
		}
		bytes += taken;
		length -= taken;
	}
	return frames->broken ? -EBADMSG : 0;
}
