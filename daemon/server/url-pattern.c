/* SPDX-License-Identifier: MIT */
#include "server/url-pattern.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "util/mem.h"

void url_pattern_clear(struct url_pattern *pattern)
{
	free(pattern->text);
	free(pattern->host);
	*pattern = (struct url_pattern){0};
}

static const char *scheme_read(struct url_pattern *pattern, const char *text)
{
	static const struct {
		const char *text;
		bool http, https;
	} rows[] = {
		{"http://", true, false},
		{"https://", false, true},
		{"*://", true, true},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length = strlen(rows[i].text);

		if (strncasecmp(text, rows[i].text, length) == 0) {
			pattern->http = rows[i].http;
			pattern->https = rows[i].https;
			return text + length;
		}
	}
	return NULL;
}

static bool port_read(struct url_pattern *pattern, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long port = strtoul(text, NULL, 10);

	if (strcmp(text, "*") == 0) {
		pattern->any_port = true;
		return true;
	}
	pattern->port = (uint16_t)port;
	return digits >= 1 && digits <= 5 && !text[digits] && port >= 1 && port <= 65535;
}

static bool host_is_right(const char *host, bool bracketed)
{
	struct in6_addr v6;

	if (bracketed) {
		return inet_pton(AF_INET6, host, &v6) == 1;
	}
	for (const char *c = host; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("-._", *c)) {
			return false;
		}
	}
	return *host;
}

/* "host", "host:port", "[v6]:port"; changes `text`. Returns what is wrong, or NULL. */
static const char *authority_read(struct url_pattern *pattern, char *text)
{
	bool bracketed = text[0] == '[';
	char *host = text + bracketed;
	char *end = host + strcspn(host, bracketed ? "]" : ":");

	if (bracketed) {
		if (!*end) {
			return "the host has no closing bracket";
		}
		*end++ = '\0';
	}
	if (*end && (*end != ':' || !port_read(pattern, end + 1))) {
		return "the port must be a number from 1 to 65535, or \"*\"";
	}
	*end = '\0';
	if (!bracketed && strcmp(host, "*") == 0) {
		pattern->any_host = true;
	} else if (!bracketed && strncmp(host, "*.", 2) == 0) {
		pattern->below = true;
		host += 2;
	}
	if (!pattern->any_host && !host_is_right(host, bracketed)) {
		return "the host must be a name (in punycode if it is not ASCII), an address, "
		       "\"*.NAME\" or \"*\"";
	}
	for (char *c = host; *c; c++) {
		*c = (char)tolower((unsigned char)*c);
	}
	pattern->host = mem_strdup(host);
	return NULL;
}

int url_pattern_parse(const char *text, struct url_pattern *pattern, const char **why)
{
	_cleanup_free_ char *authority = NULL;
	const char *rest;
	size_t length;

	*pattern = (struct url_pattern){0};
	if (strlen(text) > URL_PATTERN_MAX) {
		*why = "must be at most 512 bytes long";
		return -EINVAL;
	}
	rest = scheme_read(pattern, text);
	if (!rest) {
		*why = "must begin with http://, https:// or *://";
		return -EINVAL;
	}
	if (strpbrk(rest, "?# @")) {
		*why = "must contain no \"?\", \"#\", \"@\" or space: only scheme, host, port and path "
		       "are compared";
		return -EINVAL;
	}
	length = strcspn(rest, "/");
	authority = mem_strndup(rest, length);
	*why = authority_read(pattern, authority);
	if (*why) {
		url_pattern_clear(pattern);
		return -EINVAL;
	}
	pattern->text = mem_strdup(text);
	pattern->path = rest[length] ? pattern->text + (rest - text) + length : "/*";
	return 0;
}

/* It is enough to go back to the last star: earlier stars need not match more. */
static bool path_matches(const char *pattern, const char *path)
{
	const char *star = NULL, *from = NULL;

	while (*path) {
		if (*pattern == '*') {
			star = ++pattern;
			from = path;
		} else if (*pattern == *path) {
			pattern++;
			path++;
		} else if (star) {
			pattern = star;
			path = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static bool host_matches(const struct url_pattern *pattern, const char *host)
{
	size_t length = strlen(host), own = strlen(pattern->host);

	if (pattern->any_host || strcmp(host, pattern->host) == 0) {
		return true;
	}
	return pattern->below && length > own + 1 && host[length - own - 1] == '.' &&
		strcmp(host + length - own, pattern->host) == 0;
}

bool url_pattern_matches(const struct url_pattern *pattern, const struct url *url)
{
	uint16_t own_port = url->secure ? URL_HTTPS_PORT : URL_HTTP_PORT;

	return url->kind == URL_HTTP && (url->secure ? pattern->https : pattern->http) &&
		(pattern->any_port || url->port == (pattern->port ? pattern->port : own_port)) &&
		host_matches(pattern, url->host) && path_matches(pattern->path, url->path);
}

unsigned url_pattern_weight(const struct url_pattern *pattern)
{
	unsigned weight = 0;

	/* The host counts most, then the port, then the length of the path. */
	for (const char *c = pattern->path; *c; c++) {
		weight += *c != '*';
	}
	weight += pattern->http != pattern->https ? 1 << 12 : 0;
	weight += pattern->any_port ? 0 : 1 << 13;
	return weight + (pattern->any_host ? 0 : pattern->below ? 1 << 14 : 1 << 15) +
		(pattern->any_host ? 0 : (unsigned)strlen(pattern->host) << 16);
}
