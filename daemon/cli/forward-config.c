/* SPDX-License-Identifier: MIT */
#include "cli/forward-config.h"

#include <ctype.h>
#include <errno.h>

#include "util/file.h"
#include "util/mem.h"
#include "cli/arguments.h"
#include "config/config-file.h"

bool forward_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i])) {
			return false;
		}
	}
	return length > 0 && length <= FORWARD_NAME_MAX && name[0] != '-';
}

struct reading {
	struct forward_config *config;
	char *prefix; /* "forward.NAME." */
	char *fault;
};

static void take(const char *key, const char *value, unsigned line, void *userdata)
{
	struct reading *reading = userdata;
	struct forward_config *config = reading->config;
	size_t length = strlen(reading->prefix);
	const char *rest = key + length;

	if (strncmp(key, reading->prefix, length) != 0 || reading->fault) {
		return;
	}
	if (strcmp(rest, "command") == 0 && value && *value) {
		free(config->command);
		config->command = mem_strdup(value);
	} else if (strcmp(rest, "port") == 0 && value && arguments_read_port(value, &config->port)) {
		return;
	} else {
		reading->fault = mem_printf(strcmp(rest, "port") == 0
				? "line %u: %s: %s: must be a number from 1 to 65535"
				: "line %u: %s: %s: must be command or port, with a value",
			line, key, value ? value : "");
	}
}

int forward_config_read(struct forward_config *config, const char *name, char **why)
{
	_cleanup_free_ char *folder = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	_cleanup_free_ char *file = folder ? mem_printf("%s/savecast/config", folder) : NULL;
	_cleanup_free_ char *prefix = mem_printf("forward.%s.", name);
	_cleanup_free_ char *fault = NULL;
	struct reading reading = {.config = config, .prefix = prefix};
	int r;

	*config = (struct forward_config){0};
	if (!file) {
		return 0;
	}
	r = config_file_read(file, CONFIG_USERS, take, &reading, &fault);
	if (reading.fault) {
		free(fault);
		fault = reading.fault;
		r = -EINVAL;
	}
	if (r < 0 && r != -ENOENT) {
		*why = mem_printf("%s: %s", file, fault);
		return r;
	}
	return 0;
}

void forward_config_clear(struct forward_config *config)
{
	free(config->command);
	config->command = NULL;
}
