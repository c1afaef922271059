/* SPDX-License-Identifier: MIT */
#include "websocket/endpoint.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/socket-activation.h"

#define LOG_MODULE "ws"
#include "util/log.h"

struct door {
	struct loop *loop;
	uint16_t wanted;
	uint16_t given_port; /* of systemd's sockets; 0: they are our own */
	const struct ws_callbacks *callbacks;
	void *of_callbacks;
	door_changed_fn *changed;
	void *userdata;
	struct ws_server *server; /* NULL: closed */
	int fault; /* why: a negative errno */
	char *error;
};

/* Returns whether there is anything new. */
static bool door_open(struct door *door, struct given *given)
{
	int r = ws_server_new(&door->server, door->loop, door->wanted, given, door->callbacks,
		door->of_callbacks);

	if (r == door->fault && !door->server) {
		return false; /* that was said */
	}
	free(mem_steal(door->error));
	door->fault = r;
	if (r < 0) {
		door->error = mem_printf("127.0.0.1:%u: %s: no browser can connect; end what "
					 "listens there, or set savecast.port; it is tried "
					 "again at the next save",
			door->wanted, strerror(-r));
	}
	return true;
}

void door_say(const struct door *door)
{
	if (door->server) {
		log_info("browsers connect to port %u%s", ws_server_port(door->server),
			door->given_port ? ", where systemd listens" : "");
	} else {
		log_error("%s", door->error);
	}
	if (door->given_port && door->wanted != door->given_port) {
		log_warning("savecast.port: %u: does not count: systemd listens on port %u for "
			    "savecastd: systemctl --user edit savecast.socket",
			door->wanted, door->given_port);
	}
}

struct door *door_new(struct loop *loop, uint16_t port, const struct ws_callbacks *callbacks,
	void *of_callbacks, door_changed_fn *changed, void *userdata)
{
	struct door *door = mem_new(struct door);
	struct given given;

	*door = (struct door){
		.loop = loop,
		.wanted = port,
		.callbacks = callbacks,
		.of_callbacks = of_callbacks,
		.changed = changed,
		.userdata = userdata,
	};
	given_take(&given);
	door->given_port = given.port;
	door_open(door, &given);
	return door;
}

void door_free(struct door *door)
{
	if (door) {
		ws_server_free(door->server);
		free(door->error);
		free(door);
	}
}

void door_try(struct door *door)
{
	struct given none = {0};

	if (!door->server && door_open(door, &none)) {
		door_say(door);
		door->changed(door->userdata);
	}
}

void door_set_port(struct door *door, uint16_t port)
{
	if (door->wanted == port) {
		return;
	}
	door->wanted = port;
	if (door->given_port) {
		door_say(door);
	} else {
		ws_server_free(mem_steal(door->server));
		door->fault = 0;
		door_try(door);
	}
}

uint16_t door_port(const struct door *door)
{
	return door->server ? ws_server_port(door->server) : 0;
}

const char *door_error(const struct door *door)
{
	return door->error ? door->error : "";
}
