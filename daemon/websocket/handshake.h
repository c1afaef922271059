/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who may open a WebSocket: the table of protocol/websocket.md, applied to plain strings.
 * Pure.
 */

#define HANDSHAKE_SUBPROTOCOL "savecast.v1"

/* NULL: the request does not have it. A header that came twice is joined by a comma. */
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
 * Returns 0 if the connection may be opened, else the HTTP status to
 * refuse it with, and what is wrong: `what` names it, `value` points into the
 * handshake (or is NULL: missing), `why` is what it must be.
 */
unsigned handshake_check(const struct handshake *handshake, const char **what,
	const char **value, const char **why);
