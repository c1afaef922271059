/* SPDX-License-Identifier: MIT */
#include "server/socket-owners.h"

#include "util/mem.h"
#include "server/forwarder.h"

struct look {
	look_done_fn *done; /* NULL once it is cancelled */
	void *userdata;
	/* The worker thread's until it is done: */
	char *host;
	uint16_t port;
	enum loopback_order order;
	struct look_result result;
};

static void look_work(void *userdata)
{
	struct look *look = userdata;
	struct look_result *result = &look->result;

	result->socket_count = listen_sockets_of(
		look->host, look->port, look->order, result->sockets, LISTEN_SOCKETS_MAX);
	if (result->socket_count) {
		result->holder_count = processes_holding(
			result->sockets, result->socket_count, result->holders, HOLDERS_MAX);
	}
	if (result->socket_count && !result->holder_count) {
		result->forwarder = forwarder_find(look->port);
	}
}

static void look_done(void *userdata)
{
	struct look *look = userdata;

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

struct look *look_new(struct loop *loop, const char *host, uint16_t port, enum loopback_order order,
	look_done_fn *done, void *userdata)
{
	struct look *look = mem_new(struct look);

	look->done = done;
	look->userdata = userdata;
	look->host = mem_strdup(host);
	look->port = port;
	look->order = order;
	loop_job(loop, look_work, look_done, look);
	return look;
}

void look_cancel(struct look *look)
{
	if (look) {
		look->done = NULL;
	}
}
