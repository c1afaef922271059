/* SPDX-License-Identifier: MIT */
#include "server/forwarder.h"

#include <stdio.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"

static const char *const names[] = {
	"docker-proxy",
	"rootlesskit",
	"rootlessport",
	"slirp4netns",
	"pasta",
	"pasta.avx2",
	"kubectl",
	"ssh",
	"socat",
};

bool forwarder_is_one(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

bool forwarder_names_port(const char *arguments, size_t length, uint16_t port)
{
	const char *end = arguments + length;
	char number[8];
	bool before = false;

	snprintf(number, sizeof number, "%u", (unsigned)port);
	for (const char *at = arguments; at < end; at += strnlen(at, (size_t)(end - at)) + 1) {
		size_t rest = (size_t)(end - at);

		if (before && strnlen(at, rest) < rest && strcmp(at, number) == 0) {
			return true;
		}
		before = strnlen(at, rest) < rest && strcmp(at, "-host-port") == 0;
	}
	return false;
}

static bool is_forwarder_of(pid_t pid, void *userdata)
{
	uint16_t port = *(uint16_t *)userdata;
	_cleanup_free_ char *arguments = NULL;
	struct procfs_stat stat;
	int process = procfs_open_any(pid);
	size_t length = 0;
	bool is = false;

	if (process < 0) {
		return false;
	}
	if (procfs_stat(process, &stat) == 0 && strcmp(stat.name, "docker-proxy") == 0) {
		arguments = procfs_command_line(process, &length);
		is = forwarder_names_port(arguments, length, port);
	}
	close(process);
	return is;
}

char *forwarder_find(uint16_t port)
{
	return procfs_find(is_forwarder_of, &port) ? mem_strdup("docker-proxy") : NULL;
}
