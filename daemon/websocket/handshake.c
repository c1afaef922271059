/* SPDX-License-Identifier: MIT */
#include "websocket/handshake.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"

/*
 * Accepts names of this machine with any port: a browser that connects through a tunnel or
 * `savecast forward` sends the port of the other end. A page whose host name resolves to
 * 127.0.0.1 by DNS rebinding sends that name, which is not accepted.
 */
static bool host_is_ours(const char *host)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t length = strlen(names[i]), digits;

		if (strncasecmp(host, names[i], length) != 0 || host[length] != ':') {
			continue;
		}
		digits = strspn(host + length + 1, "0123456789");
		return host[length + 1] != '0' && digits > 0 && digits <= 5 &&
			host[length + 1 + digits] == '\0' &&
			strtoul(host + length + 1, NULL, 10) <= UINT16_MAX;
	}
	return false;
}

/*
 * The browser writes this header, not the page; a page's origin is http or https. After the
 * scheme comes the extension's id and nothing else: a second Origin that was appended, a
 * path or a port is a forgery.
 */
bool handshake_origin_is_extension(const char *origin)
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

/* Whether each item of a list is a plain name, and one of them is `wanted`. */
static bool list_has(const char *list, const char *wanted,
	int (*compare)(const char *a, const char *b, size_t length))
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
		found |= length == strlen(wanted) && compare(at, wanted, length) == 0;
		at += length;
		at += strspn(at, " \t");
		if (*at != ',') {
			return *at == '\0' && found;
		}
	}
}

static bool subprotocols_offer_ours(const char *list)
{
	return list_has(list, HANDSHAKE_SUBPROTOCOL, strncmp);
}

static bool connection_upgrades(const char *list)
{
	return list_has(list, "upgrade", strncasecmp);
}

static bool is_websocket(const char *upgrade)
{
	return strcasecmp(upgrade, "websocket") == 0;
}

/* 16 bytes in base64: 22 digits, the last of which holds 2 bits, and "==". */
static bool key_is_right(const char *key)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return strlen(key) == 24 && strspn(key, digits) == 22 && strchr("AQgw", key[21]) &&
	       strcmp(key + 22, "==") == 0;
}

static bool is_13(const char *version)
{
	return strcmp(version, "13") == 0;
}

/* One row of the table. */
struct row {
	const char *what, *value, *why;
	bool (*right)(const char *value);
};

static bool method_is_get(const char *method)
{
	return strcmp(method, "GET") == 0;
}

static bool is_http_1_1(const char *http)
{
	return strcmp(http, "HTTP/1.1") == 0;
}

static unsigned refuse(unsigned status, const struct row *row, const char **what,
	const char **value, const char **why)
{
	*what = row->what;
	*value = row->value;
	*why = row->why;
	return status;
}

unsigned handshake_check(const struct handshake *handshake, const char **what,
	const char **value, const char **why)
{
	const struct row rows[] = {
		{"method", handshake->method, "must be GET", method_is_get},
		{"version", handshake->http, "must be HTTP/1.1", is_http_1_1},
		{"Origin", handshake->origin, "must be a browser extension",
			handshake_origin_is_extension},
		{"Upgrade", handshake->upgrade, "must be websocket", is_websocket},
		{"Connection", handshake->connection, "must contain Upgrade", connection_upgrades},
		{"Sec-WebSocket-Protocol", handshake->subprotocols,
			"must offer " HANDSHAKE_SUBPROTOCOL, subprotocols_offer_ours},
		{"Sec-WebSocket-Version", handshake->version, "must be 13", is_13},
		{"Sec-WebSocket-Key", handshake->key, "must be 16 bytes in base64", key_is_right},
	};
	const struct row path = {"path", handshake->path, "must be /", NULL};
	const struct row host = {"Host", handshake->host,
		"must be 127.0.0.1, localhost or [::1], with a port", NULL};

	if (!path.value || strcmp(path.value, "/") != 0) {
		return refuse(404, &path, what, value, why);
	}
	if (!host.value || !host_is_ours(host.value)) {
		return refuse(403, &host, what, value, why);
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!rows[i].value || !rows[i].right(rows[i].value)) {
			return refuse(403, &rows[i], what, value, why);
		}
	}
	*what = *value = *why = NULL;
	return 0;
}
