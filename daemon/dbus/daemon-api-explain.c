/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include <strings.h>

#include "dbus/bus-variant.h"
#include "dbus/project-api.h"
#include "project/file-kind.h"
#include "project/finder.h"
#include "project/verdict.h"
#include "util/pathname.h"
#include "util/utf8.h"

/* Explain: what a save or a tab would do, without doing it. */

static const struct event *last_event_of(const struct ledger *ledger, const char *file)
{
	for (uint64_t serial = ledger_last(ledger); serial; serial--) {
		const struct event *event = ledger_find(ledger, serial);

		if (!event) {
			return NULL; /* older ones are not kept */
		}
		for (size_t i = 0; i < event->files_kept; i++) {
			if (strcmp(event->files[i], file) == 0) {
				return event;
			}
		}
	}
	return NULL;
}

enum { EXPLAIN_TABS_MAX = 256 };

struct tab_listing {
	const struct project *project;
	DBusMessageIter *array;
	unsigned count;
};

static void append_tab_of(const struct tab *tab, void *userdata)
{
	struct tab_listing *listing = userdata;

	if (tab->project == listing->project && listing->count < EXPLAIN_TABS_MAX) {
		listing->count++;
		daemon_api_append_tab(tab, listing->array);
	}
}

static void append_tabs(
	DBusMessageIter *dict, struct daemon_api *api, const struct project *project)
{
	DBusMessageIter entry, variant, array;

	bus_dict_begin(dict, "tabs", "aa{sv}", &entry, &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "a{sv}", &array);
	browsers_each_tab(
		api->parts.browsers, append_tab_of, &(struct tab_listing){project, &array, 0});
	dbus_message_iter_close_container(&variant, &array);
	bus_dict_end(dict, &entry, &variant);
}

/* `verdict` and `file` are NULL for a URL. */
static void append_project(DBusMessageIter *array, struct daemon_api *api,
	const struct project *project, const char *rule, const struct verdict *verdict,
	const char *file)
{
	_cleanup_free_ char *effect = daemon_api_effect(api, project, verdict, file);
	_cleanup_free_ char *path = project_api_path(project);
	DBusMessageIter dict;

	bus_dict_open(array, &dict);
	bus_dict_string(&dict, "object", path);
	bus_dict_pathname(&dict, "root", project->root);
	bus_dict_string(&dict, "known-by", project_known_by(project));
	bus_dict_text(&dict, "rule", rule);
	if (file) {
		bus_dict_string(
			&dict, "noticed", sources_notice(api->parts.sources, project, file));
	}
	if (verdict) {
		bus_dict_string(&dict, "action",
			action_name(verdict->rule ? verdict->rule->action : ACTION_DEFAULT));
		bus_dict_string(&dict, "file-kind", file_kind_name(file_kind_of(file)));
	}
	if (verdict && verdict->rule) {
		bus_dict_text(&dict, "action-rule", verdict->rule->text);
	}
	if (verdict && verdict->ignored) {
		bus_dict_text(&dict, "ignored", verdict->ignored);
	}
	append_tabs(&dict, api, project);
	bus_dict_text(&dict, "effect", effect);
	bus_dict_close(array, &dict);
}

static void append_last_event(DBusMessageIter *dict, const struct event *event)
{
	DBusMessageIter entry, variant;

	if (event) {
		bus_dict_begin(dict, "last-event", "a{sv}", &entry, &variant);
		event_api_append(&variant, event);
		bus_dict_end(dict, &entry, &variant);
	}
}

