/* SPDX-License-Identifier: MIT */
#include "server/hosts.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\v\f"

/* Whether the rest of the line, from after its address to `end`, contains the name. */
static bool line_names(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);

	while (at < end) {
		size_t word;

		at += strspn(at, BLANKS);
		word = strcspn(at, BLANKS "#\n");
		if (at >= end || word == 0) {
			return false;
		}
		if (word == length && strncasecmp(at, name, length) == 0) {
			return true;
		}
		at += word;
	}
	return false;
}

/* Whether the text is an address; `text` has room for INET6_ADDRSTRLEN. */
static bool address_read(const char *at, size_t length, char *text, bool *loopback)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (length >= INET6_ADDRSTRLEN) {
		return false;
	}
	memcpy(text, at, length);
	text[length] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1) {
		*loopback = ntohl(v4.s_addr) >> 24 == 127;
		return true;
	}
	*loopback = inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
	return *loopback || inet_pton(AF_INET6, text, &v6) == 1;
}

size_t hosts_loopback(const char *text, const char *name, struct hosts_address *addresses)
{
	size_t count = 0;

	while (*text && count < HOSTS_ADDRESSES_MAX) {
		const char *at = text + strspn(text, BLANKS);
		const char *end = at + strcspn(at, "#\n");
		size_t length = strcspn(at, BLANKS "#\n");
		bool loopback;

		if (line_names(at + length, end, name) &&
			address_read(at, length, addresses[count].text, &loopback)) {
			if (!loopback && count == 0) {
				return 0;
			}
			count += loopback;
		}
		text = end + strcspn(end, "\n");
		text += *text == '\n';
	}
	return count;
}
