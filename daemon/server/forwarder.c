/* SPDX-License-Identifier: MIT */
#include "server/forwarder.h"

#include <stdio.h>
#include <unistd.h>

#include "server/forward-spec.h"
#include "server/procfs.h"
#include "util/mem.h"

/* Names of commands, of which the kernel keeps 15 bytes. */
static const char *const names[] = {
	"com.docker.back", /* Docker Desktop's com.docker.backend */
	"docker-proxy",
	"kubectl",
	"oc",
	"pasta",
	"pasta.avx2",
	"rootlesskit",
	"rootlessport",
	"slirp4netns",
	"socat",
	"ssh",
	"sshd", /* at this end of ssh -R */
};

/* VS Code and its forks. */
static const char *const editors[] = {"code", "code-insiders", "code-oss", "codium", "cursor"};

static bool is_among(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* docker-proxy, and its name if Docker runs without root. */
static bool is_docker_proxy(const char *name)
{
	return strcmp(name, "docker-proxy") == 0 || strcmp(name, "rootlesskit-doc") == 0;
}

/*
 * The editor forwards ports in one of its processes with "--type=utility". Servers of extensions
 * serve files of this machine. They listen in the extension host, which always has an option for
 * debugging.
 */
static bool forwards_as_editor(const char *arguments, size_t length)
{
	const char *end = arguments + length;
	bool helper = false, extensions = false;

	for (const char *at = arguments; at < end; at += strnlen(at, (size_t)(end - at)) + 1) {
		size_t rest = (size_t)(end - at);

		helper |= rest > 7 && strncmp(at, "--type=", 7) == 0;
		extensions |= (rest > 9 && strncmp(at, "--inspect", 9) == 0) ||
			(rest > 20 && strncmp(at, "--type=extensionHost", 20) == 0);
	}
	return helper && !extensions;
}

bool forwarder_is_one(const char *name, const char *arguments, size_t length)
{
	return is_among(name, names, COUNT_OF(names)) || is_docker_proxy(name) ||
		(is_among(name, editors, COUNT_OF(editors)) &&
			forwards_as_editor(arguments, length));
}

bool forwarder_asks_others(const char *name)
{
	return strcmp(name, "ssh") == 0 || strcmp(name, "rootlesskit") == 0;
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

/* The target that an argument names, given the argument before it; 0: none. */
static uint16_t argument_target(
	const char *name, const char *before, const char *argument, uint16_t port)
{
	size_t length = strlen(argument);

	if (strcmp(name, "kubectl") == 0 || strcmp(name, "oc") == 0) {
		return forward_spec_pair(argument, length, port);
	}
	if (is_docker_proxy(name)) {
		return strcmp(before, "-container-port") == 0 ? forward_spec_port(argument, length)
								: 0;
	}
	if (strncmp(name, "pasta", 5) == 0) {
		return strcmp(before, "-t") == 0 || strcmp(before, "--tcp-ports") == 0
			? forward_spec_pasta(argument, port)
			: strncmp(argument, "--tcp-ports=", 12) == 0
			? forward_spec_pasta(argument + 12, port)
			: 0;
	}
	return strcmp(name, "socat") == 0 ? forward_spec_socat(argument) : 0;
}

uint16_t forwarder_target(const char *name, const char *arguments, size_t length, uint16_t port)
{
	const char *end = arguments + length, *before = "";
	uint16_t target = 0;

	if (strcmp(name, "ssh") == 0) {
		const char *host;

		return forward_spec_ssh(arguments, length, FORWARD_SSH_LOCAL, port, &host);
	}
	if (is_docker_proxy(name) && !forwarder_names_port(arguments, length, port)) {
		return 0;
	}
	for (const char *at = arguments; at < end && !target;) {
		size_t left = (size_t)(end - at), n = strnlen(at, left);

		if (n == left) {
			break; /* cut */
		}
		target = argument_target(name, before, at, port);
		before = at;
		at += n + 1;
	}
	return target;
}

struct forwarder_search {
	uint16_t port, target;
	const char *name; /* NULL: not found */
};

static bool is_forwarder_of(pid_t pid, void *userdata)
{
	struct forwarder_search *search = userdata;
	_cleanup_free_ char *arguments = NULL;
	struct procfs_stat stat;
	int process = procfs_open_any(pid);
	size_t length = 0;

	if (process < 0) {
		return false;
	}
	if (procfs_stat(process, &stat) == 0 &&
		(is_docker_proxy(stat.name) || strcmp(stat.name, "ssh") == 0)) {
		bool docker = is_docker_proxy(stat.name);

		arguments = procfs_command_line(process, &length);
		search->target = forwarder_target(stat.name, arguments, length, search->port);
		if (search->target ||
			(docker && forwarder_names_port(arguments, length, search->port))) {
			search->name = docker ? "docker-proxy" : "ssh";
		}
	}
	close(process);
	return search->name;
}

char *forwarder_find(uint16_t port, uint16_t *target)
{
	struct forwarder_search search = {.port = port};

	procfs_find(is_forwarder_of, &search);
	*target = search.target;
	return search.name ? mem_strdup(search.name) : NULL;
}

struct reverse_search {
	uint16_t port, target;
	const char *host;
	bool ambiguous;
};

static bool maps_from_elsewhere(pid_t pid, void *userdata)
{
	struct reverse_search *search = userdata;
	_cleanup_free_ char *arguments = NULL;
	struct procfs_stat stat;
	int process = procfs_open(pid);
	size_t length = 0;

	if (process < 0) {
		return false;
	}
	if (procfs_stat(process, &stat) == 0 && strcmp(stat.name, "ssh") == 0) {
		const char *host;
		uint16_t target;

		arguments = procfs_command_line(process, &length);
		target = forward_spec_ssh(
			arguments, length, FORWARD_SSH_REMOTE, search->port, &host);
		search->ambiguous |= target && search->target && target != search->target;
		if (target && !search->target) {
			search->target = target;
			search->host = host;
		}
	}
	close(process);
	return search->ambiguous;
}

uint16_t forwarder_find_reverse(uint16_t port, const char **host)
{
	struct reverse_search search = {.port = port};

	procfs_find(maps_from_elsewhere, &search);
	*host = search.host;
	return search.ambiguous ? 0 : search.target;
}
