/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include <strings.h>

#include "browser/problems.h"
#include "dbus/bus-variant.h"
#include "dbus/project-api.h"
#include "project/finder.h"
#include "util/clock.h"
#include "util/pathname.h"

/* Check: returns the problems in the pages of a project after its tabs have settled. */

enum {
	CHECKS_MAX = 64, /* calls that wait at the same time */
	REASON_URL_BYTES = 200, /* of a URL, in an error */
};

#define CHECK_TIMEOUT_USEC (10 * CLOCK_USEC_PER_SEC)
#define CHECK_TIMEOUT_MAX_USEC (600 * CLOCK_USEC_PER_SEC)
/* The extension must report a page's problems within this time after its load. */
#define CHECK_REPORT_USEC (2 * CLOCK_USEC_PER_SEC)

/* A call that waits until the project's tabs have settled. */
struct checking {
	struct daemon_api *api;
	DBusMessage *call;
	char *root; /* the project's root; the project may be removed meanwhile */
	uint64_t until_usec;
	struct loop_timer *timer;
	struct checking *next;
};

static bool has_open_event(const struct ledger *ledger, const struct project *project)
{
	for (uint64_t serial = ledger_last(ledger); serial; serial--) {
		const struct event *event = ledger_find(ledger, serial);

		if (!event) {
			return false; /* earlier problems are not kept */
		}
		if (!event->closed && event->root && strcmp(event->root, project->root) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether the problems of the tab's latest load are known, or will never be known. */
static bool tab_is_reported(const struct tab *tab, uint64_t now)
{
	return !tab->loaded || (tab->problems && tab->problems->event >= tab->loaded) ||
		now - tab->loaded_usec >= CHECK_REPORT_USEC;
}

/*
 * When to check whether the tab has settled; CLOCK_NEVER: after its next event; `now` or
 * earlier: it has settled.
 */
static uint64_t settles_at(struct daemon_api *api, const struct project *project, uint64_t now)
{
	uint64_t at = now;

	if (has_open_event(api->parts.ledger, project)) {
		return CLOCK_NEVER;
	}
	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		if (!tab_is_reported(tab, now) && tab->loaded_usec + CHECK_REPORT_USEC > at) {
			at = tab->loaded_usec + CHECK_REPORT_USEC;
		}
	}
	return at;
}

static DBusMessage *check_reply(DBusMessage *call, const struct project *project, bool settled)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to, dict, entry, variant;
	uint32_t unknown = 0;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		unknown += !tab->problems || !tab->problems->wire.known ||
			tab->problems->event < tab->loaded;
	}
	dbus_message_iter_init_append(reply, &to);
	bus_dict_open(&to, &dict);
	bus_dict_pathname(&dict, "root", project->root);
	bus_dict_bool(&dict, "settled", settled);
	bus_dict_u32(&dict, "tabs", project->tab_count);
	bus_dict_u32(&dict, "unknown", unknown);
	bus_dict_begin(&dict, "problems", "aa{sv}", &entry, &variant);
	project_api_append_problems(&variant, project);
	bus_dict_end(&dict, &entry, &variant);
	bus_dict_close(&to, &dict);
	return reply;
}

static void checking_free(struct checking *checking)
{
	loop_timer_free(checking->timer);
	dbus_message_unref(checking->call);
	free(checking->root);
	free(checking);
}

void daemon_api_drop_checks(struct daemon_api *api)
{
	while (api->checking) {
		struct checking *dropped = api->checking;

		api->checking = dropped->next;
		checking_free(dropped);
	}
	api->checking_count = 0;
}

/* The answer, or NULL while it waits. */
static DBusMessage *checking_answer(const struct checking *checking, uint64_t now)
{
	struct daemon_api *api = checking->api;
	const struct project *project = registry_find(api->parts.registry, checking->root);
	uint64_t at;

	if (!project) {
		return bus_error(checking->call, ERROR_NO_PROJECT,
			"%.200s: the project was forgotten meanwhile", checking->root);
	}
	at = settles_at(api, project, now);
	if (at > now && now < checking->until_usec) {
		loop_timer_set(
			checking->timer, at < checking->until_usec ? at : checking->until_usec);
		return NULL;
	}
	return check_reply(checking->call, project, at <= now);
}

void daemon_api_checks_changed(struct daemon_api *api)
{
	uint64_t now = api->checking ? clock_now_usec() : 0;

	for (struct checking **at = &api->checking; *at;) {
		struct checking *checking = *at;
		DBusMessage *reply = checking_answer(checking, now);

		if (!reply) {
			at = &checking->next;
			continue;
		}
		*at = checking->next;
		api->checking_count--;
		bus_reply(api->parts.bus, checking->call, reply);
		checking_free(checking);
	}
}

static void checking_due(void *userdata)
{
	daemon_api_checks_changed(((struct checking *)userdata)->api);
}

