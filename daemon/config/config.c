/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include <errno.h>

#include "base/mem.h"
#include "config/config-file.h"

#define LOG_MODULE "config"
#include "base/log.h"

static int take_port(struct config *config, const char *value)
{
	char *end;
	unsigned long port = strtoul(value, &end, 10);

	if (end == value || *end || value[0] == '-' || port < 1 || port > 65535) {
		return -EINVAL;
	}
	config->port = (uint16_t)port;
	return 0;
}

/* One row a key, in the lower case that git-config gives. */
static const struct key {
	const char *name;
	int (*take)(struct config *config, const char *value);
	const char *allowed;
} keys[] = {
	{"savecast.port", take_port, "must be a number from 1 to 65535"},
};

struct reading {
	struct config *config;
	const char *file;
};

static void config_take(const char *name, const char *value, void *userdata)
{
	struct reading *reading = userdata;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (strcmp(keys[i].name, name) != 0) {
			continue;
		}
		if (keys[i].take(reading->config, value) < 0) {
			log_warning("%s: %s: %s: %s; the value is ignored", reading->file, name,
				value, keys[i].allowed);
		}
		return;
	}
	log_warning("%s: %s: there is no such setting; it is ignored", reading->file, name);
}

void config_load(struct config *config, const char *folder)
{
	_cleanup_free_ char *file = folder ? mem_printf("%s/savecast/config", folder) : NULL;
	_cleanup_free_ char *why = NULL;
	struct reading reading = {.config = config, .file = file};

	*config = (struct config){.port = CONFIG_PORT_DEFAULT};
	if (file && config_file_read(file, config_take, &reading, &why) < 0) {
		log_warning("%s: %s; the defaults are used", file, why);
	}
}
