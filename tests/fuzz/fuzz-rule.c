/* SPDX-License-Identifier: MIT */

/*
 * The first line as a pattern and as a rule, the rest as a name to match; all of it as a
 * settings file. A refused pattern matches nothing.
 */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/config-line.h"
#include "project/glob.h"
#include "project/path-rule.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct path_rules rules = {0};
	struct config_line line;
	char *name = strchr(text, '\n');
	const char *why = NULL;
	bool right;

	config_line_begin(&line, text);
	for (unsigned last = 0, at; (at = config_line_find(&line, "savecast.ignore")); last = at) {
		assert(at > last || last == 0);
	}
	if (name) {
		*name++ = '\0';
	}
	right = glob_check(text, &why);
	assert(right || why);
	assert(!glob_matches(text, name ? name : "a/b.css") || right);
	path_rules_add(&rules, text, &why);
	path_rules_add_action(&rules, text, &why);
	path_rules_find(&rules, name ? name : "a/b.css");
	path_rules_clear(&rules);
	path_rules_add_outside(&rules, text, "/w/shop", "/home/me", &why);
	path_rules_find_outside(&rules, "/w/shop/a/b.css");
	path_rules_clear(&rules);
	return 0;
}
