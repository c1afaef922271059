/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "util/clock.h"

/* Calls about a URL whose server is not known yet. */

enum { LOOK_UPS_MAX = 256 }; /* that wait at the same time */
/*
 * Callers wait for 25 s. Behind a proxy that does not answer, several searches one after another can
 * take longer: then the answer says that the server is being looked for.
 */
#define LOOK_UP_USEC (20 * CLOCK_USEC_PER_SEC)

struct waiting_look_up {
	DBusMessage *call;
	bus_method_fn *method;
	struct server *server; /* or the proxy in front of it */
	uint64_t until_usec;
	struct waiting_look_up *next;
};

static void look_up_free(struct waiting_look_up *waiting)
{
	dbus_message_unref(waiting->call);
	server_unref(waiting->server);
	free(waiting);
}

void daemon_api_drop_look_ups(struct daemon_api *api)
{
	loop_timer_free(api->look_ups_due);
	api->look_ups_due = NULL;
	while (api->look_ups) {
		struct waiting_look_up *dropped = api->look_ups;

		api->look_ups = dropped->next;
		look_up_free(dropped);
	}
	api->look_up_count = 0;
}

/* Calls the method again, which answers, or waits again until the same time. */
static void look_up_again(struct daemon_api *api, struct waiting_look_up *waiting)
{
	DBusMessage *reply;

	api->look_up_until_usec = waiting->until_usec;
	reply = waiting->method(waiting->call, api);
	api->look_up_until_usec = 0;
	if (reply) {
		bus_reply(api->parts.bus, waiting->call, reply);
	}
	look_up_free(waiting);
}

/* Those for this server, or, with NULL, those that have waited long enough, removed from the others. */
static struct waiting_look_up *take_look_ups(struct daemon_api *api, const struct server *server)
{
	uint64_t now_usec = clock_now_usec();
	struct waiting_look_up *taken = NULL;

	for (struct waiting_look_up **at = &api->look_ups; *at;) {
		struct waiting_look_up *waiting = *at;

		if (server ? waiting->server == server : waiting->until_usec <= now_usec) {
			*at = waiting->next;
			waiting->next = taken;
			taken = waiting;
			api->look_up_count--;
		} else {
			at = &waiting->next;
		}
	}
	return taken;
}

static void look_up_all_again(struct daemon_api *api, struct waiting_look_up *taken)
{
	while (taken) {
		struct waiting_look_up *next = taken->next;

		look_up_again(api, taken);
		taken = next;
	}
}

void daemon_api_server_changed(struct daemon_api *api, const struct server *server)
{
	look_up_all_again(api, take_look_ups(api, server));
}

static void set_due(struct daemon_api *api)
{
	uint64_t first_usec = CLOCK_NEVER;

	for (const struct waiting_look_up *one = api->look_ups; one; one = one->next) {
		first_usec = one->until_usec < first_usec ? one->until_usec : first_usec;
	}
	loop_timer_set(api->look_ups_due, first_usec);
}

static void look_ups_due(void *userdata)
{
	struct daemon_api *api = userdata;

	look_up_all_again(api, take_look_ups(api, NULL));
	set_due(api);
}

bool daemon_api_look_up_waits(struct daemon_api *api, DBusMessage *call, bus_method_fn *method,
	const struct route_answer *answer, DBusMessage **reply)
{
	uint64_t now_usec = clock_now_usec(), until_usec = api->look_up_until_usec;
	struct waiting_look_up *waiting;

	*reply = NULL;
	if (!answer->looking || (until_usec && until_usec <= now_usec)) {
		return false;
	}
	if (api->look_up_count == LOOK_UPS_MAX) {
		*reply = bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"%s: %d calls wait already; try again later", dbus_message_get_member(call),
			LOOK_UPS_MAX);
		return true;
	}
	waiting = mem_new(struct waiting_look_up);
	*waiting = (struct waiting_look_up){
		.call = dbus_message_ref(call),
		.method = method,
		.server = server_ref(answer->front ? answer->front : answer->server),
		.until_usec = until_usec ? until_usec : now_usec + LOOK_UP_USEC,
		.next = api->look_ups,
	};
	api->look_ups = waiting;
	api->look_up_count++;
	if (!api->look_ups_due) {
		api->look_ups_due = loop_timer_new(bus_loop(api->parts.bus), look_ups_due, api);
	}
	set_due(api);
	return true;
}
