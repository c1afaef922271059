/* SPDX-License-Identifier: MIT */
#include "server/upstream-family.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "server/process.h"
#include "util/mem.h"

/* States of tcp(7), as bits: also those whose connection is about to be made. */
enum { CONNECTED = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11 };
enum { SNMP_MAX = 16 * 1024, TAKERS_MAX = 4 };

/* From the client's end, which is held by a process of the family. */
struct family_connection {
	uint32_t inode;
	bool local; /* to a server of this machine */
	bool listed; /* in the present list */
	bool is_new; /* it was not there at first */
	bool waits;
	enum tcp_waits waited; /* at first, and since then */
	uint64_t began, sent,
		received; /* bytes: sent at first; sent and received at the last look */
};

/* Programs open connections of `own` from time to time; these are no others. */
struct opens {
	struct tcp_opens all;
	unsigned begun, done; /* of `own` */
	bool known;
};

struct upstream_family {
	const struct tcp_table *table;
	struct sock_diag diag;
	pid_t listening[HOLDERS_MAX];
	size_t listening_count;
	pid_t pids[DESCENDANTS_MAX];
	size_t count;
	uint32_t sockets[FAMILY_SOCKETS_MAX]; /* inodes, sorted */
	size_t socket_count, descriptor_count;
	struct family_connection connections[FAMILY_CONNECTIONS_MAX];
	size_t connection_count;
	/* the server's end of the request's connection */
	uint16_t own_port;
	uint32_t accepted; /* its inode; 0: not accepted yet */
	uint32_t unread; /* bytes */
	pid_t takers[TAKERS_MAX]; /* that hold it */
	size_t taker_count;
	struct opens opens; /* at first */
	bool began; /* the list at first was made */
	bool clients_wait; /* another client, for its answer */
	bool whole, changed;
};

struct upstream_family *upstream_family_new(const struct tcp_table *table)
{
	struct upstream_family *family = mem_new(struct upstream_family);

	family->table = table;
	if (sock_diag_open(&family->diag) < 0) {
		free(family);
		return NULL;
	}
	return family;
}

void upstream_family_free(struct upstream_family *family)
{
	if (family) {
		sock_diag_close(&family->diag);
		free(family);
	}
}

bool tcp_opens_parse(const char *text, struct tcp_opens *opens)
{
	static const char names[] =
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens ";
	const char *at = strstr(text, names);
	const char *values = at ? strchr(at, '\n') : NULL;

	return values &&
		sscanf(values + 1, "Tcp: %*s %*s %*s %*s %" SCNu64 " %" SCNu64, &opens->opened,
			&opens->accepted) == 2;
}

static void count_opens(const struct tcp_own *own, struct opens *opens)
{
	char text[SNMP_MAX];
	int net = open("/proc/net", O_PATH | O_DIRECTORY | O_CLOEXEC);

	opens->begun = atomic_load(&own->begun);
	opens->done = atomic_load(&own->done);
	opens->known = net >= 0 && procfs_read(net, "snmp", text, sizeof text) > 0 &&
		tcp_opens_parse(text, &opens->all) && opens->begun == opens->done &&
		atomic_load(&own->begun) == opens->begun;
	if (net >= 0) {
		close(net);
	}
}

static bool none_opened(const struct upstream_family *family)
{
	const struct opens *then = &family->opens;
	struct opens now;
	uint64_t own;

	count_opens(family->table->own, &now);
	own = now.done - then->done;
	return then->known && now.known && now.all.opened - then->all.opened == own &&
		now.all.accepted - then->all.accepted == own;
}

static int compare_inodes(const void *one, const void *other)
{
	const uint32_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static bool add_socket(int process, int fd, void *userdata)
{
	struct upstream_family *family = userdata;
	uint32_t inode = procfs_socket(process, fd);

	if (++family->descriptor_count > FAMILY_DESCRIPTORS_MAX ||
		(inode && family->socket_count == FAMILY_SOCKETS_MAX)) {
		family->whole = false;
		return false;
	}
	if (inode) {
		family->sockets[family->socket_count++] = inode;
	}
	return true;
}

static void add_process(struct upstream_family *family, pid_t pid)
{
	char children[64];
	int process = procfs_open(pid);
	size_t before = family->socket_count;

	if (process < 0) {
		/* One that has ended has no connections any more; others may not be looked at. */
		family->whole &= process == -ENOENT || process == -ESRCH;
		return;
	}
	procfs_each_fd(process, add_socket, family);
	for (size_t i = before; family->accepted && i < family->socket_count; i++) {
		if (family->sockets[i] == family->accepted && family->taker_count < TAKERS_MAX) {
			family->takers[family->taker_count++] = pid;
			break;
		}
	}
	family->count += procfs_children(
		process, &family->pids[family->count], DESCENDANTS_MAX - family->count);
	snprintf(children, sizeof children, "task/%d/children", (int)pid);
	if (faccessat(process, children, R_OK, 0) < 0) {
		struct procfs_stat stat;

		/* Without it, descendants are not known. The first thread can end before others. */
		family->whole &= procfs_stat(process, &stat) < 0 || stat.zombie;
	}
	close(process);
}

static void find_sockets(struct upstream_family *family)
{
	size_t count = family->listening_count;

	family->socket_count = family->descriptor_count = family->taker_count = 0;
	memcpy(family->pids, family->listening, count * sizeof *family->pids);
	family->count = count;
	for (size_t i = 0; i < family->count; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++) {
			again |= family->pids[k] == family->pids[i];
		}
		if (!again) {
			add_process(family, family->pids[i]);
		}
	}
	family->whole &= family->count < DESCENDANTS_MAX;
	qsort(family->sockets, family->socket_count, sizeof *family->sockets, compare_inodes);
}

