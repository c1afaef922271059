/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "browser/screenshot.h"
#include "dbus/bus-variant.h"

/* Screenshot: asks the tabs of a project, one after the other, until one has a picture. */

enum { SCREENSHOT_TABS_MAX = 4 }; /* that are asked */

/* The call that waits for a picture. */
struct picturing {
	struct daemon_api *api;
	DBusMessage *call;
	char *root; /* the project's root; the project may be removed meanwhile */
	char *url;  /* NULL: any tab of the project */
	unsigned asked; /* how many tabs */
	char *why;  /* why the last one has no picture; NULL: none was asked */
};

static void picturing_free(struct picturing *picturing)
{
	dbus_message_unref(picturing->call);
	free(picturing->root);
	free(picturing->url);
	free(picturing->why);
	free(picturing);
}

void daemon_api_drop_screenshot(struct daemon_api *api)
{
	screenshot_cancel(api->parts.browsers);
	if (api->picturing) {
		picturing_free(mem_steal(api->picturing));
	}
}

static struct tab *next_tab(struct picturing *picturing)
{
	struct project *project =
		registry_find(picturing->api->parts.registry, picturing->root);
	unsigned skip = picturing->asked++;

	if (!project || skip == SCREENSHOT_TABS_MAX) {
		return NULL;
	}
	for (struct tab *tab = project->tabs; tab; tab = tab->next) {
		bool fits = !picturing->url || strcmp(tab->url, picturing->url) == 0;

		if (fits && !tab->framed && skip-- == 0) {
			return tab;
		}
	}
	return NULL;
}

static void picturing_reply(struct picturing *picturing, DBusMessage *reply)
{
	picturing->api->picturing = NULL;
	bus_reply(picturing->api->parts.bus, picturing->call, reply);
	picturing_free(picturing);
}

static DBusMessage *picture_reply(DBusMessage *call, const struct tab *tab, const char *data)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to, dict;

	dbus_message_iter_init_append(reply, &to);
	bus_dict_open(&to, &dict);
	bus_dict_u32(&dict, "browser", browser_number(tab->browser));
	bus_dict_u64(&dict, "tab", tab->id);
	bus_dict_string(&dict, "url", tab->url);
	bus_dict_string(&dict, "mime", "image/jpeg");
	bus_dict_string(&dict, "data", data);
	bus_dict_close(&to, &dict);
	return reply;
}

static bool picturing_ask(struct picturing *picturing);

static void picture_done(const struct tab *tab, const char *data, const char *why, void *userdata)
{
	struct picturing *picturing = userdata;

	if (data) {
		picturing_reply(picturing, picture_reply(picturing->call, tab, data));
		return;
	}
	free(picturing->why);
	picturing->why = mem_printf("%.200s: %s", tab->url, why);
	if (!picturing_ask(picturing)) {
		picturing_reply(picturing,
			bus_error(picturing->call, ERROR_NO_SCREENSHOT, "%s", picturing->why));
	}
}

/* Asks the next tab; returns false if there is none. */
static bool picturing_ask(struct picturing *picturing)
{
	struct tab *tab = next_tab(picturing);

	return tab && screenshot_begin(tab, picture_done, picturing);
}

DBusMessage *daemon_api_screenshot(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct picturing *picturing;
	struct project *project;
	DBusMessage *error;
	const char *what;

	dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &what, DBUS_TYPE_INVALID);
	if (daemon_api_must_wait(api, call, daemon_api_screenshot, &error)) {
		return error;
	}
	project = daemon_api_find_project(api, call, daemon_api_screenshot, what, &error);
	if (!project) {
		return error;
	}
	if (api->picturing) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Screenshot: another picture is being taken; try again later");
	}
	picturing = mem_new(struct picturing);
	picturing->api = api;
	picturing->call = dbus_message_ref(call);
	picturing->root = mem_strdup(project->root);
	for (const struct tab *tab = project->tabs; tab && !picturing->url; tab = tab->next) {
		bool is_it = !tab->framed && strcmp(tab->url, what) == 0;

		picturing->url = is_it ? mem_strdup(what) : NULL;
	}
	if (!picturing_ask(picturing)) {
		picturing_free(picturing);
		return bus_error(call, ERROR_NO_SCREENSHOT,
			"%.200s: no tab of this project is switched on", what);
	}
	api->picturing = picturing;
	return NULL;
}
