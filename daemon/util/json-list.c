/* SPDX-License-Identifier: MIT */
#include "util/json-list.h"

enum { VERSION = 1 };

json_t *json_list_new(const char *name)
{
	return json_pack("{s:i, s:[]}", "version", VERSION, name);
}

char *json_list_write(const json_t *file)
{
	return json_dumps(file, JSON_INDENT(1));
}

json_t *json_list_read(const char *text, size_t length, const char *name, char **why)
{
	json_error_t error;
	_cleanup_(json_dropp) json_t *file =
		json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);

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
