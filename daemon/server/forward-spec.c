/* SPDX-License-Identifier: MIT */
#include "server/forward-spec.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define SPACE " \t"

uint16_t forward_spec_port(const char *text, size_t length)
{
	unsigned value = 0;

	for (size_t i = 0; i < length; i++) {
		if (!isdigit((unsigned char)text[i]) || value > UINT16_MAX) {
			return 0;
		}
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	return value <= UINT16_MAX ? (uint16_t)value : 0;
}

/* The loopback host of this name, without brackets; NULL: it is another one. */
static const char *loopback_of(const char *host, size_t length)
{
	static const struct {
		const char *text, *host;
	} hosts[] = {
		{"localhost", "localhost"},
		{"127.0.0.1", "127.0.0.1"},
		{"::1", "::1"},
		{"[::1]", "::1"},
		{"0.0.0.0", "127.0.0.1"},
		{"::", "::1"},
		{"[::]", "::1"},
	};

	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		if (strlen(hosts[i].text) == length &&
			strncasecmp(hosts[i].text, host, length) == 0) {
			return hosts[i].host;
		}
	}
	return NULL;
}

/* A field of ssh's [BIND:]PORT:HOST:HOSTPORT. */
struct ssh_field {
	const char *text;
	size_t length;
	bool path; /* of a unix socket */
};

enum { SSH_FIELDS_MAX = 4 };

/* Splits at colons, as ssh does: "[...]" is one field, and a backslash quotes. 0: not valid. */
static size_t ssh_split(const char *spec, size_t length, struct ssh_field fields[SSH_FIELDS_MAX])
{
	const char *at = spec, *end = spec + length;
	size_t count = 0;

	while (at < end && count < SSH_FIELDS_MAX) {
		struct ssh_field *field = &fields[count++];
		const char *from = at;

		*field = (struct ssh_field){.text = at};
		if (*at == '[') {
			at = memchr(at, ']', (size_t)(end - at));
			if (!at || (at + 1 < end && at[1] != ':')) {
				return 0;
			}
			field->text = from + 1;
			field->length = (size_t)(at++ - from - 1);
		} else {
			for (; at < end && *at != ':'; at++) {
				field->path |= *at == '/';
				at += *at == '\\' && at + 1 < end;
			}
			field->length = (size_t)(at - from);
		}
		at += at < end; /* the colon */
	}
	return at < end ? 0 : count;
}

/* `length` bytes of [BIND:]PORT:HOST:HOSTPORT; 0 for one of sockets, for SOCKS, or of another HOST. */
static uint16_t ssh_target(const char *spec, size_t length, uint16_t port, const char **host)
{
	struct ssh_field fields[SSH_FIELDS_MAX];
	size_t count = ssh_split(spec, length, fields);
	const struct ssh_field *listen = fields + (count == SSH_FIELDS_MAX);

	if (count < SSH_FIELDS_MAX - 1) {
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (fields[i].path) {
			return 0;
		}
	}
	*host = loopback_of(listen[1].text, listen[1].length);
	return *host && forward_spec_port(listen[0].text, listen[0].length) == port
		? forward_spec_port(listen[2].text, listen[2].length)
		: 0;
}

/* The value of -o: "LocalForward=[BIND:]PORT HOST:HOSTPORT", or with a space instead of "=". */
static uint16_t ssh_option_target(
	const char *option, enum forward_ssh kind, uint16_t port, const char **host)
{
	const char *keyword = kind == FORWARD_SSH_LOCAL ? "LocalForward" : "RemoteForward";
	const char *spec, *to;
	char joined[256]; /* longer than every one that is useful */
	int length;

	option += strspn(option, SPACE);
	if (strncasecmp(option, keyword, strlen(keyword)) != 0) {
		return 0;
	}
	option += strlen(keyword);
	spec = option + strspn(option, SPACE);
	spec += *spec == '=';
	spec += strspn(spec, SPACE);
	to = spec + strcspn(spec, SPACE);
	if (spec == option || !*to) {
		return 0;
	}
	length = snprintf(joined, sizeof joined, "%.*s:%s", (int)(to - spec), spec,
		to + strspn(to, SPACE));
	if (length < 0 || (size_t)length >= sizeof joined) {
		return 0;
	}
	return ssh_target(joined, strcspn(joined, SPACE), port, host);
}

/* The option that an argument ends with, and whose value begins at `*value`; 0: none has a value. */
static char ssh_option(const char *argument, const char **value)
{
	for (const char *at = argument + 1; *at; at++) {
		if (strchr("BDEFIJLOPQRSWbceilmopw", *at)) {
			*value = at + 1;
			return *at;
		}
	}
	return 0;
}

uint16_t forward_spec_ssh(const char *arguments, size_t length, enum forward_ssh kind,
	uint16_t port, const char **host)
{
	const char *end = arguments + length, *at;
	uint16_t target = 0;
	bool has_host = false;

	*host = NULL;
	for (at = arguments + strnlen(arguments, length) + 1; at < end && !target;) {
		size_t n = strnlen(at, (size_t)(end - at));
		const char *argument = at, *value = "";
		char option;

		at += n + 1;
		if (at > end || strcmp(argument, "--") == 0 || (*argument != '-' && has_host)) {
			break; /* cut, or the command that runs there */
		}
		if (*argument != '-') {
			has_host = true; /* options may follow it */
			continue;
		}
		option = ssh_option(argument, &value);
		if (option && !*value) { /* the next argument */
			value = at;
			at += strnlen(at, (size_t)(end - at)) + 1;
		}
		if (!option || at > end) {
			continue;
		}
		target = option == 'o' ? ssh_option_target(value, kind, port, host)
			: option == (kind == FORWARD_SSH_LOCAL ? 'L' : 'R')
			? ssh_target(value, strlen(value), port, host)
			: 0;
	}
	return target;
}

uint16_t forward_spec_pair(const char *spec, size_t length, uint16_t port)
{
	const char *colon = memchr(spec, ':', length), *end = spec + length;
	const char *from_dash, *to_dash;
	uint16_t first, last, to;

	if (!colon) {
		return 0;
	}
	from_dash = memchr(spec, '-', (size_t)(colon - spec));
	to_dash = memchr(colon + 1, '-', (size_t)(end - colon - 1));
	first = forward_spec_port(spec, (size_t)((from_dash ? from_dash : colon) - spec));
	last = from_dash ? forward_spec_port(from_dash + 1, (size_t)(colon - from_dash - 1)) : first;
	to = forward_spec_port(colon + 1, (size_t)((to_dash ? to_dash : end) - colon - 1));
	return first && to && port >= first && port <= last && to + (port - first) <= UINT16_MAX
		? (uint16_t)(to + (port - first))
		: 0;
}

uint16_t forward_spec_pasta(const char *list, uint16_t port)
{
	for (const char *at = list; *at;) {
		size_t length = strcspn(at, ",");
		const char *slash = memchr(at, '/', length);
		const char *pair = slash ? slash + 1 : at;
		uint16_t target = forward_spec_pair(pair, (size_t)(at + length - pair), port);

		if (target) {
			return target;
		}
		at += length + (at[length] == ',');
	}
	return 0;
}

uint16_t forward_spec_socat(const char *address)
{
	const char *colon = strchr(address, ':');
	const char *port = colon ? strrchr(address, ':') + 1 : NULL;

	if (!port || strncasecmp(address, "tcp", 3) != 0 || port <= colon + 1 ||
		!loopback_of(colon + 1, (size_t)(port - colon - 2))) {
		return 0;
	}
	return forward_spec_port(port, strcspn(port, ","));
}