/* A tab's project, by the server that it shows. */
struct origin {
	const char *url;
	size_t length; /* of scheme, host and port */
	struct project *project;
};

static void find_origin(const struct tab *tab, void *userdata)
{
	struct origin *origin = userdata;

	if (tab->project && strncasecmp(tab->url, origin->url, origin->length) == 0 &&
		strchr("/?#", tab->url[origin->length])) {
		origin->project = tab->project;
	}
}

/*
 * The project that a URL shows, or NULL and why. While the server's process has to be found first,
 * the project of a tab that shows the same server; without such a tab, the call waits.
 */
static struct project *project_of_url(struct daemon_api *api, DBusMessage *call,
	bus_method_fn *method, const char *url, DBusMessage **error)
{
	struct origin origin = {.url = url};
	struct route_answer answer;

	router_answer(api->parts.router, url, LOOPBACK_V6_FIRST, false, &answer);
	origin.project = answer.project;
	if (answer.looking) {
		origin.length = (size_t)(strstr(url, "://") + 3 - url);
		origin.length += strcspn(url + origin.length, "/?#");
		browsers_each_tab(api->parts.browsers, find_origin, &origin);
	}
	if (!origin.project &&
		!daemon_api_look_up_waits(api, call, method, &answer, error)) {
		/* If only the text of the URL is known, the reason begins with it. */
		bool named = strncmp(answer.reason, url, strnlen(url, REASON_URL_BYTES)) == 0;

		*error = named ? bus_error(call, ERROR_NO_PROJECT, "%s", answer.reason)
			       : bus_error(call, ERROR_NO_PROJECT, "%.200s: %s", url, answer.reason);
	}
	route_answer_clear(&answer);
	return origin.project;
}

struct project *daemon_api_find_project(struct daemon_api *api, DBusMessage *call,
	bus_method_fn *method, const char *what, DBusMessage **error)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *reason = NULL;
	struct project *project = NULL;
	const char *why = "";

	*error = NULL;
	if (*what == '/' || strncasecmp(what, "file:", 5) == 0) {
		if (pathname_from_text(what, &name, &why) < 0) {
			*error = bus_error(call, DBUS_ERROR_INVALID_ARGS, "%s: what: %.200s: %s",
				dbus_message_get_member(call), what, why);
			return NULL;
		}
		project = finder_find(api->parts.registry, name, &reason);
		if (!project) {
			*error = bus_error(call, ERROR_NO_PROJECT, "%.200s: %s", what,
				reason ? reason : "it is in no project");
		}
		return project;
	}
	if (!strstr(what, "://")) {
		*error = bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"%s: what: %.200s: must be an absolute path or a URL",
			dbus_message_get_member(call), what);
		return NULL;
	}
	return project_of_url(api, call, method, what, error);
}

static DBusMessage *wait_for(
	struct daemon_api *api, DBusMessage *call, const struct project *project, uint64_t timeout)
{
	struct checking *checking;

	if (api->checking_count == CHECKS_MAX) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Check: %d calls wait already; try again later", CHECKS_MAX);
	}
	checking = mem_new(struct checking);
	checking->api = api;
	checking->call = dbus_message_ref(call);
	checking->root = mem_strdup(project->root);
	checking->until_usec = clock_now_usec() +
		(timeout < CHECK_TIMEOUT_MAX_USEC ? timeout : CHECK_TIMEOUT_MAX_USEC);
	checking->timer = loop_timer_new(bus_loop(api->parts.bus), checking_due, checking);
	checking->next = api->checking;
	api->checking = checking;
	api->checking_count++;
	loop_timer_set(checking->timer, clock_now_usec()); /* it may have settled already */
	return NULL;
}

DBusMessage *daemon_api_check(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	uint64_t timeout = CHECK_TIMEOUT_USEC;
	dbus_bool_t wait = false;
	struct project *project;
	DBusMessageIter at;
	DBusMessage *error;
	const char *what;

	dbus_message_iter_init(call, &at);
	dbus_message_iter_get_basic(&at, &what);
	dbus_message_iter_next(&at);
	if (bus_dict_find(&at, "wait", DBUS_TYPE_BOOLEAN, &wait) < 0 ||
		bus_dict_find(&at, "timeout", DBUS_TYPE_UINT64, &timeout) < 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"Check: options: \"wait\" must be a b and \"timeout\" a t");
	}
	if (daemon_api_must_wait(api, call, daemon_api_check, &error)) {
		return error;
	}
	project = daemon_api_find_project(api, call, daemon_api_check, what, &error);
	if (!project) {
		return error;
	}
	return wait ? wait_for(api, call, project, timeout)
		    : check_reply(call, project,
			      settles_at(api, project, clock_now_usec()) <= clock_now_usec());
}
