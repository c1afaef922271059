/* SPDX-License-Identifier: MIT */
/*
 * Replaces functions of libraries that a build with -Dstatic=true cannot contain: there is no
 * socket activation, and /etc/passwd is the only user database.
 */

#include <nss.h>

#include <systemd/sd-daemon.h>

#include "util/mem.h"

/* libdbus calls these as well, but only if it is a server at a "systemd:" address. */
int sd_listen_fds(int unset_environment)
{
	return 0;
}

int sd_is_socket(int fd, int family, int type, int listening)
{
	return 0;
}

/* libgit2 calls it as it starts; its ssh is left out. */
int static_git_transport_ssh_global_init(void);
int static_git_transport_ssh_global_init(void)
{
	return 0;
}

/*
 * The modules that /etc/nsswitch.conf names belong to the C library of the system, which may be
 * another version than the one in this program.
 */
__attribute__((constructor)) static void use_files_only(void)
{
	static const char *const databases[] = {"passwd", "group", "hosts", "services"};

	for (size_t i = 0; i < COUNT_OF(databases); i++) {
		__nss_configure_lookup(databases[i], "files");
	}
}
