/* SPDX-License-Identifier: MIT */
#include "project/manifest.h"

#include "util/mem.h"

/*
 * Copies a value to `out`, without comments, up to the end of its line, or of the line in which
 * its last bracket closes. Returns where the next line begins.
 */
static const char *copy_value(const char *at, char *out)
{
	char quote = '\0';
	int depth = 0;

	for (; *at && (*at != '\n' || depth > 0); at++) {
		if (*at == '\n') {
			quote = '\0'; /* an unclosed string ends with its line */
		} else if (quote) {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (*at == '#') {
			at += strcspn(at, "\n");
			at--;
			continue;
		} else {
			depth += (*at == '[') - (*at == ']');
		}
		*out++ = *at;
	}
	while (out[-1] == ' ' || out[-1] == '\r' || out[-1] == '\t') {
		out--;
	}
	*out = '\0';
	return *at ? at + 1 : at;
}

/* A name of a table or key, without the quotes and spaces around it. */
static char *bare(const char *text, size_t length)
{
	while (length && strchr(" \t\"'", *text)) {
		text++;
		length--;
	}
	while (length && strchr(" \t\"'", text[length - 1])) {
		length--;
	}
	return mem_strndup(text, length);
}

void toml_each(const char *text, toml_told_fn *told, void *userdata)
{
	_cleanup_free_ char *table = mem_strdup("");
	_cleanup_free_ char *buffer = mem_alloc(strlen(text) + 2);

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n"), skip = strspn(at, " \t[");
		const char *equals = memchr(at, '=', length);

		if (at[strspn(at, " \t")] == '[') {
			free(table);
			table = bare(at + skip, strcspn(at + skip, "]\n"));
		} else if (equals && at[strspn(at, " \t")] != '#') {
			_cleanup_free_ char *key = bare(at, (size_t)(equals - at));

			buffer[0] = '='; /* where trimming the value ends */
			at = copy_value(equals + 1, buffer + 1);
			told(table, key, buffer + 1, userdata);
			continue;
		}
		at += length;
		at += *at == '\n';
	}
}
