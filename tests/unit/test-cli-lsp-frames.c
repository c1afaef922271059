/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"
#include "cli/lsp-frames.h"

struct seen {
	char text[256];
	size_t messages;
};

static void see(const char *message, size_t length, void *userdata)
{
	struct seen *seen = userdata;

	seen->messages++;
	if (length < 64) {
		strncat(seen->text, message, length);
		strcat(seen->text, "|");
	}
}

/* Feeds the bytes in parts of every size; `why` NULL: the stream is valid. */
static void feed(const char *bytes, const char *expected, const char *why)
{
	size_t length = strlen(bytes);

	for (size_t part = 1; part <= length; part++) {
		struct lsp_frames frames;
		struct seen seen = {.messages = 0};
		int r = 0;

		lsp_frames_init(&frames);
		for (size_t i = 0; i < length; i += part) {
			/*
			 * In a separate allocation, so that a sanitizer notices a read past its
			 * end.
			 */
			size_t n = length - i < part ? length - i : part;
			_cleanup_free_ char *copy = mem_alloc(n);

			memcpy(copy, bytes + i, n);
			r = lsp_frames_feed(&frames, copy, n, see, &seen);
		}
		assert_string_equal(seen.text, expected);
		assert_int_equal(r, why ? -EBADMSG : 0);
		if (why) {
			assert_string_equal(frames.broken, why);
		}
		lsp_frames_deinit(&frames);
	}
}

static void messages_do_not_depend_on_the_parts(void **state)
{
	feed("Content-Length: 2\r\n\r\n{}Content-Length: 0\r\n\r\nContent-Length: 3\r\n\r\n[1]", "{}||[1]|", NULL);
	feed("content-length:2 \r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n{}", "{}|", NULL);
	feed("X-Other: 1\nContent-Length: 0000000000000002\n\n{}", "{}|", NULL);
	feed("Content-Length: 10\r\n\r\n{}", "", NULL);
}

static void a_wrong_header_breaks_the_stream(void **state)
{
	feed("\r\n{}", "", "header: Content-Length: is missing");
	feed("Content-Length: -1\r\n\r\n", "", "Content-Length: -1: must be a number");
	feed("Content-Length: 1e3\r\n\r\n", "", "Content-Length: 1e3: must be a number");
	feed("Content-Length:\r\n\r\n", "", "Content-Length: : must be a number");
	feed("Content-Length: 1073741824\r\n\r\n", "", "Content-Length: 1073741824: no message is that long");
	feed("Content-Length: 99999999999999999999999999\r\n\r\n", "",
		"Content-Length: 99999999999999999999999999: no message is that long");
	feed("Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "", "Content-Length: 1: is there twice");
	feed("Content-Type: text/plain; charset=latin1\r\n\r\n", "",
		"Content-Type: text/plain; charset=latin1: must be UTF-8");
	/* A length that is too short leaves the rest of its message where a header is expected. */
	feed("Content-Length: 1\r\n\r\n{}\r\nContent-Length: 2\r\n\r\n{}", "{|", "header: }: is not a header field");
}

static void a_header_without_end_is_refused(void **state)
{
	char line[LSP_LINE_MAX + 2];
	_cleanup_free_ char *lines = mem_zero(LSP_HEADER_MAX + 100);
	struct lsp_frames frames;
	struct seen seen = {.messages = 0};

	memset(line, 'x', sizeof line);
	lsp_frames_init(&frames);
	assert_int_equal(lsp_frames_feed(&frames, line, LSP_LINE_MAX, see, &seen), 0);
	assert_int_equal(lsp_frames_feed(&frames, "x", 1, see, &seen), -EBADMSG);
	assert_int_equal(lsp_frames_feed(&frames, "x", 1, see, &seen), -EBADMSG);
	lsp_frames_deinit(&frames);

	while (strlen(lines) <= LSP_HEADER_MAX) {
		strcat(lines, "X: y\r\n");
	}
	lsp_frames_init(&frames);
	assert_int_equal(lsp_frames_feed(&frames, lines, strlen(lines), see, &seen), -EBADMSG);
	lsp_frames_deinit(&frames);
}

/* Feeds a message of `length` bytes and a short one. Returns the most memory that was held. */
static size_t feed_long(size_t length, size_t messages)
{
	_cleanup_free_ char *header = mem_printf("Content-Length: %zu\r\n\r\n", length);
	static const char next[] = "Content-Length: 2\r\n\r\n{}";
	struct lsp_frames frames;
	struct seen seen = {.messages = 0};
	char part[4096];
	size_t most = 0;

	memset(part, 'x', sizeof part);
	lsp_frames_init(&frames);
	assert_int_equal(lsp_frames_feed(&frames, header, strlen(header), see, &seen), 0);
	for (size_t fed = 0; fed < length; fed += sizeof part) {
		size_t n = length - fed < sizeof part ? length - fed : sizeof part;

		assert_int_equal(lsp_frames_feed(&frames, part, n, see, &seen), 0);
		most = frames.message_room > most ? frames.message_room : most;
	}
	assert_int_equal(lsp_frames_feed(&frames, next, sizeof next - 1, see, &seen), 0);
	assert_int_equal(seen.messages, messages);
	assert_string_equal(seen.text, "{}|");
	assert_true(frames.message_room <= LSP_HEADER_MAX);
	lsp_frames_deinit(&frames);
	return most;
}

static void a_long_message_is_not_stored(void **state)
{
	assert_true(feed_long(LSP_MESSAGE_MAX, 2) <= 2 * LSP_MESSAGE_MAX);
	assert_int_equal(feed_long(LSP_MESSAGE_MAX + 1, 1), 0);
	assert_int_equal(feed_long(LSP_SKIPPED_MAX, 1), 0);
}

static void an_announced_message_uses_no_memory(void **state)
{
	static const char header[] = "Content-Length: 1048576\r\n\r\n{";
	struct lsp_frames frames;
	struct seen seen = {.messages = 0};

	lsp_frames_init(&frames);
	assert_int_equal(lsp_frames_feed(&frames, header, sizeof header - 1, see, &seen), 0);
	assert_true(frames.message_room < 100);
	lsp_frames_deinit(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_do_not_depend_on_the_parts),
		cmocka_unit_test(a_wrong_header_breaks_the_stream),
		cmocka_unit_test(a_header_without_end_is_refused),
		cmocka_unit_test(a_long_message_is_not_stored),
		cmocka_unit_test(an_announced_message_uses_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
