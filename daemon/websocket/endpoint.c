/* SPDX-License-Identifier: MIT */
#include "websocket/endpoint.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/socket-activation.h"

#define LOG_MODULE "ws"
#include "util/log.h"

struct endpoint {
	struct loop *loop;
	uint16_t wanted;
	uint16_t given_port; /* of systemd's sockets; 0: they are our own */
	const struct ws_callbacks *callbacks;
	void *of_callbacks;
	endpoint_changed_fn *changed;
	void *userdata;
	struct ws_server *server; /* NULL: closed */
	int fault; /* why: a negative errno */
	char *error;
};

/* Returns whether there is anything new. */
static bool endpoint_open(struct endpoint *endpoint, struct socket_activation *activated)
{
	int r = ws_server_new(&endpoint->server, endpoint->loop, endpoint->wanted, activated,
		endpoint->callbacks, endpoint->of_callbacks);

	if (r == endpoint->fault && !endpoint->server) {
		return false; /* that was said */
	}
	free(mem_steal(endpoint->error));
	endpoint->fault = r;
	if (r < 0) {
		endpoint->error = mem_printf("127.0.0.1:%u: %s: no browser can connect; end what "
					     "listens there, or set savecast.port; it is tried "
					     "again at the next save",
			endpoint->wanted, strerror(-r));
	}
	return true;
}

void endpoint_log_state(const struct endpoint *endpoint)
{
	if (endpoint->server) {
		log_info("browsers connect to port %u%s", ws_server_port(endpoint->server),
			endpoint->given_port ? ", where systemd listens" : "");
	} else {
		log_error("%s", endpoint->error);
	}
	if (endpoint->given_port && endpoint->wanted != endpoint->given_port) {
		log_warning("savecast.port: %u: does not count: systemd listens on port %u for "
			    "savecastd: systemctl --user edit savecast.socket",
			endpoint->wanted, endpoint->given_port);
	}
}

struct endpoint *endpoint_new(struct loop *loop, uint16_t port,
	const struct ws_callbacks *callbacks, void *of_callbacks, endpoint_changed_fn *changed,
	void *userdata)
{
	struct endpoint *endpoint = mem_new(struct endpoint);
	struct socket_activation activated;

	*endpoint = (struct endpoint){
		.loop = loop,
		.wanted = port,
		.callbacks = callbacks,
		.of_callbacks = of_callbacks,
		.changed = changed,
		.userdata = userdata,
	};
	socket_activation_take(&activated);
	endpoint->given_port = activated.port;
	endpoint_open(endpoint, &activated);
	return endpoint;
}

void endpoint_free(struct endpoint *endpoint)
{
	if (endpoint) {
		ws_server_free(endpoint->server);
		free(endpoint->error);
		free(endpoint);
	}
}

void endpoint_retry(struct endpoint *endpoint)
{
	struct socket_activation none = {0};

	if (!endpoint->server && endpoint_open(endpoint, &none)) {
		endpoint_log_state(endpoint);
		endpoint->changed(endpoint->userdata);
	}
}

void endpoint_set_port(struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->wanted == port) {
		return;
	}
	endpoint->wanted = port;
	if (endpoint->given_port) {
		endpoint_log_state(endpoint);
	} else {
		ws_server_free(mem_steal(endpoint->server));
		endpoint->fault = 0;
		endpoint_retry(endpoint);
	}
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
	return endpoint->server ? ws_server_port(endpoint->server) : 0;
}

const char *endpoint_error(const struct endpoint *endpoint)
{
	return endpoint->error ? endpoint->error : "";
}
