/* SPDX-License-Identifier: MIT */
#include "server/unix-peers.h"

#include <fnmatch.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"

enum { CONNECTIONS_MAX = 1024 }; /* further ones are not looked at */

struct unix_connection {
	uint32_t client; /* inode of the other end */
	char name[UNIX_NAME_MAX];
};

struct unix_search {
	struct unix_connection connections[CONNECTIONS_MAX];
	size_t count;
	const struct unix_connection *found;
};

static bool is_of_system(const char *name)
{
	static const char *const patterns[] = {
		"/run/systemd/*", "/run/dbus/*", "/run/user/*/bus", "/run/user/*/systemd/*"};

	name += strncmp(name, "/var/run/", 9) == 0 ? 4 : 0;
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		if (fnmatch(patterns[i], name, 0) == 0) {
			return true;
		}
	}
	return false;
}

/* The end that was accepted has the name of the socket that listens. */
static void take_unix_connection(const struct nlmsghdr *header, void *userdata)
{
	struct unix_search *search = userdata;
	struct unix_connection *one = &search->connections[search->count];
	struct netlink_bytes rest = sock_diag_unix_attributes(header);
	const struct rtattr *attribute;

	if (search->count == CONNECTIONS_MAX) {
		return;
	}
	*one = (struct unix_connection){0};
	while ((attribute = netlink_attribute(&rest))) {
		size_t length = RTA_PAYLOAD(attribute);

		if (attribute->rta_type == UNIX_DIAG_NAME && length < sizeof one->name) {
			memcpy(one->name, RTA_DATA(attribute), length);
		} else if (attribute->rta_type == UNIX_DIAG_PEER && length >= sizeof one->client) {
			memcpy(&one->client, RTA_DATA(attribute), sizeof one->client);
		}
	}
	if (one->name[0] == '/' && one->client && !is_of_system(one->name)) {
		search->count++;
	}
}

static bool check_held(int process, int fd, void *userdata)
{
	struct unix_search *search = userdata;
	uint32_t inode = procfs_socket(process, fd);

	for (size_t i = 0; inode && i < search->count; i++) {
		if (search->connections[i].client == inode) {
			search->found = &search->connections[i];
			return false;
		}
	}
	return true;
}

bool unix_peers_find(
	struct sock_diag *diag, const pid_t *pids, size_t count, char name[UNIX_NAME_MAX])
{
	_cleanup_free_ struct unix_search *search = mem_new(struct unix_search);

	sock_diag_list_unix(diag, take_unix_connection, search);
	for (size_t i = 0; search->count && !search->found && i < count; i++) {
		int process = procfs_open(pids[i]);

		if (process >= 0) {
			procfs_each_fd(process, check_held, search);
			close(process);
		}
	}
	if (!search->found) {
		return false;
	}
	memcpy(name, search->found->name, UNIX_NAME_MAX);
	return true;
}
