/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

/* The character at `p` and its length; 0 and one byte if it is not valid UTF-8. */
static uint32_t text_character(const unsigned char *p, size_t *length)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	*length = 1;
	if (strnlen((const char *)p, n) < n || !utf8_is_valid((const char *)p, n)) {
		return 0;
	}
	for (size_t i = 1; i < n; i++) {
		c = c << 6 | (p[i] & 0x3fu);
	}
	*length = n;
	return c;
}

static bool text_misleads(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || c == 0x061c ||
		(c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *text_safe(const char *bytes)
{
	char *safe = mem_alloc(4 * strlen(bytes) + 1); /* a byte takes at most four: "\x9f" */
	char *out = safe;
	size_t n;

	for (const unsigned char *p = (const unsigned char *)bytes; *p; p += n) {
		uint32_t c = text_character(p, &n);
		const char *known = strchr("\nn\tt\rr\033e", (int)c);

		if (c && !text_misleads(c)) {
			out = mempcpy(out, p, n);
		} else if (c && c < 0x20 && known) {
			out += sprintf(out, "\\%c", known[1]);
		} else if (n == 1) {
			out += sprintf(out, "\\x%02x", *p);
		} else {
			out += sprintf(out, "\\u%04" PRIx32, c);
		}
	}
	*out = '\0';
	return safe;
}

char *text_msec(uint64_t usec)
{
	return mem_printf("%" PRIu64 ".%" PRIu64 " ms", usec / 1000, usec % 1000 / 100);
}

char *text_clock(uint64_t wall_usec, uint64_t now_wall_usec)
{
	time_t then = (time_t)(wall_usec / CLOCK_USEC_PER_SEC);
	time_t now = (time_t)(now_wall_usec / CLOCK_USEC_PER_SEC);
	struct tm then_tm, now_tm;
	char text[64];

	if (!localtime_r(&then, &then_tm) || !localtime_r(&now, &now_tm)) {
		return mem_strdup("?");
	}
	if (then_tm.tm_year == now_tm.tm_year && then_tm.tm_yday == now_tm.tm_yday) {
		strftime(text, sizeof text, "%H:%M:%S", &then_tm);
	} else {
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &then_tm);
	}
	return mem_printf("%s.%03" PRIu64, text, wall_usec % CLOCK_USEC_PER_SEC / 1000);
}

char *text_count(uint64_t n, const char *noun)
{
	return mem_printf("%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

char *text_name(const char *name, const char *root)
{
	_cleanup_free_ char *bytes = NULL;
	_cleanup_free_ char *root_bytes = NULL;
	const char *shown = name;
	const char *why;

	if (pathname_from_text(name, &bytes, &why) == 0) {
		shown = bytes;
	}
	if (bytes && root && pathname_from_text(root, &root_bytes, &why) == 0 &&
		strcmp(root_bytes, "/") != 0 && strcmp(bytes, root_bytes) != 0 &&
		pathname_is_below(bytes, root_bytes)) {
		shown += strlen(root_bytes) + 1;
	}
	return text_safe(shown);
}

char *text_home(const char *name, const char *home)
{
	_cleanup_free_ char *safe = text_name(name, NULL);

	if (!home || home[0] != '/' || strcmp(home, "/") == 0 || !pathname_is_below(safe, home)) {
		return mem_steal(safe);
	}
	return mem_printf("~%s", safe + strlen(home));
}

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++) {
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return columns;
}

char *text_shorten(const char *text, size_t columns)
{
	size_t all = text_columns(text);

	if (columns < TEXT_SHORTEST) {
		columns = TEXT_SHORTEST;
	}
	if (all <= columns) {
		return mem_strdup(text);
	}
	for (size_t skip = all - (columns - strlen("...")); skip; skip--) {
		do {
			text++;
		} while (((unsigned char)*text & 0xc0) == 0x80);
	}
	return mem_printf("...%s", text);
}

char *text_wrap(const char *text, size_t width, size_t indent, size_t used)
{
	/* Each word adds at most a line break and the indent. */
	char *wrapped = mem_alloc((strlen(text) + 1) * (indent + 3) + 1);
	char *out = wrapped;
	size_t column = used;
	bool first_of_line = true;

	while (*(text += strspn(text, " "))) {
		size_t length = strcspn(text, " ");
		_cleanup_free_ char *word = mem_strndup(text, length);
		size_t columns = text_columns(word);

		if (!first_of_line && column + 1 + columns > width) {
			out += sprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			first_of_line = true;
		}
		if (!first_of_line) {
			*out++ = ' ';
			column++;
		}
		out = stpcpy(out, word);
		column += columns;
		first_of_line = false;
		text += length;
	}
	*out = '\0';
	return wrapped;
}

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}
