/* SPDX-License-Identifier: MIT */

/* Any text as /etc/hosts: loopback addresses, or none. */

#include <arpa/inet.h>
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "server/hosts.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct hosts_address addresses[HOSTS_ADDRESSES_MAX];
	size_t count = hosts_loopback(text, "a.test", addresses);

	assert(count <= HOSTS_ADDRESSES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct in_addr v4;
		struct in6_addr v6;

		assert(inet_pton(AF_INET, addresses[i].text, &v4) == 1
				? ntohl(v4.s_addr) >> 24 == 127
				: inet_pton(AF_INET6, addresses[i].text, &v6) == 1);
	}
	return 0;
}
