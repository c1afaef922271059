/* SPDX-License-Identifier: MIT */
#include "server/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "util/mem.h"
#include "util/pathname.h"

void url_clear(struct url *url)
{
	free(url->host);
	free(url->path);
	*url = (struct url){0};
}

static bool host_is_plain(const char *host, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		/* A browser shows other names in punycode. */
		if (!isalnum((unsigned char)host[i]) && !strchr("-._", host[i])) {
			return false;
		}
	}
	return length > 0;
}

/* "8000" */
static int port_parse(const char *text, uint16_t *port, const char **why)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long number = strtoul(text, NULL, 10);

	if (digits == 0 || digits > 5 || text[digits] || number < 1 || number > 65535) {
		*why = "the port must be a number from 1 to 65535";
		return -EINVAL;
	}
	*port = (uint16_t)number;
	return 0;
}

/* Parses "host", "host:port", "[v6]:port"; sets host, and port if one is written. */
static int authority_parse(const char *text, size_t length, struct url *url, const char **why)
{
	_cleanup_free_ char *copy = mem_strndup(text, length);
	char *host = copy, *port = NULL, *end;
	struct in6_addr v6;

	if (strlen(copy) != length) {
		*why = "must not contain a NUL";
		return -EINVAL;
	}
	if (host[0] == '[') {
		end = strchr(++host, ']');
		if (!end) {
			*why = "the host has no closing bracket";
			return -EINVAL;
		}
		*end++ = '\0';
		if (inet_pton(AF_INET6, host, &v6) != 1) {
			*why = "the host is not an IPv6 address";
			return -EINVAL;
		}
	} else {
		end = host + strcspn(host, ":");
		if (!host_is_plain(host, (size_t)(end - host))) {
			*why = "the host must be a name or an address";
			return -EINVAL;
		}
	}
	if (*end == ':') {
		port = end + 1;
		*end = '\0';
	} else if (*end) {
		*why = "only a port can follow the host";
		return -EINVAL;
	}
	if (port && port_parse(port, &url->port, why) < 0) {
		return -EINVAL;
	}
	for (char *c = host; *c; c++) {
		*c = (char)tolower((unsigned char)*c);
	}
	url->host = mem_strdup(host);
	return 0;
}

static int http_parse(const char *rest, struct url *url, const char **why)
{
	size_t length = strcspn(rest, "/?#");
	const char *path = rest + length;
	const char *at = memrchr(rest, '@', length);

	if (at) {
		length -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	url->kind = URL_HTTP;
	url->path = *path == '/' ? mem_strndup(path, strcspn(path, "?#")) : mem_strdup("/");
	return authority_parse(rest, length, url, why);
}

int url_parse(const char *text, struct url *url, const char **why)
{
	int r = 0;

	*url = (struct url){.kind = URL_OTHER};
	if (strlen(text) > URL_MAX) {
		*why = "must be at most 4096 bytes long";
		return -EINVAL;
	}
	if (strncasecmp(text, "http://", 7) == 0) {
		url->port = URL_HTTP_PORT;
		r = http_parse(text + 7, url, why);
	} else if (strncasecmp(text, "https://", 8) == 0) {
		url->port = URL_HTTPS_PORT;
		url->secure = true;
		r = http_parse(text + 8, url, why);
	} else if (strncasecmp(text, "file:", 5) == 0) {
		url->kind = URL_FILE;
		r = pathname_from_text(text, &url->path, why);
	}
	if (r < 0) {
		url_clear(url);
	}
	return r < 0 ? -EINVAL : 0;
}

bool url_is_loopback(const struct url *url)
{
	static const char suffix[] = ".localhost";
	size_t length = url->host ? strlen(url->host) : 0;
	struct in_addr v4;
	struct in6_addr v6;

	if (length == 0) {
		return false;
	}
	if (strcmp(url->host, "localhost") == 0 ||
		(length > strlen(suffix) &&
			strcmp(url->host + length - strlen(suffix), suffix) == 0)) {
		return true;
	}
	if (inet_pton(AF_INET, url->host, &v4) == 1) {
		return ntohl(v4.s_addr) >> 24 == 127;
	}
	return inet_pton(AF_INET6, url->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
