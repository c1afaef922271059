/* SPDX-License-Identifier: MIT */
#include "websocket/handshake.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"

static bool host_is_ours(const char *host, uint16_t port)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	char ours[32];

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		snprintf(ours, sizeof ours, "%s:%u", names[i], (unsigned)port);
		if (strcasecmp(host, ours) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * The browser wrote it, not the page; a page's origin is http or https. After
 * the scheme comes the extension's id and nothing else: a second Origin that
 * was joined on, a path or a port is a forgery.
 */
static bool origin_is_extension(const char *origin)
{
	static const char *const schemes[] = {"chrome-extension://", "moz-extension://"};

	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		const char *id = origin + strlen(schemes[i]);

		if (strncmp(origin, schemes[i], strlen(schemes[i])) != 0 || !*id) {
			continue;
		}
		while (isalnum((unsigned char)*id) || *id == '-') {
			id++;
		}
		return *id == '\0';
	}
	return false;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

/* Each must be a plain name: libwebsockets drops a list that it cannot read without an answer. */
static bool subprotocols_offer_ours(const char *list)
{
	bool found = false;

	for (const char *at = list;; at++) {
		size_t length;

		at += strspn(at, " \t");
		for (length = 0; is_name(at[length]); length++) {
		}
		if (length == 0) {
			return false;
		}
		found |= length == strlen(HANDSHAKE_SUBPROTOCOL) &&
			 memcmp(at, HANDSHAKE_SUBPROTOCOL, length) == 0;
		at += length;
		at += strspn(at, " \t");
		if (*at != ',') {
			return *at == '\0' && found;
		}
	}
}

unsigned handshake_check(const struct handshake *handshake, uint16_t port, const char **what,
	const char **value, const char **why)
{
	*what = "path";
	*value = handshake->path;
	*why = "must be a GET of /";
	if (!*value || strcmp(*value, "/") != 0) {
		return 404;
	}
	*what = "Host";
	*value = handshake->host;
	*why = "must be 127.0.0.1, localhost or [::1], with the port";
	if (!*value || !host_is_ours(*value, port)) {
		return 403;
	}
	*what = "Origin";
	*value = handshake->origin;
	*why = "must be a browser extension";
	if (!*value || !origin_is_extension(*value)) {
		return 403;
	}
	*what = "Sec-WebSocket-Protocol";
	*value = handshake->subprotocols;
	*why = "must offer " HANDSHAKE_SUBPROTOCOL;
	if (!*value || !subprotocols_offer_ours(*value)) {
		return 403;
	}
	*what = "Sec-WebSocket-Version";
	*value = handshake->version;
	*why = "must be 13";
	if (!*value || strcmp(*value, "13") != 0) {
		return 403;
	}
	*what = *value = *why = NULL;
	return 0;
}
