/* SPDX-License-Identifier: MIT */

/* A line with a setting's name, then one with its value, and so on, into one project's settings. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/setting.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct setting_place place = {"/w/shop", "/home/me"};
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct project_settings project = {0};
	struct daemon_settings daemon = {0};
	char *key, *value;

	project_settings_init(&project);
	daemon_settings_init(&daemon);
	for (char *rest = text; (key = strsep(&rest, "\n"));) {
		const struct setting *setting = setting_find(key);
		const char *why = NULL;

		value = strsep(&rest, "\n"); /* NULL: like a line without "=" */
		if (setting) {
			void *into = setting_is_daemons(setting) ? (void *)&daemon : &project;

			assert(strcmp(setting_key(setting), key) == 0 && setting_allowed(setting));
			setting_take(setting, into, value, &place, &why);
		}
	}
	assert(daemon.port > 0 && project.url.count <= URL_RULES_MAX);
	path_rules_find(&project.ignore, "a/b.css");
	path_rules_find_outside(&project.include, "/w/shared/a.css");
	project_settings_clear(&project);
	return 0;
}
