/* SPDX-License-Identifier: MIT */
#include "config/settings-private.h"

#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"

#define LOG_MODULE "config"
#include "util/log.h"

/* The user's own file, which may be on a mount that does not answer. */

enum config_found settings_read_users(struct settings *settings, bool stays_so)
{
	struct setting_place place = {.root = "/", .home = settings->home};
	enum config_found found = config_text_read(&settings->users, &place, stays_so);

	settings->unread = found == CONFIG_WAITS;
	if (found != CONFIG_WAITS && (found == CONFIG_THERE || stays_so)) {
		daemon_settings_init(&settings->daemon);
		config_text_apply(&settings->users, NULL, true, &settings->daemon, NULL);
	}
	return found;
}

bool settings_users_changed(bool stays_so, void *userdata)
{
	struct settings *settings = userdata;
	enum config_found found = settings_read_users(settings, stays_so);

	if (found == CONFIG_WAITS || (found != CONFIG_THERE && !stays_so)) {
		return found == CONFIG_WAITS; /* settings_resume() reads it */
	}
	for (struct project_config *config = settings->projects; config; config = config->next) {
		project_config_build(config);
	}
	settings_add_projects(settings);
	settings->changed(NULL, settings->userdata);
	return true;
}

struct making {
	char *folder;
	int result;
};

static void making_work(void *data)
{
	struct making *making = data;

	making->result = file_make_folders(making->folder);
}

static void making_drop(void *data)
{
	struct making *making = data;

	free(making->folder);
	free(making);
}

/* Creates the folder, so that a new file in it is noticed. False: its mount does not answer. */
static bool settings_make_folder(struct settings *settings)
{
	static const struct mount_try what = {.work = making_work, .drop = making_drop};
	struct making *making = mem_new(struct making);

	making->folder = mem_strdup(settings->folder);
	making = mounts_try_own(settings->folder, &what, making);
	if (!making) {
		return false;
	}
	if (making->result < 0) {
		log_warning("%s: %s: the defaults are used", settings->folder,
			strerror(-making->result));
	}
	making_drop(making);
	return true;
}

void settings_watch_users(struct settings *settings)
{
	if (settings_make_folder(settings)) {
		settings->watch = file_watch_new(settings->watcher, settings->folder, "config",
			true, settings_users_changed, settings);
	}
}

void settings_mount_waits(struct settings *settings)
{
	if (settings->unread) {
		config_text_waits(&settings->users);
	}
}

void settings_resume(struct settings *settings)
{
	if (settings->unread && !settings->watch) {
		settings_watch_users(settings);
	}
	file_watcher_resume(settings->watcher);
	if (settings->unread) {
		settings_users_changed(true, settings);
	}
}
