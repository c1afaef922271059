/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/listen-socket.h"
#include "server/upstream.h"

/* The HEAD or GET request that is sent through a proxy, see upstream.h. */

/*
 * One request, over a connection of its own: by TLS if the question is for https. Nothing in it is
 * secret, so any certificate will do.
 */
struct upstream_request;

/*
 * Connects to the listening socket, and stores the port of the connection's own end. NULL if the
 * server takes no connection, or does not speak TLS. Connecting, the handshake and sending each
 * block for at most 500 ms.
 */
struct upstream_request *upstream_request_open(const struct upstream_question *question,
	const struct listen_socket *to, uint16_t *own_port);
void upstream_request_free(struct upstream_request *request);
/*
 * The text of `count` equal requests with this method, with `query` bytes of padding in the query and
 * `header` bytes in a header. The server closes the connection after the last answer. The caller frees
 * it.
 */
char *upstream_request_text(const struct upstream_question *question, const char *method,
	uint32_t query, uint32_t header, unsigned count);
/* Whether all of it was sent. */
bool upstream_request_send(struct upstream_request *request, const char *text);
/* Readable if there may be an answer. */
int upstream_request_fd(const struct upstream_request *request);
/*
 * 1: an answer has begun, with this status, which is 0 if it is not HTTP; -1: the connection has
 * ended without one; 0: none yet. Does not block.
 */
int upstream_request_read(struct upstream_request *request, unsigned *status);
/*
 * Reads the rest of an answer that has begun, so that the server can send it. Gives up after 100 ms
 * or 1 MiB.
 */
void upstream_request_read_rest(struct upstream_request *request);
