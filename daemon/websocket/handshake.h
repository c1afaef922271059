/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decides who may open a WebSocket, by the table in protocol/websocket.md. Pure: works on
 * strings.
 */

#define HANDSHAKE_SUBPROTOCOL "savecast.v1"

/* NULL: the request does not have it. A repeated header's values are joined by a comma. */
struct handshake {
	const char *method;
	const char *path;
	const char *http; /* HTTP/1.1 */
	const char *host;
	const char *upgrade;
	const char *connection;
	const char *key;
	const char *origin;
	const char *subprotocols;
	const char *version;
};

/*
 * Returns 0 if the connection may be opened. Otherwise returns the HTTP status with
 * which to refuse it, and the reason: `what` names the header, `value` points into the
 * handshake (NULL: missing), and `why` says what it must be.
 */
unsigned handshake_check(const struct handshake *handshake, const char **what,
	const char **value, const char **why);