/* The rules that would make the file part of a project if the user trusted them. */
static void append_untrusted(
	DBusMessageIter *dict, const struct registry *registry, const char *file)
{
	DBusMessageIter entry, variant, array;

	bus_dict_begin(dict, "untrusted", "as", &entry, &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "s", &array);
	for (size_t i = 0; i < registry_count(registry); i++) {
		const struct project *project = registry_at(registry, i);
		const struct path_rule *rule = project->withheld
			? path_rules_find_outside(&project->withheld->rules.include, file)
			: NULL;

		if (rule) {
			_cleanup_free_ char *text = withheld_reason(project, "include", rule->text);
			_cleanup_free_ char *clean = utf8_dup(text);

			bus_append_string(&array, clean);
		}
	}
	dbus_message_iter_close_container(&variant, &array);
	bus_dict_end(dict, &entry, &variant);
}

static DBusMessage *explain_file(struct daemon_api *api, DBusMessage *call, const char *name)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to, dict, entry, variant, array;
	struct claims claims;

	intake_claim(api->parts.intake, name, NULL, true, &claims);
	intake_finish(api->parts.intake);
	dbus_message_iter_init_append(reply, &to);
	bus_dict_open(&to, &dict);
	bus_dict_string(&dict, "kind", "file");
	bus_dict_pathname(&dict, "file", claims.file);
	bus_dict_begin(&dict, "projects", "aa{sv}", &entry, &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "a{sv}", &array);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *claim = &claims.items[i];
		_cleanup_free_ char *rule = claim->include
			? mem_printf("savecast.include: %s", claim->include->text)
			: mem_strdup("the deepest project above the file");

		append_project(&array, api, claim->project, rule, &claim->verdict, claims.file);
	}
	dbus_message_iter_close_container(&variant, &array);
	bus_dict_end(&dict, &entry, &variant);
	bus_dict_text(&dict, "reason", claims.why && !claims.count ? claims.why : "");
	if (!claims.count) {
		_cleanup_free_ char *advice = finder_advice(claims.file);

		if (advice) {
			bus_dict_text(&dict, "advice", advice);
		}
	}
	append_untrusted(&dict, api->parts.registry, claims.file);
	append_last_event(&dict, last_event_of(api->parts.ledger, claims.file));
	bus_dict_close(&to, &dict);
	claims_clear(&claims);
	return reply;
}

static DBusMessage *explain_url(struct daemon_api *api, DBusMessage *call, const char *url,
	const struct route_answer *answer)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to, dict, entry, variant, array;

	dbus_message_iter_init_append(reply, &to);
	bus_dict_open(&to, &dict);
	bus_dict_string(&dict, "kind", "url");
	bus_dict_string(&dict, "url", url);
	bus_dict_begin(&dict, "projects", "aa{sv}", &entry, &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "a{sv}", &array);
	if (answer->project) {
		append_project(&array, api, answer->project, answer->reason, NULL, NULL);
	}
	dbus_message_iter_close_container(&variant, &array);
	bus_dict_end(&dict, &entry, &variant);
	bus_dict_text(&dict, "reason", answer->project ? "" : answer->reason);
	if (answer->advice) {
		bus_dict_text(&dict, "advice", answer->advice);
	}
	bus_dict_close(&to, &dict);
	return reply;
}

DBusMessage *daemon_api_explain(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	_cleanup_free_ char *name = NULL;
	struct route_answer answer;
	DBusMessage *reply = NULL;
	DBusMessageIter argument;
	const char *what, *why;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &what);
	if (*what == '/' || strncasecmp(what, "file:", 5) == 0) {
		if (pathname_from_text(what, &name, &why) < 0) {
			return bus_error(call, DBUS_ERROR_INVALID_ARGS, "Explain: what: %.200s: %s",
				what, why);
		}
		return daemon_api_must_wait(api, call, daemon_api_explain, &reply)
			? reply
			: explain_file(api, call, name);
	}
	if (!strstr(what, ":")) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"Explain: what: %.200s: must be an absolute path or a URL", what);
	}
	router_answer(api->parts.router, what, LOOPBACK_V6_FIRST, false, &answer);
	if (!daemon_api_look_up_waits(api, call, daemon_api_explain, &answer, &reply)) {
		reply = explain_url(api, call, what, &answer);
	}
	route_answer_clear(&answer);
	return reply;
}
