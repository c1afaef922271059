/* SPDX-License-Identifier: MIT */
/*
 * What a build with -Dstatic=true has in place of libraries that it cannot contain: no
 * socket activation, and no user database but /etc/passwd.
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
 * The modules that /etc/nsswitch.conf names belong to the C library of the place where this
 * runs, which may be another one than ours.
 */
__attribute__((constructor)) static void use_files_only(void)
{
	static const char *const databases[] = {"passwd", "group", "hosts", "services"};

	for (size_t i = 0; i < COUNT_OF(databases); i++) {
		__nss_configure_lookup(databases[i], "files");
	}
}
