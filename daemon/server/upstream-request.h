/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/listen-socket.h"
#include "server/upstream.h"

/* The HEAD request that is sent through a proxy, see upstream.h. */

/*
 * A connection to the listening socket, with the port of its own end; or -1. Blocks for at most
 * 500 ms, as does sending on it.
 */
int upstream_request_connect(const struct listen_socket *to, uint16_t port, uint16_t *own_port);
/*
 * The request, with `query` bytes of padding in its query and `header` bytes in a header. The caller
 * frees it.
 */
char *upstream_request_text(
	const struct upstream_question *question, uint32_t query, uint32_t header);
/* The status of the answer that has arrived; 0: it is none. Does not block. */
unsigned upstream_request_status(int fd);
