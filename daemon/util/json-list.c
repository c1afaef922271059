/* SPDX-License-Identifier: MIT */
#include "util/json-list.h"

#include <ctype.h>

#include "util/file.h"

enum { VERSION = 1 };

/* How a file begins; the checksum is that of everything after the comma. */
#define SUM_BEGIN "{\"sum\": \""
#define SUM_END "\","
enum {
	SUM_AT = sizeof SUM_BEGIN - 1,
	SUM_END_AT = SUM_AT + FILE_CHECKSUM_DIGITS,
	SUM_REST_AT = SUM_END_AT + sizeof SUM_END - 1,
};

/* A file without a checksum is of an earlier version, or was written by hand. */
static bool has_sum(const char *text, size_t length)
{
	bool digits = length >= SUM_REST_AT;

	for (size_t i = SUM_AT; digits && i < SUM_END_AT; i++) {
		digits = isxdigit((unsigned char)text[i]);
	}
	/* Either one is enough: the other one may be what is damaged. */
	return digits || (length >= SUM_AT && memcmp(text, SUM_BEGIN, SUM_AT) == 0);
}

static bool sum_is_right(const char *text, size_t length)
{
	char digits[FILE_CHECKSUM_DIGITS + 1];

	if (length < SUM_REST_AT || memcmp(text, SUM_BEGIN, SUM_AT) != 0 ||
		memcmp(text + SUM_END_AT, SUM_END, strlen(SUM_END)) != 0) {
		return false;
	}
	file_checksum(text + SUM_REST_AT, length - SUM_REST_AT, digits);
	return memcmp(text + SUM_AT, digits, FILE_CHECKSUM_DIGITS) == 0;
}

json_t *json_list_new(const char *name)
{
	return json_pack("{s:i, s:[]}", "version", VERSION, name);
}

char *json_list_write(const json_t *file)
{
	_cleanup_free_ char *object = json_dumps(file, JSON_INDENT(1));
	char digits[FILE_CHECKSUM_DIGITS + 1];

	file_checksum(object + 1, strlen(object + 1), digits);
	return mem_printf(SUM_BEGIN "%s" SUM_END "%s", digits, object + 1);
}

json_t *json_list_read(const char *text, size_t length, const char *name, char **why)
{
	_cleanup_(json_dropp) json_t *file = NULL;
	json_error_t error;

	if (has_sum(text, length) && !sum_is_right(text, length)) {
		*why = mem_strdup("is damaged: its checksum is wrong (remove \"sum\" if you changed it)");
		return NULL;
	}
	file = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!file) {
		*why = mem_printf("line %d: %s", error.line, error.text);
		return NULL;
	}
	if (json_integer_value(json_object_get(file, "version")) != VERSION ||
		!json_is_array(json_object_get(file, name))) {
		*why = mem_printf("must be an object with version %d and %s", VERSION, name);
		return NULL;
	}
	return mem_steal(file);
}
