/* SPDX-License-Identifier: MIT */
#include "cli/socket-unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "cli/child.h"
#include "cli/error.h"
#include "cli/text.h"

#define SOCKET "savecast.socket"
#define SERVICE "savecast.service"

/* As sd_booted(3) checks it. */
static bool systemd_runs(void)
{
	return access("/run/systemd/system", F_OK) == 0 ||
		access("/run/systemd/private", F_OK) == 0;
}

/* Whether this user's own systemd can be called. */
static bool manager_runs(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	_cleanup_free_ char *name = mem_printf("%s/systemd/private", runtime ? runtime : "");

	return runtime && *runtime == '/' && access(name, F_OK) == 0;
}

/* Returns the exit status; `arguments` end with NULL. */
static int systemctl(char *const *arguments)
{
	char *command[8] = {(char[]){"systemctl"}, (char[]){"--user"}, (char[]){"--quiet"}};
	struct output_tail said = {.length = 0};
	size_t n = 3;

	while (*arguments && n + 1 < COUNT_OF(command)) {
		command[n++] = *arguments++;
	}
	return child_run(command, &said);
}

#define SYSTEMCTL(...) systemctl((char *const[]){__VA_ARGS__, NULL})

static char is_active[] = "is-active", reload[] = "daemon-reload", stop[] = "stop",
	    start[] = "start", socket_unit[] = SOCKET, service[] = SERVICE;

/*
 * Whether the user's systemd has read the drop-in. It has not if XDG_CONFIG_HOME differs
 * between this command and the user's session.
 */
static bool manager_reads(const char *drop_in)
{
	FILE *from = popen("systemctl --user show --property DropInPaths " SOCKET, "re");
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	bool found = from && getline(&line, &room, from) > 0 && strstr(line, drop_in);

	if (from) {
		pclose(from);
	}
	return found;
}

/* Makes systemd open the new port. It does not do that while the daemon uses the old one. */
static int restart_unit(const char *drop_in, uint16_t port)
{
	bool was_read, daemon_ran;

	if (!manager_runs()) {
		return 0;
	}
	was_read = manager_reads(drop_in); /* it was read before it was removed */
	if (SYSTEMCTL(reload) != 0) {
		return -EIO;
	}
	if (!(was_read || manager_reads(drop_in)) || SYSTEMCTL(is_active, socket_unit) != 0) {
		return 0;
	}
	daemon_ran = SYSTEMCTL(is_active, service) == 0;
	if (SYSTEMCTL(stop, socket_unit, service) != 0 || SYSTEMCTL(start, socket_unit) != 0 ||
		(daemon_ran && SYSTEMCTL(start, service) != 0)) {
		return -EIO;
	}
	printf("%s: listens on port %u now\n", SOCKET, port);
	return 0;
}

static int write_drop_in(const char *name, uint16_t port)
{
	_cleanup_free_ char *text = mem_printf("# Written by: savecast set savecast.port %u\n"
					       "[Socket]\n"
					       "ListenStream=\n"
					       "ListenStream=127.0.0.1:%u\n"
					       "ListenStream=[::1]:%u\n",
		port, port, port);

	return file_replace(name, text, strlen(text));
}

int socket_unit_set_port(uint16_t port, uint16_t default_port)
{
	_cleanup_free_ char *config = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	_cleanup_free_ char *name = NULL;
	int r;

	if (!config || !(systemd_runs() || manager_runs())) {
		return 0;
	}
	name = mem_printf("%s/systemd/user/" SOCKET ".d/savecast-port.conf", config);
	if (port == default_port) {
		r = unlink(name) < 0 ? -errno : 0;
		if (r == -ENOENT) {
			return 0;
		}
	} else {
		r = write_drop_in(name, port);
	}
	if (r < 0) {
		error_print("%s: %s", name, strerror(-r));
		return r;
	}
	r = restart_unit(name, port);
	if (r < 0) {
		error_print(SOCKET
			": cannot be restarted on port %u: run 'systemctl --user status " SOCKET
			"' to see why",
			port);
	}
	return r;
}
