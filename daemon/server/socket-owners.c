/* SPDX-License-Identifier: MIT */
#include "server/socket-owners.h"

#include "server/forwarder.h"
#include "util/mem.h"

struct socket_owners_search {
	socket_owners_fn *done; /* NULL once it is cancelled */
	void *userdata;
	/* Used only by the worker thread until it has finished: */
	char *host;
	uint16_t port;
	enum loopback_order order;
	bool far;
	struct socket_owners result;
};

static void look_for_sockets(struct socket_owners *result)
{
	result->socket_count = listen_sockets_of(result->host, result->port, result->order,
		result->sockets, LISTEN_SOCKETS_MAX);
}

static void look_work(void *userdata)
{
	struct socket_owners_search *look = userdata;
	struct socket_owners *result = &look->result;

	result->host = look->host;
	result->port = look->port;
	result->order = look->order;
	look_for_sockets(result);
	if (!result->socket_count && look->far) {
		const char *host;
		uint16_t target = forwarder_find_reverse(look->port, &host);

		if (target) {
			result->host = host;
			result->port = target;
			result->order = LOOPBACK_V6_FIRST; /* as ssh does */
			look_for_sockets(result);
		}
	}
	if (result->socket_count) {
		result->holder_count = processes_holding(
			result->sockets, result->socket_count, result->holders, HOLDERS_MAX);
	}
	if (result->socket_count && result->port &&
		(!result->holder_count || forwarder_asks_others(result->holders[0].name))) {
		result->forwarder = forwarder_find(result->port, &result->forwarder_target);
	}
}

static void look_done(void *userdata)
{
	struct socket_owners_search *look = userdata;

	if (look->done) {
		look->done(&look->result, look->userdata);
	}
	for (size_t i = 0; i < look->result.holder_count; i++) {
		holder_clear(&look->result.holders[i]);
	}
	free(look->result.forwarder);
	free(look->host);
	free(look);
}

struct socket_owners_search *socket_owners_find(struct loop *loop, const char *host, uint16_t port,
	enum loopback_order order, bool far, socket_owners_fn *done, void *userdata)
{
	struct socket_owners_search *look = mem_new(struct socket_owners_search);

	look->done = done;
	look->userdata = userdata;
	look->host = mem_strdup(host);
	look->port = port;
	look->order = order;
	look->far = far;
	loop_job(loop, look_work, look_done, look);
	return look;
}

void socket_owners_cancel(struct socket_owners_search *look)
{
	if (look) {
		look->done = NULL;
	}
}
