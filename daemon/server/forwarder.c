/* SPDX-License-Identifier: MIT */
#include "server/forwarder.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

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

/* The text as a port; 0 if it is not a port. */
static uint16_t port_of(const char *text, size_t length)
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

static bool is_loopback(const char *host, size_t length)
{
	static const char *const hosts[] = {
		"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "[::]"};

	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		if (strlen(hosts[i]) == length && strncasecmp(hosts[i], host, length) == 0) {
			return true;
		}
	}
	return false;
}

/* ssh's [BIND:]PORT:HOST:HOSTPORT, if HOST is the other end itself; otherwise 0. */
static uint16_t ssh_target(const char *spec, uint16_t port)
{
	const char *last = strrchr(spec, ':'), *host, *before;

	if (!last || last == spec) {
		return 0;
	}
	host = last[-1] == ']' ? memrchr(spec, '[', (size_t)(last - spec))
			       : memrchr(spec, ':', (size_t)(last - spec));
	host = host && *host == ':' ? host + 1 : host;
	if (!host || host < spec + 2 || host[-1] != ':' ||
		!is_loopback(host, (size_t)(last - host))) {
		return 0;
	}
	before = memrchr(spec, ':', (size_t)(host - 1 - spec));
	before = before ? before + 1 : spec;
	return port_of(before, (size_t)(host - 1 - before)) == port
		? port_of(last + 1, strlen(last + 1))
		: 0;
}

/* PORT:TARGET; or FIRST-LAST:FIRST-LAST, with two ranges of the same length. */
static uint16_t pair_target(const char *spec, size_t length, uint16_t port)
{
	const char *colon = memchr(spec, ':', length), *end = spec + length;
	const char *from_dash, *to_dash;
	uint16_t first, last, to;

	if (!colon) {
		return 0;
	}
	from_dash = memchr(spec, '-', (size_t)(colon - spec));
	to_dash = memchr(colon + 1, '-', (size_t)(end - colon - 1));
	first = port_of(spec, (size_t)((from_dash ? from_dash : colon) - spec));
	last = from_dash ? port_of(from_dash + 1, (size_t)(colon - from_dash - 1)) : first;
	to = port_of(colon + 1, (size_t)((to_dash ? to_dash : end) - colon - 1));
	return first && to && port >= first && port <= last && to + (port - first) <= UINT16_MAX
		? (uint16_t)(to + (port - first))
		: 0;
}

/* pasta's list of pairs, each with or without "ADDRESS/" before it. */
static uint16_t pasta_target(const char *list, uint16_t port)
{
	for (const char *at = list; *at;) {
		size_t length = strcspn(at, ",");
		const char *slash = memchr(at, '/', length);
		const char *pair = slash ? slash + 1 : at;
		uint16_t target = pair_target(pair, (size_t)(at + length - pair), port);

		if (target) {
			return target;
		}
		at += length + (at[length] == ',');
	}
	return 0;
}

static uint16_t socat_target(const char *address)
{
	const char *colon = strchr(address, ':');
	const char *port = colon ? strrchr(address, ':') + 1 : NULL;

	if (!port || strncasecmp(address, "tcp", 3) != 0 || port <= colon + 1 ||
		!is_loopback(colon + 1, (size_t)(port - colon - 2))) {
		return 0;
	}
	return port_of(port, strcspn(port, ","));
}

/* The target that an argument names, given the argument before it; 0: none. */
static uint16_t argument_target(
	const char *name, const char *before, const char *argument, uint16_t port)
{
	size_t length = strlen(argument), flags = strlen(before);

	if (strcmp(name, "ssh") == 0) {
		return strncmp(argument, "-L", 2) == 0 && length > 2 ? ssh_target(argument + 2, port)
			: *before == '-' && flags > 1 && before[flags - 1] == 'L'
			? ssh_target(argument, port)
			: 0;
	}
	if (strcmp(name, "kubectl") == 0 || strcmp(name, "oc") == 0) {
		return pair_target(argument, length, port);
	}
	if (is_docker_proxy(name)) {
		return strcmp(before, "-container-port") == 0 ? port_of(argument, length) : 0;
	}
	if (strncmp(name, "pasta", 5) == 0) {
		return strcmp(before, "-t") == 0 || strcmp(before, "--tcp-ports") == 0
			? pasta_target(argument, port)
			: strncmp(argument, "--tcp-ports=", 12) == 0
			? pasta_target(argument + 12, port)
			: 0;
	}
	return strcmp(name, "socat") == 0 ? socat_target(argument) : 0;
}

uint16_t forwarder_target(const char *name, const char *arguments, size_t length, uint16_t port)
{
	const char *end = arguments + length, *before = "";
	uint16_t target = 0;

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
