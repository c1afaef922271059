/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include "sources/git/git-home.h"
#include "util/mem.h"

#define LOG_MODULE "state"
#include "util/log.h"

/*
 * What the daemon reads from the state folder. If that is on a mount that does not answer, it works
 * without, and reads it when the mount answers. Until then it cannot prove to browsers whose
 * daemon it is, nor tell a known extension from another one: browsers wait.
 */

/* The key, which is created if there is none; see mounts_try(). */
struct key_loading {
	char *folder;
	struct proof_key key;
	int result;
};

static void key_work(void *data)
{
	struct key_loading *loading = data;

	loading->result = proof_key_load(&loading->key, loading->folder);
}

static void key_drop(void *data)
{
	struct key_loading *loading = data;

	free(loading->folder);
	free(loading);
}

/* False: its mount does not answer. */
static bool take_key(struct daemon *daemon)
{
	static const struct mount_try what = {.work = key_work, .drop = key_drop};
	_cleanup_free_ char *name =
		mem_printf("%s/savecast/key", daemon->state_folder ? daemon->state_folder : "");
	struct key_loading *loading = mem_new(struct key_loading);

	loading->folder = daemon->state_folder ? mem_strdup(daemon->state_folder) : NULL;
	loading = mounts_try_own(name, &what, loading);
	if (!loading) {
		return false;
	}
	daemon->has_key = loading->result == 0;
	if (daemon->has_key) {
		daemon->key = loading->key;
		proof_code(&daemon->key, daemon->code);
	}
	key_drop(loading);
	return true;
}

int daemon_load(struct daemon *daemon)
{
	return state_load(daemon->state,
		&(struct state_objects){
			.registry = daemon->registry,
			.history = readiness_history(daemon->readiness),
			.trust = settings_trusted(daemon->settings),
			.extensions = browsers_extensions(daemon->browsers),
			.choices = router_choices(daemon->router),
		});
}

/* Reads what daemon_load() has left, the key and the events that are owed. */
static bool load_rest(struct daemon *daemon)
{
	return state_load_rest(daemon->state) && take_key(daemon) && journal_read(daemon->journal);
}

void daemon_begin(struct daemon *daemon)
{
	daemon->unread = !load_rest(daemon);
	if (daemon->unread) {
		_cleanup_free_ char *problem = state_problem(daemon->state);

		log_warning("%s", problem ? problem : daemon->state_folder);
		return;
	}
	browsers_open(daemon->browsers, daemon->has_key ? &daemon->key : NULL);
	daemon_expect_owed(daemon);
}

void daemon_resume(struct daemon *daemon)
{
	git_home_refresh();
	settings_resume(daemon->settings);
	if (!daemon->unread || !load_rest(daemon)) {
		return;
	}
	daemon->unread = false;
	log_info("%s/savecast: has been read", daemon->state_folder);
	settings_trust_read(daemon->settings);
	browsers_open(daemon->browsers, daemon->has_key ? &daemon->key : NULL);
	daemon_expect_owed(daemon);
}
