/* SPDX-License-Identifier: MIT */
#include "websocket/endpoint.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/listen.h"

#define LOG_MODULE "ws"
#include "util/log.h"

struct endpoint {
	struct loop *loop;
	uint16_t wanted;
	uint16_t activated_port; /* the port of systemd's sockets; 0: the sockets are our own */
	const struct ws_callbacks *callbacks;
	void *of_callbacks;
	endpoint_changed_fn *changed;
	void *userdata;
	struct ws_server *server; /* NULL: closed */
	int fault; /* why it is closed: a negative errno */
	char *error;
	struct loop_timer *retry; /* while closed, or open on one of the two addresses only */
	uint64_t pause_usec;
};

/* The first and the longest interval: the kernel does not report that a port is free again. */
#define RETRY_FIRST_USEC CLOCK_USEC_PER_SEC
#define RETRY_MAX_USEC (8 * CLOCK_USEC_PER_SEC)

static void endpoint_set_retry(struct endpoint *endpoint)
{
	if (endpoint->server && !ws_server_missing(endpoint->server)) {
		loop_timer_set(endpoint->retry, CLOCK_NEVER);
		endpoint->pause_usec = 0;
		return;
	}
	endpoint->pause_usec = !endpoint->pause_usec        ? RETRY_FIRST_USEC
		: endpoint->pause_usec * 2 < RETRY_MAX_USEC ? endpoint->pause_usec * 2
							    : RETRY_MAX_USEC;
	loop_timer_set(endpoint->retry, clock_now_usec() + endpoint->pause_usec);
}

static void on_retry(void *userdata)
{
	endpoint_retry(userdata);
}

/* Returns whether the state has changed. */
static bool endpoint_open(struct endpoint *endpoint, struct socket_activation *activated)
{
	_cleanup_free_ char *why = NULL;
	int r = ws_server_new(&endpoint->server, endpoint->loop, endpoint->wanted, activated,
		endpoint->callbacks, endpoint->of_callbacks, &why);

	endpoint_set_retry(endpoint);
	if (r == endpoint->fault && !endpoint->server) {
		return false; /* that was logged before */
	}
	free(mem_steal(endpoint->error));
	endpoint->fault = r;
	if (r < 0) {
		endpoint->error =
			mem_printf("%s: no browser can connect; end what listens there, or "
				   "run 'savecast set port N'; savecastd tries again every few "
				   "seconds and at each save",
				why);
	}
	return true;
}

void endpoint_log_state(const struct endpoint *endpoint)
{
	_cleanup_free_ char *reason = endpoint_reason(endpoint);
	uint16_t port = endpoint_port(endpoint);

	if (!port) {
		log_error("%s", endpoint->error);
	} else if (endpoint->activated_port && endpoint->wanted != endpoint->activated_port) {
		log_warning("browsers connect to port %u: %s", port, reason);
	} else {
		log_info("browsers connect to port %u: %s", port, reason);
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
	endpoint->retry = loop_timer_new(loop, on_retry, endpoint);
	socket_activation_take(&activated);
	endpoint->activated_port = activated.port;
	endpoint_open(endpoint, &activated);
	return endpoint;
}

void endpoint_free(struct endpoint *endpoint)
{
	if (endpoint) {
		ws_server_free(endpoint->server);
		loop_timer_free(endpoint->retry);
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
	} else if (endpoint->server && ws_server_missing(endpoint->server)) {
		if (ws_server_retry(endpoint->server)) {
			endpoint->changed(endpoint->userdata);
		}
		endpoint_set_retry(endpoint);
	}
}

void endpoint_set_port(struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->wanted == port) {
		return;
	}
	endpoint->wanted = port;
	if (endpoint->activated_port) {
		endpoint_log_state(endpoint);
		endpoint->changed(endpoint->userdata);
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

static char *where_from(const struct endpoint *endpoint)
{
	const char *missing = endpoint->server ? ws_server_missing(endpoint->server) : NULL;

	if (!endpoint->activated_port) {
		return mem_printf("%s%s%s%s",
			endpoint->wanted ? "savecast.port" : "a free one, for savecast stdio",
			missing ? "; " : "", missing ? missing : "",
			missing ? ": some browsers cannot connect; end what listens there" : "");
	}
	if (endpoint->wanted == endpoint->activated_port) {
		return mem_strdup("systemd opened it for savecast.socket");
	}
	return mem_printf("systemd opened it for savecast.socket; savecast.port = %u is not used; "
			  "'savecast set port %u' changes both",
		endpoint->wanted, endpoint->wanted);
}

char *endpoint_reason(const struct endpoint *endpoint)
{
	const char *refused = endpoint->server ? ws_server_refused(endpoint->server) : NULL;
	_cleanup_free_ char *from = where_from(endpoint);

	return mem_printf("%s%s%s", from, refused ? "; " : "", refused ? refused : "");
}

const char *endpoint_error(const struct endpoint *endpoint)
{
	return endpoint->error ? endpoint->error : "";
}
