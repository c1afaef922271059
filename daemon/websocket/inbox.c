/* SPDX-License-Identifier: MIT */
#include "websocket/inbox.h"

#include <string.h>

#include "util/mem.h"
#include "util/utf8.h"

static bool text_is_utf8(const char *text, size_t length)
{
	const char *nul;

	/* utf8_is_valid() refuses a NUL, which UTF-8 may contain; JSON rejects it later. */
	while ((nul = memchr(text, '\0', length))) {
		if (!utf8_is_valid(text, (size_t)(nul - text))) {
			return false;
		}
		length -= (size_t)(nul + 1 - text);
		text = nul + 1;
	}
	return utf8_is_valid(text, length);
}

enum inbox_state inbox_add(struct inbox *inbox, const char *part, size_t length, size_t announced,
	bool last, const char **text, size_t *text_length, char **owned)
{
	*owned = NULL;
	if (announced > INBOX_MESSAGE_MAX ||
		inbox->length + length + announced > INBOX_MESSAGE_MAX) {
		return INBOX_TOO_BIG;
	}
	if (inbox->length > 0 || !last) {
		if (length > 0) {
			inbox->bytes = mem_resize(inbox->bytes, inbox->length + length, 1);
			memcpy(inbox->bytes + inbox->length, part, length);
			inbox->length += length;
		}
		if (!last) {
			return INBOX_MORE;
		}
		*owned = mem_steal(inbox->bytes);
		part = *owned;
		length = inbox->length;
		inbox->length = 0;
	}
	*text = part;
	*text_length = length;
	return text_is_utf8(part, length) ? INBOX_COMPLETE : INBOX_NOT_UTF8;
}

void inbox_clear(struct inbox *inbox)
{
	free(inbox->bytes);
	*inbox = (struct inbox){.length = 0};
}