static struct family_connection *connection_of(struct upstream_family *family, uint32_t inode)
{
	for (size_t i = 0; i < family->connection_count; i++) {
		if (family->connections[i].inode == inode) {
			return &family->connections[i];
		}
	}
	if (family->connection_count == FAMILY_CONNECTIONS_MAX) {
		family->whole = false;
		return NULL;
	}
	family->connections[family->connection_count] =
		(struct family_connection){.inode = inode, .is_new = family->began};
	family->changed = true;
	return &family->connections[family->connection_count++];
}

static void take_connection(struct upstream_family *family, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct family_connection *one;
	struct upstream_address to;
	uint16_t client_port;
	uint64_t sent, received;

	if (family->table->listens[ntohs(message->id.idiag_sport)] != TCP_UNUSED ||
		!tcp_bytes(header, &sent, &received) ||
		!tcp_table_server_end(family->table, message, &to, &client_port)) {
		return;
	}
	one = connection_of(family, message->idiag_inode);
	if (!one) {
		return;
	}
	one->local = family->table->listens[to.port] != TCP_UNUSED;
	one->listed = true;
	if (!family->began) {
		one->began = sent;
		one->waited = tcp_waits_of(header, true);
	} else if (received != one->received) {
		one->waits = false;
		one->waited = TCP_WAITS_NOT;
		family->changed = true;
	} else if (sent != one->sent) {
		one->waits = true;
		family->changed = true;
	}
	one->sent = sent;
	one->received = received;
}

static void take_client(struct upstream_family *family, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);

	if (ntohs(message->id.idiag_dport) == family->own_port) {
		family->accepted = message->idiag_inode;
		family->unread = message->idiag_rqueue;
	} else if (!tcp_table_is_own(family->table, ntohs(message->id.idiag_dport),
			   family->table->proxy_port)) {
		family->clients_wait |= tcp_waits_of(header, false) == TCP_WAITS;
	}
}

static void take_listed(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct upstream_family *family = userdata;

	if (ntohs(message->id.idiag_sport) == family->table->proxy_port) {
		take_client(family, header);
	}
	if (message->idiag_inode &&
		bsearch(&message->idiag_inode, family->sockets, family->socket_count,
			sizeof *family->sockets, compare_inodes)) {
		take_connection(family, header);
	}
}

static void list_connections(struct upstream_family *family)
{
	for (size_t i = 0; i < family->connection_count; i++) {
		family->connections[i].listed = false;
	}
	family->accepted = 0;
	family->whole &= sock_diag_list(&family->diag,
				 &(struct sock_diag_question){.states = CONNECTED, .info = true},
				 take_listed, family) == 0;
}

void upstream_family_begin(
	struct upstream_family *family, const pid_t *pids, size_t count, uint16_t own_port)
{
	count = count < HOLDERS_MAX ? count : HOLDERS_MAX;
	memcpy(family->listening, pids, count * sizeof *pids);
	family->listening_count = count;
	family->own_port = own_port;
	family->accepted = 0;
	family->clients_wait = false;
	family->connection_count = 0;
	family->began = false;
	family->whole = count > 0;
	/* First: a connection that is opened while the others are listed counts as opened. */
	count_opens(family->table->own, &family->opens);
	find_sockets(family);
	list_connections(family);
	family->began = true;
}

void upstream_family_look(struct upstream_family *family, struct upstream_family_view *view)
{
	*view = (struct upstream_family_view){.none_opened = none_opened(family)};
	family->changed = false;
	if (!family->whole) {
		return; /* it will not be before the next request */
	}
	find_sockets(family);
	list_connections(family);
	for (size_t i = 0; i < family->connection_count; i++) {
		const struct family_connection *one = &family->connections[i];
		uint64_t sent = one->sent - one->began;

		family->whole &= one->listed || one->is_new || !one->local;
		view->waits |= one->listed && one->waits;
		if (one->local) {
			view->moved |= sent > 0;
			view->most = sent > view->most ? sent : view->most;
			view->mute |= one->listed && one->is_new && !one->received;
			view->queues |= one->listed &&
				(one->waited == TCP_WAITS ||
					(one->waited == TCP_WAITS_PERHAPS && family->clients_wait));
		}
	}
	view->whole = family->whole;
	view->changed = family->changed;
	view->unread = !family->accepted || family->unread;
	view->has_request = family->accepted && !family->unread && family->taker_count > 0;
	for (size_t i = 0; i < family->taker_count; i++) {
		view->runnable |= process_is_runnable(family->takers[i]);
		view->run_delay_usec += process_run_delay(family->takers[i]);
	}
}
