/* SPDX-License-Identifier: MIT */
#include "config/settings-private.h"

#include <errno.h>
#include <sys/stat.h>

#include "project/finder.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"
#include "util/pathname.h"

#define LOG_MODULE "config"
#include "util/log.h"

void project_config_build(struct project_config *config)
{
	const struct settings *settings = config->settings;
	const char *root = config->project->root;
	struct setting_place place = {.root = root, .home = settings->home};

	withheld_find(&config->withheld, &config->own, settings->trust, &place);
	config->project->withheld = config->withheld.count ? &config->withheld : NULL;
	project_settings_clear(&config->values);
	project_settings_init(&config->values);
	config_text_apply(&settings->users, NULL, false, &config->values, &place);
	config_text_apply(&config->own, NULL, false, &config->values, &place);
	config_text_apply(&settings->users, root, false, &config->values, &place);
}

enum config_found project_config_read(struct project_config *config, bool stays_so)
{
	struct setting_place place = {
		config->project->root, config->settings->home, finder_resolve};
	enum config_found found = config_text_read(&config->own, &place, stays_so);

	config->project->unread |= found == CONFIG_WAITS; /* settings_mount_answers() reads it */
	if (found == CONFIG_THERE || stays_so) {
		project_config_build(config);
	}
	return found;
}

bool project_config_ready(struct project_config *config)
{
	bool ready = mounts_ready(config->project->root);

	config->project->unread |= !ready;
	return ready;
}

static bool project_config_changed(bool stays_so, void *userdata)
{
	struct project_config *config = userdata;
	struct settings *settings = config->settings;
	struct project *project = config->project;
	enum config_found found;

	if (!project_config_ready(config)) {
		return true;
	}
	found = project_config_read(config, stays_so);
	if (found == CONFIG_WAITS || (found != CONFIG_THERE && !stays_so)) {
		return found == CONFIG_WAITS;
	}
	if (found == CONFIG_GONE && !project->tracked && project->how == PROJECT_BY_FILE) {
		registry_remove(settings->registry, project);
	} else {
		settings->changed(project, settings->userdata);
	}
	return true;
}

struct settings *settings_new(struct loop *loop, struct registry *registry, const char *folder,
	settings_changed_fn *changed, void *userdata)
{
	struct settings *settings = mem_new(struct settings);
	_cleanup_free_ char *file = folder ? mem_printf("%s/savecast/config", folder) : NULL;
	const char *home = getenv("HOME");

	settings->registry = registry;
	settings->changed = changed;
	settings->userdata = userdata;
	settings->home = home && *home == '/' ? home : NULL;
	settings->trust = trust_new();
	settings->watcher = file_watcher_new(loop);
	if (!settings->watcher) {
		log_warning("inotify: %s: changes of the settings are not noticed", strerror(errno));
	}
	daemon_settings_init(&settings->daemon);
	config_text_init(&settings->users, file ? file : "", true);
	if (folder) {
		settings->folder = mem_printf("%s/savecast", folder);
		settings_watch_users(settings);
		settings_read_users(settings, true);
		settings_mount_waits(settings);
	}
	for (size_t i = 0; i < registry_count(registry); i++) {
		settings_project_added(settings, registry_at(registry, i));
	}
	return settings;
}

void settings_free(struct settings *settings)
{
	if (!settings) {
		return;
	}
	while (settings->projects) {
		settings_project_removed(settings, settings->projects->project);
	}
	file_watch_free(settings->watch);
	file_watcher_free(settings->watcher);
	config_text_clear(&settings->users);
	free(settings->folder);
	trust_free(settings->trust);
	free(settings);
}

void settings_add_projects(struct settings *settings)
{
	for (size_t i = 0; i < settings->users.count; i++) {
		const char *root = settings->users.entries[i].root;
		struct statx st;

		if (root && mounts_stat(root, &st) == 0 && S_ISDIR(st.stx_mode)) {
			registry_add_untracked(settings->registry, root, PROJECT_BY_CONFIG);
		}
	}
}

const struct daemon_settings *settings_of_daemon(const struct settings *settings)
{
	return &settings->daemon;
}

struct project_config **settings_find_config(
	struct settings *settings, const struct project *project)
{
	struct project_config **at = &settings->projects;

	while (*at && (*at)->project != project) {
		at = &(*at)->next;
	}
	return at;
}

static void project_config_begin(struct project_config *config)
{
	config->watch = file_watch_new(config->settings->watcher, config->project->root,
		PROJECT_FILE, false, project_config_changed, config);
	project_config_read(config, true);
}

void settings_project_added(struct settings *settings, struct project *project)
{
	struct project_config *config = mem_new(struct project_config);
	_cleanup_free_ char *file = mem_printf(
		"%s/" PROJECT_FILE, strcmp(project->root, "/") ? project->root : "");

	config->settings = settings;
	config->project = project;
	config->next = settings->projects;
	settings->projects = config;
	project->settings = &config->values;
	config_text_init(&config->own, file, false);
	if (project_config_ready(config)) {
		project_config_begin(config);
	} else {
		project_config_build(config);
	}
}

void settings_mount_answers(struct settings *settings, struct project *project)
{
	struct project_config *config = *settings_find_config(settings, project);

	if (!config) {
		return;
	}
	if (!config->watch) {
		project_config_begin(config);
		settings->changed(project, settings->userdata);
	} else {
		project_config_changed(true, config);
	}
}

void settings_project_removed(struct settings *settings, struct project *project)
{
	struct project_config **at = settings_find_config(settings, project);
	struct project_config *config = *at;

	if (!config) {
		return;
	}
	*at = config->next;
	project->settings = project_settings_default();
	project->withheld = NULL;
	file_watch_free(config->watch);
	config_text_clear(&config->own);
	withheld_clear(&config->withheld);
	project_settings_clear(&config->values);
	free(config);
}

void settings_saved(struct settings *settings, const char *name)
{
	const char *slash = strrchr(name, '/');
	_cleanup_free_ char *folder = NULL;
	struct project_config *config;
	struct project *project;

	if (strcmp(name, settings->users.file) == 0) {
		settings_users_changed(true, settings);
		return;
	}
	if (strcmp(slash + 1, PROJECT_FILE) != 0) {
		return;
	}
	folder = mem_strndup(name, slash == name ? 1 : (size_t)(slash - name));
	project = registry_find(settings->registry, folder);
	config = project ? *settings_find_config(settings, project) : NULL;
	if (config) {
		project_config_changed(true, config);
	}
}

void settings_read_again(struct settings *settings)
{
	struct project_config *next;

	file_watch_renew(settings->watch);
	settings_users_changed(true, settings);
	for (struct project_config *config = settings->projects; config; config = next) {
		next = config->next;
		if (project_config_ready(config)) {
			file_watch_renew(config->watch);
			project_config_changed(true, config);
		}
	}
}

char *const *settings_problems(const struct settings *settings, size_t *count)
{
	*count = settings->users.problem_count;
	return settings->users.problems;
}

char *const *project_problems(const struct project *project, size_t *count)
{
	const struct project_config *config;

	if (project->settings == project_settings_default()) {
		*count = 0;
		return NULL;
	}
	config = container_of(project->settings, const struct project_config, values);
	*count = config->own.problem_count;
	return config->own.problems;
}
