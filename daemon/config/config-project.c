/* SPDX-License-Identifier: MIT */
#include "config/config-project.h"

#include "base/mem.h"
#include "config/config-file.h"

#define LOG_MODULE "config"
#include "base/log.h"

struct reading {
	struct project_settings *settings;
	const char *file;
};

static void take_output(struct reading *reading, const char *value)
{
	struct project_settings *settings = reading->settings;

	if (settings->output_count == PROJECT_OUTPUTS_MAX || !*value || *value == '/' ||
		strlen(value) > PROJECT_OUTPUT_LENGTH_MAX) {
		log_warning("%s: savecast.output: %.200s: must be relative to the root, at most "
			    "%d bytes, and one of %d; it is ignored",
			reading->file, value, PROJECT_OUTPUT_LENGTH_MAX, PROJECT_OUTPUTS_MAX);
		return;
	}
	settings->outputs = mem_resize(
		settings->outputs, settings->output_count + 1, sizeof *settings->outputs);
	settings->outputs[settings->output_count++] = mem_strdup(value);
}

static void project_take(const char *key, const char *value, void *userdata)
{
	struct reading *reading = userdata;

	if (strcmp(key, "savecast.output") == 0) {
		take_output(reading, value);
	} else if (strcmp(key, "savecast.unchanged") == 0) {
		reading->settings->announce_unchanged = strcmp(value, "announce") == 0;
	}
}

void config_project_load(struct project_settings *settings, const char *root)
{
	_cleanup_free_ char *file = mem_printf("%s/.savecast", root);
	_cleanup_free_ char *why = NULL;
	struct reading reading = {.settings = settings, .file = file};

	project_settings_clear(settings);
	if (config_file_read(file, project_take, &reading, &why) < 0) {
		log_warning("%s: %s; it is ignored", file, why);
	}
}
