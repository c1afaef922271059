/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses a tab's URL. Pure. Accepts URLs in the form in which browsers show them after their own
 * parsing (WHATWG URL), and rejects everything else.
 */

enum { URL_MAX = 4096 }; /* bytes; as in protocol/websocket.md */

enum { URL_HTTP_PORT = 80, URL_HTTPS_PORT = 443 };

enum url_kind {
	URL_HTTP, /* http or https: host, port */
	URL_FILE, /* path */
	URL_OTHER /* about:, chrome:, data: ... */
};

struct url {
	enum url_kind kind;
	bool secure;   /* https */
	char *host;    /* lower case, without brackets, user and password */
	uint16_t port; /* the scheme's default if none is written */
	char *path;    /* URL_HTTP: as written, from '/'; URL_FILE: a file name */
};

/* Returns 0, or -EINVAL and a constant text that says why. */
int url_parse(const char *text, struct url *url, const char **why);
void url_clear(struct url *url);

/* Whether the host's name alone means this machine: localhost, *.localhost, 127/8, ::1. */
bool url_is_loopback(const struct url *url);
