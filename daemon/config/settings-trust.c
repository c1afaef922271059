/* SPDX-License-Identifier: MIT */
#include "config/settings-private.h"

void settings_link_found(struct settings *settings, struct project *project)
{
	struct project_config *config = *settings_find_config(settings, project);
	uint64_t before;

	if (!config || !project_config_ready(config)) {
		return;
	}
	before = config->withheld.revision;
	project_config_read(config, false);
	if (config->withheld.revision != before) {
		settings->changed(project, settings->userdata);
	}
}

void settings_link_answers(struct settings *settings, struct project *project)
{
	if (settings_are_undecided(settings, project)) {
		settings_link_found(settings, project);
	}
}

struct trust *settings_trusted(struct settings *settings)
{
	return settings->trust;
}

void settings_trust_read(struct settings *settings)
{
	for (struct project_config *config = settings->projects; config; config = config->next) {
		project_config_build(config);
	}
	settings->changed(NULL, settings->userdata);
}

bool settings_are_undecided(struct settings *settings, const struct project *project)
{
	return (*settings_find_config(settings, project))->own.undecided;
}

bool settings_trust(struct settings *settings, struct project *project, const char *rule)
{
	struct project_config *config = *settings_find_config(settings, project);
	bool room = rule ? trust_add(settings->trust, project->root, rule)
			 : withheld_trust(&config->own, settings->trust, project->root);

	project_config_build(config);
	settings->changed(project, settings->userdata);
	return room;
}

void settings_distrust(struct settings *settings, struct project *project)
{
	trust_remove(settings->trust, project->root);
	project_config_build(*settings_find_config(settings, project));
	settings->changed(project, settings->userdata);
}
