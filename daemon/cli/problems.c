/* SPDX-License-Identifier: MIT */
#include "cli/problems.h"

#include "cli/text.h"
#include "util/mem.h"

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

bool problems_are_none(const json_t *result)
{
	return json_is_true(json_object_get(result, "settled")) && number_of(result, "tabs") &&
		!number_of(result, "unknown") &&
		!json_array_size(json_object_get(result, "problems"));
}

static void print_problem(const json_t *problem, FILE *to)
{
	const char *place = *text_of(problem, "file") ? text_of(problem, "file")
		: *text_of(problem, "url")                ? text_of(problem, "url")
							  : text_of(problem, "page");
	_cleanup_free_ char *file = text_safe(place);
	_cleanup_free_ char *message = text_safe(text_of(problem, "message"));

	if (number_of(problem, "line")) {
		fprintf(to, "%s:%" JSON_INTEGER_FORMAT ":%" JSON_INTEGER_FORMAT ": %s\n", file,
			number_of(problem, "line"), number_of(problem, "column"), message);
	} else {
		fprintf(to, "%s: %s\n", file, message);
	}
}

void problems_print(const json_t *result, FILE *to)
{
	_cleanup_free_ char *root = text_safe(text_of(result, "root"));
	json_int_t unknown = number_of(result, "unknown");
	const json_t *problem;
	size_t i;

	json_array_foreach (json_object_get(result, "problems"), i, problem) {
		print_problem(problem, to);
	}
	if (!number_of(result, "tabs")) {
		fprintf(to, "%s: no tab of this project is switched on: nothing is known\n", root);
	} else if (unknown) {
		_cleanup_free_ char *tabs = text_count((uint64_t)unknown, "tab");

		fprintf(to,
			"%s: nothing is known of %s: give the extension permission for the site, "
			"in its popup\n",
			root, tabs);
	}
	if (!json_is_true(json_object_get(result, "settled"))) {
		fprintf(to, "%s: the tabs have not settled: see savecast log\n", root);
	}
}
