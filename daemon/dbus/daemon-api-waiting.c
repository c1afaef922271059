/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "util/clock.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* Calls about files on a mount that may not answer: only their callers wait for it. */

enum {
	WAITING_MAX = 256,  /* calls, and as many saves */
	/*
	 * The loop checks the files of a call itself if they have at most this many components in
	 * all, which takes a few milliseconds.
	 */
	COMPONENTS_AT_ONCE = 512,
};

struct waiting_call {
	DBusMessage *call;
	bus_method_fn *method;
	struct waiting_call *next;
};

/* A save whose files a worker checks: there are many, or their mount may not answer. */
struct waiting_save {
	struct daemon_api *api; /* NULL: the daemon's object was freed */
	DBusMessage *call; /* NULL: it was answered with the event `waited` */
	uint64_t waited;
	char *folder; /* of the mount; NULL: it waits because there are many files */
	char **names, **roots;
	struct intake_look *looks;
	size_t count, looked;
	struct loop_timer *patience;
	struct waiting_save *next, **back;
};

static DBusMessage *too_many(DBusMessage *call, const char *name)
{
	_cleanup_free_ char *folder = mounts_of(name);

	return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
		"%s: %.200s: %d calls wait for this file system to answer",
		dbus_message_get_member(call), folder ? folder : name, WAITING_MAX);
}

bool daemon_api_must_wait(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply)
{
	struct waiting_call **end = &api->waiting_calls;
	_cleanup_free_ char *name = NULL;
	const char *text, *why;
	DBusMessageIter argument;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &text);
	if (pathname_from_text(text, &name, &why) < 0 || mounts_ready(name)) {
		return false;
	}
	*reply = NULL;
	if (api->waiting_call_count == WAITING_MAX) {
		*reply = too_many(call, name);
		return true;
	}
	while (*end) {
		end = &(*end)->next;
	}
	*end = mem_new(struct waiting_call);
	**end = (struct waiting_call){.call = dbus_message_ref(call), .method = method};
	api->waiting_call_count++;
	return true;
}

void daemon_api_mount_answers(struct daemon_api *api)
{
	struct waiting_call *call = mem_steal(api->waiting_calls);

	api->waiting_call_count = 0;
	while (call) {
		_cleanup_free_ struct waiting_call *this = call;
		DBusMessage *reply = this->method(this->call, api);

		if (reply) {
			bus_reply(api->parts.bus, this->call, reply);
		}
		dbus_message_unref(this->call);
		call = this->next;
	}
}

static void save_free(struct waiting_save *save)
{
	for (size_t i = 0; i < save->count; i++) {
		if (i < save->looked) {
			intake_look_clear(&save->looks[i]);
		}
		free(save->names[i]);
		free(save->roots[i]);
	}
	free(save->names);
	free(save->roots);
	free(save->looks);
	free(save->folder);
	free(save);
}

/* The loop forgets the save; memory that the worker uses is freed when the worker is done. */
static void save_end(struct waiting_save *save)
{
	loop_timer_free(mem_steal(save->patience));
	if (save->call) {
		dbus_message_unref(save->call);
	}
	*save->back = save->next;
	if (save->next) {
		save->next->back = save->back;
	}
	save->api->waiting_save_count--;
	save->api = NULL;
}

static void save_reply(struct waiting_save *save, uint64_t event)
{
	DBusMessage *reply = dbus_message_new_method_return(save->call);

	dbus_message_append_args(reply, DBUS_TYPE_UINT64, &event, DBUS_TYPE_INVALID);
	bus_reply(save->api->parts.bus, save->call, reply);
	dbus_message_unref(save->call);
	save->call = NULL;
}

static void on_look(void *userdata)
{
	struct waiting_save *save = userdata;
	struct git_ignores *ignores = git_ignores_new();

	for (; save->looked < save->count; save->looked++) {
		intake_look(save->names[save->looked], save->roots[save->looked],
			ignores, &save->looks[save->looked]);
	}
	git_ignores_free(ignores);
}

