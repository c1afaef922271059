/* SPDX-License-Identifier: MIT */
#pragma once

#include "dbus/bus-object.h"
#include "dbus/daemon-api.h"
#include "dbus/names.h"
#include "pipeline/ledger.h"
#include "util/portions.h"
#include <dbus/dbus.h>

/* Shared by the files of io.github.savecast.Daemon1. */

struct project_object {
	struct project *project;
	struct bus_object *object;
	struct project_object *next;
};

struct subscriber {
	struct bus_client *client;
	struct subscriber *next;
};

struct hold_owner {
	struct bus_client *client;
	struct hold_owner *next;
};

struct daemon_api {
	struct daemon_api_parts parts;
	struct bus_object *object;
	struct project_object *projects;
	struct waiting_look_up *look_ups; /* see daemon-api-look-ups.c */
	unsigned look_up_count;
	struct loop_timer *look_ups_due;
	uint64_t look_up_until_usec; /* while one that has waited is called again: until when; or 0 */
	struct checking *checking; /* see daemon-api-check.c */
	unsigned checking_count;
	struct picturing *picturing; /* see daemon-api-screenshot.c */
	struct subscriber *subscribers;
	unsigned subscriber_count;
	struct hold_owner *holders;
	/* see daemon-api-waiting.c */
	struct waiting_call *waiting_calls;
	unsigned waiting_call_count;
	bool answers_waiting; /* these calls are made again */
	struct saving *savings; /* see daemon-api-saving.c */
	unsigned saving_count;
	struct listing *listings; /* see daemon-api-lists.c */
	unsigned listing_count;
	struct portions *portions; /* long work of methods */
};

/* The first argument as the name of a folder. Returns an error to send, or NULL. */
DBusMessage *daemon_api_read_root(DBusMessage *call, char **root);

/*
 * daemon-api-methods.c. `reply` is sent once the state is on disk; if it cannot be stored, the
 * error NotStored is sent instead. The two are the last arguments of the functions of state.h:
 * state_store_...(..., daemon_api_stored, daemon_api_storing(api, call, reply)).
 */
struct storing *daemon_api_storing(struct daemon_api *api, DBusMessage *call, DBusMessage *reply);
void daemon_api_stored(int error, void *userdata);

/* Methods: daemon-api-pair.c */
bus_method_fn daemon_api_pair;
bus_get_fn daemon_api_get_extensions;

/* Methods: daemon-api-saved.c */
bus_method_fn daemon_api_saved;
/*
 * Reads the name at this position, the number `i` of a call of Saved, and moves on to the next one.
 * Returns an error to send, or NULL.
 */
DBusMessage *daemon_api_read_name(
	DBusMessage *call, DBusMessageIter *at, size_t i, char **name);
/* The reply of a method that returns only the number of an event. */
DBusMessage *daemon_api_return_event(DBusMessage *call, uint64_t serial);

/*
 * daemon-api-saving.c: Saved for many files, `names` being the position of the first. Returns an
 * error to send, or NULL.
 */
DBusMessage *daemon_api_save_in_portions(
	struct daemon_api *api, DBusMessage *call, const DBusMessageIter *names, size_t count);
/*
 * The same for a few files, of which it takes ownership; the mount's worker checks them. Takes
 * ownership of the mount's folder, NULL: not known. After MOUNT_PATIENCE_USEC, the call is answered
 * with an event that says what the save waits for.
 */
DBusMessage *daemon_api_save_by_worker(
	struct daemon_api *api, DBusMessage *call, char *folder, char **names, size_t count);
void daemon_api_drop_savings(struct daemon_api *api);

/* Methods: daemon-api-holds.c */
bus_method_fn daemon_api_hold;
bus_method_fn daemon_api_release;
bus_method_fn daemon_api_release_failed;
void daemon_api_drop_holders(struct daemon_api *api);

/* Methods: daemon-api-methods.c */
bus_method_fn daemon_api_track;
bus_method_fn daemon_api_untrack;
bus_method_fn daemon_api_reload;
bus_method_fn daemon_api_trust;

/*
 * daemon-api-waiting.c. The folder of the mount that reading the file, which may be in no known
 * project, takes, which the caller frees; NULL: it is local.
 */
char *daemon_api_mount_of(struct daemon_api *api, const char *name);
/*
 * Returns true for a call whose first argument names a file on a mount
 * that may not answer. `method` is called when it answers, unless `reply` is an error, and again
 * if the mount stops answering during that.
 */
bool daemon_api_must_wait(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply);
/* Has `method` called when any mount answers. Returns NULL, or an error. */
DBusMessage *daemon_api_wait(struct daemon_api *api, DBusMessage *call, bus_method_fn *method);
/* The same for a call that changes what the state folder's files say, while they are unread. */
bool daemon_api_must_wait_for_state(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply);
void daemon_api_drop_waiting(struct daemon_api *api);

/* Methods: daemon-api-lists.c */
bus_method_fn daemon_api_list_events;
bus_method_fn daemon_api_list_tabs;
void daemon_api_drop_listings(struct daemon_api *api);
struct verdict;
/*
 * daemon-api-effect.c: what a save of a file does, for display: "reloads 2 tabs". `verdict` and
 * `file` are NULL for any file of the project. The caller frees it.
 */
char *daemon_api_effect(struct daemon_api *api, const struct project *project,
	const struct verdict *verdict, const char *file);

/* Appends a tab as in ListTabs; `userdata` is the array's iterator. */
void daemon_api_append_tab(const struct tab *tab, void *userdata);

/* Methods: daemon-api-explain.c */
bus_method_fn daemon_api_explain;

/* daemon-api-look-ups.c */
struct route_answer;
/*
 * True: the call waits until the server of its URL is known, and `method` is called again, or
 * `*reply` is an error because too many calls wait. False: the answer is known, or the caller would
 * not wait any longer.
 */
bool daemon_api_look_up_waits(struct daemon_api *api, DBusMessage *call, bus_method_fn *method,
	const struct route_answer *answer, DBusMessage **reply);
void daemon_api_drop_look_ups(struct daemon_api *api);

/* Methods: daemon-api-check.c */
bus_method_fn daemon_api_check;
/* An event has a new step, or a page's problems were reported: calls that wait may be answered. */
void daemon_api_checks_changed(struct daemon_api *api);
void daemon_api_drop_checks(struct daemon_api *api);
/*
 * The project of a path, `file:` URI or URL. NULL: `error` is to be sent, or, if that is NULL, the
 * call waits until the server is known; then `method` is called.
 */
struct project *daemon_api_find_project(struct daemon_api *api, DBusMessage *call,
	bus_method_fn *method, const char *what, DBusMessage **error);

/* Methods: daemon-api-screenshot.c */
bus_method_fn daemon_api_screenshot;
void daemon_api_drop_screenshot(struct daemon_api *api);

/* Methods: daemon-api-subscribers.c */
bus_method_fn daemon_api_subscribe;
bus_method_fn daemon_api_unsubscribe;
void daemon_api_drop_subscribers(struct daemon_api *api);

/* Appends events as the dictionaries of ListEvents and EventStep. */
void event_api_append(DBusMessageIter *to, const struct event *event);
void event_api_append_step(DBusMessageIter *to, const struct event *event, const struct step *step);
