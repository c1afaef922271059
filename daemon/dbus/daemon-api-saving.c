/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "dbus/bus-variant.h"
#include "util/clock.h"
#include "util/mounts.h"
#include "util/pathname.h"

/*
 * Calls of Saved that are not answered in the same turn of the loop: they have many files, or a
 * mount that may not answer. The loop reads the names in portions, a worker reads the files, and the
 * pipeline takes them in portions.
 */

enum {
	PORTION_STEP = 16, /* names between two looks at the clock */
	SAVINGS_MAX = 256,
};

/* Cuts a value in an error text to a length at which it can be recognized. */
#define VALUE "%.200s"

struct saving {
	struct daemon_api *api; /* NULL: the daemon's object was freed */
	DBusMessage *call; /* NULL: it was answered with the event `waited` */
	uint64_t waited;
	DBusMessageIter next_name;
	char *folder; /* of the mount; NULL: it waits because there are many files */
	char **names, **roots;
	struct intake_look *looks;
	size_t count, read, looked, told, taken;
	struct pipeline_call *taking;
	struct portion *portion; /* NULL: the worker has this memory */
	struct loop_timer *patience;
	struct saving *next, **back;
};

static void on_patience_over(void *userdata);

static struct saving *saving_new(struct daemon_api *api, DBusMessage *call, size_t count)
{
	struct saving *saving = mem_new(struct saving);

	*saving = (struct saving){
		.api = api,
		.call = dbus_message_ref(call),
		.names = mem_zero(count * sizeof *saving->names),
		.roots = mem_zero(count * sizeof *saving->roots),
		.looks = mem_zero(count * sizeof *saving->looks),
		.patience = loop_timer_new(api->parts.loop, on_patience_over, saving),
		.count = count,
		.next = api->savings,
		.back = &api->savings,
	};
	if (saving->next) {
		saving->next->back = &saving->next;
	}
	api->savings = saving;
	api->saving_count++;
	return saving;
}

static void saving_free(struct saving *saving)
{
	for (size_t i = 0; i < saving->read; i++) {
		if (i < saving->looked) {
			intake_look_clear(&saving->looks[i]);
		}
		free(saving->names[i]);
		free(saving->roots[i]);
	}
	free(saving->names);
	free(saving->roots);
	free(saving->looks);
	free(saving->folder);
	free(saving);
}

/* The loop forgets the save; memory that the worker uses is freed when the worker is done. */
static void saving_end(struct saving *saving)
{
	loop_timer_free(mem_steal(saving->patience));
	if (saving->call) {
		dbus_message_unref(saving->call);
	}
	*saving->back = saving->next;
	if (saving->next) {
		saving->next->back = saving->back;
	}
	saving->api->saving_count--;
	saving->api = NULL;
}

static void saving_reply(struct saving *saving, DBusMessage *reply)
{
	bus_reply(saving->api->parts.bus, saving->call, reply);
	dbus_message_unref(mem_steal(saving->call));
}

static void saving_finish(struct saving *saving)
{
	struct pipeline *pipeline = saving->api->parts.pipeline;
	uint64_t event = pipeline_call_finish(mem_steal(saving->taking));

	if (saving->call) {
		saving_reply(saving, daemon_api_return_event(saving->call, event));
	} else {
		pipeline_save_done(pipeline, saving->waited, event);
	}
	saving_end(saving);
	saving_free(saving);
}

static size_t step_of(const struct saving *saving, size_t done)
{
	size_t left = saving->count - done;

	return left < PORTION_STEP ? left : PORTION_STEP;
}

static bool take_some(uint64_t until_usec, void *userdata)
{
	struct saving *saving = userdata;
	struct daemon_api *api = saving->api;

	for (; saving->told < saving->count; saving->told++) {
		if (saving->told % PORTION_STEP == 0 && clock_now_usec() >= until_usec) {
			return true;
		}
		settings_saved(api->parts.settings, saving->names[saving->told]);
	}
	if (!saving->taking) {
		saving->taking = pipeline_call_new(api->parts.pipeline);
	}
	while (saving->taken < saving->count) {
		size_t step = step_of(saving, saving->taken);

		if (clock_now_usec() >= until_usec) {
			return true;
		}
		pipeline_call_take(saving->taking, &saving->names[saving->taken], step,
			&saving->looks[saving->taken]);
		saving->taken += step;
	}
	saving_finish(saving);
	return false;
}

static void on_look(void *userdata)
{
	struct saving *saving = userdata;
	struct git_ignores *ignores = git_ignores_new();

	for (; saving->looked < saving->count; saving->looked++) {
		intake_look(saving->names[saving->looked], saving->roots[saving->looked], ignores,
			&saving->looks[saving->looked]);
	}
	git_ignores_free(ignores);
}