static void on_looked(void *userdata)
{
	struct waiting_save *save = userdata;
	struct daemon_api *api = save->api;
	uint64_t event;

	if (!api) {
		save_free(save);
		return;
	}
	if (save->looked < save->count) {
		if (save->call) {
			bus_reply(api->parts.bus, save->call, too_many(save->call, save->names[0]));
		}
		save_end(save);
		save_free(save);
		return;
	}
	for (size_t i = 0; i < save->count; i++) {
		settings_saved(api->parts.settings, save->names[i]);
	}
	event = pipeline_saved(api->parts.pipeline, save->names, save->count, save->looks);
	if (save->call) {
		save_reply(save, event);
	} else {
		pipeline_save_done(api->parts.pipeline, save->waited, event);
	}
	save_end(save);
	save_free(save);
}

static void on_patience_over(void *userdata)
{
	struct waiting_save *save = userdata;
	_cleanup_free_ char *folder = save->folder ? pathname_to_text(save->folder) : NULL;
	_cleanup_free_ char *why =
		folder ? mem_printf("%s does not answer: its saves wait", folder)
		       : mem_printf("%zu files are being read", save->count);

	save->waited =
		pipeline_save_waits(save->api->parts.pipeline, save->names, save->count, why);
	save_reply(save, save->waited);
	mounts_ready(save->names[0]); /* so that the mount's projects show the problem */
}

static void save_look(struct waiting_save *save)
{
	mounts_look(save->api->parts.loop, save->folder ? save->folder : save->names[0], on_look,
		on_looked, save);
}

static void on_found(char *folder, void *userdata)
{
	struct waiting_save *save = userdata;

	save->folder = folder;
	if (save->api) {
		save_look(save);
	} else {
		save_free(save);
	}
}

/* Takes ownership of the names. */
static DBusMessage *save_begin(
	struct daemon_api *api, DBusMessage *call, char *folder, char **names, size_t count)
{
	struct waiting_save *save = mem_new(struct waiting_save);

	*save = (struct waiting_save){
		.api = api,
		.call = dbus_message_ref(call),
		.folder = folder,
		.names = names,
		.roots = mem_zero(count * sizeof *save->roots),
		.looks = mem_zero(count * sizeof *save->looks),
		.count = count,
		.next = api->waiting_saves,
		.back = &api->waiting_saves,
	};
	for (size_t i = 0; i < count; i++) {
		const struct project *project = registry_lookup(api->parts.registry, names[i]);

		save->roots[i] = project ? mem_strdup(project->root) : NULL;
	}
	if (save->next) {
		save->next->back = &save->next;
	}
	api->waiting_saves = save;
	api->waiting_save_count++;
	save->patience = loop_timer_new(api->parts.loop, on_patience_over, save);
	loop_timer_set(save->patience, clock_now_usec() + MOUNT_PATIENCE_USEC);
	if (folder) {
		save_look(save);
	} else {
		mounts_find(api->parts.loop, names, count, on_found, save);
	}
	return NULL;
}

static bool are_many(char *const *names, size_t count)
{
	size_t components = 0;

	for (size_t i = 0; i < count && components <= COMPONENTS_AT_ONCE; i++) {
		for (const char *at = names[i]; (at = strchr(at, '/')); at++) {
			components++;
		}
	}
	return components > COMPONENTS_AT_ONCE;
}

bool daemon_api_save_waits(struct daemon_api *api, DBusMessage *call, char ***names, size_t *count,
	DBusMessage **reply)
{
	bool many = are_many(*names, *count);
	char *folder = NULL;

	for (size_t i = 0; i < *count && !folder && !many; i++) {
		folder = mounts_of((*names)[i]);
	}
	if (!folder && !many) {
		return false;
	}
	if (api->waiting_save_count == WAITING_MAX) {
		*reply = too_many(call, folder ? folder : (*names)[0]);
		free(folder);
		return true;
	}
	*reply = save_begin(api, call, folder, *names, *count);
	*names = NULL;
	*count = 0;
	return true;
}

void daemon_api_drop_waiting(struct daemon_api *api)
{
	while (api->waiting_calls) {
		struct waiting_call *call = api->waiting_calls;

		api->waiting_calls = call->next;
		dbus_message_unref(call->call);
		free(call);
	}
	while (api->waiting_saves) {
		save_end(api->waiting_saves); /* the worker may hang on its file system */
	}
}
