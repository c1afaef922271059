/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/url.h"

/*
 * Patterns of URLs, as in the setting savecast.url. Pure.
 *
 *   http://shop.test                host, port 80, any path
 *   https://localhost:8443/admin*   host, port, and the beginning of the path
 *   a host of "*.shop.test"         shop.test and all names below it
 *   *://localhost:*                 http and https, any port
 *
 * Scheme: http, https or "*". Port: the default of the scheme if none is written; for "*",
 * the default of the URL's scheme. In a path, "*" matches any characters, including
 * slashes; without a path, any path matches. Query and fragment are not compared.
 */

enum { URL_PATTERN_MAX = 512 }; /* bytes */

struct url_pattern {
	char *text;	  /* as it was written */
	const char *path; /* in `text`, or "/" and a star */
	char *host;	  /* lower case; if `below`, without the "*." */
	bool below, any_host;
	bool http, https;
	bool any_port;
	uint16_t port; /* 0: the default of the URL's scheme */
};

/* Returns 0, or -EINVAL and a constant text that says why. */
int url_pattern_parse(const char *text, struct url_pattern *pattern, const char **why);
void url_pattern_clear(struct url_pattern *pattern);

bool url_pattern_matches(const struct url_pattern *pattern, const struct url *url);

/* How specific it is: if two patterns match, the greater weight wins. */
unsigned url_pattern_weight(const struct url_pattern *pattern);
