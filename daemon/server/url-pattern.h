/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/url.h"

/*
 * Patterns of URLs, as in the setting savecast.url. Pure.
 *
 *   http://shop.test                host, port 80, any path
 *   https://localhost:8443/admin*   host, port, and how the path begins
 *   a host of "*.shop.test"         shop.test and all names below it
 *   *://localhost:*                 http and https, any port
 *
 * Scheme: http, https or "*". Port: the scheme's own if none is written, for "*"
 * that of the URL's scheme. In a path "*" is any run of characters, also of
 * slashes; without a path, any path. Query and fragment are not looked at.
 */

enum { URL_PATTERN_MAX = 512 }; /* bytes */

struct url_pattern {
	char *text;	  /* as it was written */
	const char *path; /* in `text`, or "/" and a star */
	char *host;	  /* lower case; below a "*." if `below` */
	bool below, any_host;
	bool http, https;
	bool any_port;
	uint16_t port; /* 0: the URL's scheme's own */
};

/* Returns 0, or -EINVAL and why, a constant text. */
int url_pattern_parse(const char *text, struct url_pattern *pattern, const char **why);
void url_pattern_clear(struct url_pattern *pattern);

bool url_pattern_matches(const struct url_pattern *pattern, const struct url *url);

/* How narrow it is: of two that match, the greater is meant. */
unsigned url_pattern_weight(const struct url_pattern *pattern);