static DBusMessage *mount_too_many(DBusMessage *call, const char *name)
{
	_cleanup_free_ char *folder = mounts_of(name);

	return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
		"Saved: " VALUE ": too many file systems do not answer", folder ? folder : name);
}

static void on_looked(void *userdata)
{
	struct saving *saving = userdata;

	if (!saving->api) {
		saving_free(saving);
	} else if (saving->looked < saving->count) {
		if (saving->call) {
			saving_reply(saving, mount_too_many(saving->call, saving->names[0]));
		}
		saving_end(saving);
		saving_free(saving);
	} else {
		loop_timer_set(saving->patience, CLOCK_NEVER);
		saving->portion = portions_add(saving->api->portions, take_some, saving);
	}
}

static void on_patience_over(void *userdata)
{
	struct saving *saving = userdata;
	_cleanup_free_ char *folder = saving->folder ? pathname_to_text(saving->folder) : NULL;
	_cleanup_free_ char *why =
		folder ? mem_printf("%s does not answer: its saves wait", folder)
		       : mem_printf("%zu files are being read", saving->count);

	saving->waited = pipeline_save_waits(
		saving->api->parts.pipeline, saving->names, saving->count, why);
	saving_reply(saving, daemon_api_return_event(saving->call, saving->waited));
	mounts_ready(saving->names[0]); /* so that the mount's projects show the problem */
}

static void saving_look(struct saving *saving)
{
	mounts_look(saving->api->parts.loop,
		saving->folder ? saving->folder : saving->names[0], on_look, on_looked, saving);
}

static void on_found(char *folder, void *userdata)
{
	struct saving *saving = userdata;

	saving->folder = folder;
	if (saving->api) {
		saving_look(saving);
	} else {
		saving_free(saving);
	}
}

/* The project that the file is known to be in; the caller frees its root. */
static char *root_of(const struct daemon_api *api, const char *name)
{
	const struct project *project = registry_lookup(api->parts.registry, name);

	return project ? mem_strdup(project->root) : NULL;
}

static bool read_some(uint64_t until_usec, void *userdata)
{
	struct saving *saving = userdata;
	struct daemon_api *api = saving->api;

	while (saving->read < saving->count) {
		char **name = &saving->names[saving->read];
		DBusMessage *error;

		if (saving->read % PORTION_STEP == 0 && clock_now_usec() >= until_usec) {
			return true;
		}
		error = daemon_api_read_name(saving->call, &saving->next_name, saving->read, name);
		if (error) {
			saving_reply(saving, error);
			saving_end(saving);
			saving_free(saving);
			return false;
		}
		saving->roots[saving->read++] = root_of(api, *name);
	}
	saving->portion = NULL;
	loop_timer_set(saving->patience, clock_now_usec() + MOUNT_PATIENCE_USEC);
	mounts_find(api->parts.loop, saving->names, saving->count, on_found, saving);
	return false;
}

static DBusMessage *too_many(DBusMessage *call)
{
	return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
		"Saved: %d calls wait already: their files are being read", SAVINGS_MAX);
}

DBusMessage *daemon_api_save_in_portions(
	struct daemon_api *api, DBusMessage *call, const DBusMessageIter *names, size_t count)
{
	struct saving *saving;

	if (api->saving_count == SAVINGS_MAX) {
		return too_many(call);
	}
	saving = saving_new(api, call, count);
	saving->next_name = *names;
	saving->portion = portions_add(api->portions, read_some, saving);
	return NULL;
}

DBusMessage *daemon_api_save_by_worker(
	struct daemon_api *api, DBusMessage *call, char *folder, char **names, size_t count)
{
	struct saving *saving;

	if (api->saving_count == SAVINGS_MAX) {
		free(folder);
		return too_many(call);
	}
	saving = saving_new(api, call, count);
	saving->folder = folder;
	for (; saving->read < count; saving->read++) {
		saving->names[saving->read] = mem_steal(names[saving->read]);
		saving->roots[saving->read] = root_of(api, saving->names[saving->read]);
	}
	loop_timer_set(saving->patience, clock_now_usec() + MOUNT_PATIENCE_USEC);
	if (folder) {
		saving_look(saving);
	} else {
		mounts_find(api->parts.loop, saving->names, count, on_found, saving);
	}
	return NULL;
}

void daemon_api_drop_savings(struct daemon_api *api)
{
	while (api->savings) {
		struct saving *saving = api->savings;

		saving_end(saving);
		pipeline_call_free(mem_steal(saving->taking));
		if (saving->portion) {
			portions_remove(saving->portion);
			saving_free(saving);
		} /* otherwise the worker has it, which may hang on its file system */
	}
}
