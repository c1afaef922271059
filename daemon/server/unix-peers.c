/* SPDX-License-Identifier: MIT */
#include "server/unix-peers.h"

#include <fnmatch.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"

enum { CONNECTIONS_MAX = 1024, LISTENERS_MAX = 8 }; /* further ones are not looked at */

struct unix_connection {
	uint32_t client; /* inode of the other end */
	uid_t uid; /* like the next one, of a socket that listens */
	uint32_t queue; /* connections that wait to be accepted */
	uint32_t file; /* inode of the file; 0: none */
	char name[UNIX_NAME_MAX];
};

struct unix_search {
	struct unix_connection connections[CONNECTIONS_MAX];
	size_t count;
	struct unix_connection *found;
};

/* Those that listen under a name, and whether one of the processes that were looked at holds one. */
struct unix_listeners {
	char name[UNIX_NAME_MAX];
	struct listen_socket *list;
	size_t max, count;
	bool held;
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

static void unix_socket_parse(const struct nlmsghdr *header, struct unix_connection *one)
{
	struct netlink_bytes rest = sock_diag_unix_attributes(header);
	const struct rtattr *attribute;

	*one = (struct unix_connection){0};
	while ((attribute = netlink_attribute(&rest))) {
		size_t length = RTA_PAYLOAD(attribute);

		if (attribute->rta_type == UNIX_DIAG_NAME && length < sizeof one->name) {
			memcpy(one->name, RTA_DATA(attribute), length);
		} else if (attribute->rta_type == UNIX_DIAG_VFS &&
			length >= sizeof(struct unix_diag_vfs)) {
			one->file =
				((const struct unix_diag_vfs *)RTA_DATA(attribute))->udiag_vfs_ino;
		} else if (attribute->rta_type == UNIX_DIAG_PEER && length >= sizeof one->client) {
			memcpy(&one->client, RTA_DATA(attribute), sizeof one->client);
		} else if (attribute->rta_type == UNIX_DIAG_UID && length >= sizeof one->uid) {
			memcpy(&one->uid, RTA_DATA(attribute), sizeof one->uid);
		} else if (attribute->rta_type == UNIX_DIAG_RQLEN && length >= sizeof one->queue) {
			memcpy(&one->queue, RTA_DATA(attribute), sizeof one->queue);
		}
	}
}

static void search_add(
	struct unix_search *search, const struct unix_connection *like, uint32_t client)
{
	if (client && search->count < CONNECTIONS_MAX) {
		search->connections[search->count] = *like;
		search->connections[search->count++].client = client;
	}
}

/*
 * The end that was accepted has the name of the socket that listens. Before that, while the server is
 * busy, only the socket that listens names the other end.
 */
static void take_unix_connection(const struct nlmsghdr *header, void *userdata)
{
	struct netlink_bytes rest = sock_diag_unix_attributes(header);
	struct unix_search *search = userdata;
	const struct rtattr *attribute;
	struct unix_connection one;

	unix_socket_parse(header, &one);
	if (!one.name[0] || is_of_system(one.name)) {
		return;
	}
	search_add(search, &one, one.client);
	while ((attribute = netlink_attribute(&rest))) {
		const uint32_t *waiting = RTA_DATA(attribute);
		size_t count = RTA_PAYLOAD(attribute) / sizeof *waiting;

		for (size_t i = 0; attribute->rta_type == UNIX_DIAG_ICONS && i < count; i++) {
			search_add(search, &one, waiting[i]);
		}
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

static void take_unix_listener(const struct nlmsghdr *header, void *userdata)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	struct unix_listeners *listeners = userdata;
	struct unix_connection one;

	unix_socket_parse(header, &one);
	if (listeners->count < listeners->max &&
		unix_name_is(one.name, one.file, listeners->name)) {
		listeners->list[listeners->count++] = (struct listen_socket){
			.inode = message->udiag_ino, .uid = one.uid, .queue = one.queue};
	}
}

static bool check_listens(int process, int fd, void *userdata)
{
	struct unix_listeners *listeners = userdata;
	uint32_t inode = procfs_socket(process, fd);

	for (size_t i = 0; inode && i < listeners->count; i++) {
		listeners->held |= listeners->list[i].inode == inode;
	}
	return !listeners->held;
}

static bool process_listens_not(int process, pid_t pid, void *userdata)
{
	struct unix_listeners *listeners = userdata;

	procfs_each_fd(process, check_listens, listeners);
	return !listeners->held;
}

bool unix_peers_listen(struct sock_diag *diag, const char *name, const pid_t *pids, size_t count)
{
	struct listen_socket list[LISTENERS_MAX];
	struct unix_listeners listeners = {.list = list, .max = LISTENERS_MAX};

	memcpy(listeners.name, name, UNIX_NAME_MAX);
	sock_diag_list_unix(diag, UNIX_LISTENS, take_unix_listener, &listeners);
	for (size_t k = 0; k < count && listeners.count && !listeners.held; k++) {
		procfs_each_below(pids[k], process_listens_not, &listeners);
	}
	return listeners.held;
}

void unix_names_add(struct unix_names *names, const char *name)
{
	for (unsigned i = 0; i < names->count; i++) {
		if (memcmp(names->names[i], name, UNIX_NAME_MAX) == 0) {
			return;
		}
	}
	names->more |= names->count == UNIX_NAMES_MAX;
	if (!names->more) {
		memcpy(names->names[names->count++], name, UNIX_NAME_MAX);
	}
}

/* Takes the connections to the same name as the one that was found out of the search. */
static void search_forget(struct unix_search *search)
{
	const struct unix_connection gone = *search->found;
	size_t left = 0;

	for (size_t i = 0; i < search->count; i++) {
		if (memcmp(search->connections[i].name, gone.name, UNIX_NAME_MAX) != 0) {
			search->connections[left++] = search->connections[i];
		}
	}
	search->count = left;
	search->found = NULL;
}

static bool search_next(struct unix_search *search, const pid_t *pids, size_t count)
{
	for (size_t i = 0; search->count && !search->found && i < count; i++) {
		int process = procfs_open(pids[i]);

		if (process >= 0) {
			procfs_each_fd(process, check_held, search);
			close(process);
		}
	}
	return search->found;
}

void unix_peers_find(
	struct sock_diag *diag, const pid_t *pids, size_t count, struct unix_names *names)
{
	_cleanup_free_ struct unix_search *search = mem_new(struct unix_search);

	sock_diag_list_unix(diag, UNIX_CONNECTED | UNIX_LISTENS, take_unix_connection, search);
	while (search_next(search, pids, count)) {
		struct unix_connection one = *search->found;

		if (unix_name_resolve(one.name, one.file) &&
			!unix_peers_listen(diag, one.name, pids, count)) {
			unix_names_add(names, one.name);
		}
		search_forget(search);
	}
}

struct listening_each {
	unix_listening_fn *each;
	void *userdata;
};

static void take_listening(const struct nlmsghdr *header, void *userdata)
{
	const struct listening_each *of = userdata;
	struct unix_connection one;

	unix_socket_parse(header, &one);
	if (one.uid == geteuid() && !is_of_system(one.name) &&
		unix_name_resolve(one.name, one.file)) {
		of->each(one.name, of->userdata);
	}
}

void unix_peers_each_listening(struct sock_diag *diag, unix_listening_fn *each, void *userdata)
{
	sock_diag_list_unix(
		diag, UNIX_LISTENS, take_listening, &(struct listening_each){each, userdata});
}

size_t unix_peers_listening(const char *name, struct listen_socket *listeners, size_t max)
{
	struct unix_listeners all = {.list = listeners, .max = max};
	struct sock_diag diag;

	if (strlen(name) >= sizeof all.name || sock_diag_open(&diag) < 0) {
		return 0;
	}
	memcpy(all.name, name, strlen(name));
	sock_diag_list_unix(&diag, UNIX_LISTENS, take_unix_listener, &all);
	sock_diag_close(&diag);
	return all.count;
}

struct unix_accepted {
	uint32_t client;
	bool accepted;
};

/* Before it is accepted, the server's end has no inode, and so no client's end names it as its peer. */
static void take_client_end(const struct nlmsghdr *header, void *userdata)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	struct unix_accepted *search = userdata;
	struct unix_connection one;

	unix_socket_parse(header, &one);
	search->accepted |= message->udiag_ino == search->client && one.client;
}

bool unix_peers_accepted(uint32_t inode)
{
	struct unix_accepted search = {.client = inode};
	struct sock_diag diag;

	if (sock_diag_open(&diag) < 0) {
		return false;
	}
	sock_diag_list_unix(&diag, UNIX_CONNECTED, take_client_end, &search);
	sock_diag_close(&diag);
	return search.accepted;
}
