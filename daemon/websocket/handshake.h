/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decides who may open a WebSocket, by the table in protocol/websocket.md. Pure: works on
 * strings.
 */

#include <stdbool.h>

#define HANDSHAKE_SUBPROTOCOL "savecast.v1"

/* "chrome-extension://ID" or "moz-extension://ID". */
bool handshake_origin_is_extension(const char *origin);

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
