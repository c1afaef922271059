/* SPDX-License-Identifier: MIT */
#include "server/tcp-traffic.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/clock.h"
#include "util/mem.h"

/* States of tcp(7), as bits. */
enum {
	WAITING = 1 << 6,
	LISTENING = 1 << 10,
	CONNECTED = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11,
};
enum { HELD_MAX = 64, MISSING_MAX = 256, WAITING_AT_ONCE = 128 };
/* How long the kernel remembers one that has ended: TCP_TIMEWAIT_LEN. */
#define WAITS_MSEC UINT64_C(60000)
#define WAITS_STEP_USEC (10 * CLOCK_USEC_PER_MSEC) /* its clock goes in steps, of at most this */

struct tcp_traffic {
	struct sock_diag diag, ended;
	tcp_traffic_fn *sent;
	void *userdata;
	struct upstream_trials *trials; /* NULL while the state is remembered */
	uint64_t began_usec; /* of the trial */
	uint64_t listed_usec; /* its last list: a connection that ended later is in it, or is newer */
	size_t waiting_count;
	struct upstream_address missing[MISSING_MAX]; /* of ended connections that were not seen */
	uint16_t missing_from[MISSING_MAX]; /* the client's port */
	size_t missing_count;
	uint32_t list; /* its number */
	struct tcp_table table;
	uint16_t held[HELD_MAX]; /* indexes of those that each look reads */
	size_t held_count;
};

static void list(struct tcp_traffic *traffic, uint32_t states, bool info, sock_diag_fn *each)
{
	sock_diag_list(&traffic->diag,
		&(struct sock_diag_question){.states = states, .info = info}, each, traffic);
}

static void take_listener(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct tcp_traffic *traffic = userdata;
	uint16_t port = ntohs(message->id.idiag_sport);

	if (traffic->table.listens[port] != TCP_OWN) {
		traffic->table.listens[port] = message->idiag_uid == geteuid() ? TCP_OWN : TCP_OTHERS;
	}
}

/* The connection that the message describes, from its client's end; NULL: it describes none. */
static struct tcp_connection *take(
	struct tcp_traffic *traffic, const struct nlmsghdr *header, bool ended)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct upstream_address to;
	struct tcp_connection *one;
	uint16_t client_port;
	uint64_t sent, received;

	/* Without counters, it is what the kernel remembers of one that has ended. */
	if (traffic->table.listens[ntohs(message->id.idiag_sport)] != TCP_UNUSED ||
		!tcp_bytes(header, &sent, &received) || !tcp_table_server_end(&traffic->table, message, &to, &client_port)) {
		return NULL;
	}
	one = tcp_table_find(&traffic->table, client_port, &to);
	one = one && tcp_connection_is(one, message->idiag_inode, ended)
		? one
		: tcp_table_add(&traffic->table, message, client_port, &to);
	if (!one) {
		if (traffic->trials) {
			upstream_trials_blurred(traffic->trials);
		}
		return NULL;
	}
	one->inode = message->idiag_inode ? message->idiag_inode : one->inode;
	if (sent > one->sent) {
		int peer = !traffic->trials ? -1
					    : upstream_trials_sent(traffic->trials, &to,
						      sent - one->sent);

		if (peer >= 0) {
			traffic->sent(one->inode, peer, traffic->userdata);
		}
		one->sent = sent;
	}
	return one;
}

static void take_listed(const struct nlmsghdr *header, void *userdata)
{
	struct tcp_traffic *traffic = userdata;
	struct tcp_connection *one = take(traffic, header, false);

	if (one) {
		one->listed = traffic->list;
	}
}

static void take_held(const struct nlmsghdr *header, void *userdata)
{
	take(userdata, header, false);
}

static void take_ended(const struct nlmsghdr *header, void *userdata)
{
	struct tcp_traffic *traffic = userdata;
	struct tcp_connection *one;
	struct upstream_address refusing;

	if (tcp_table_refused(&traffic->table, header, &refusing)) {
		if (traffic->trials) {
			upstream_trials_refused(traffic->trials, &refusing);
		}
		return;
	}
	one = take(traffic, header, true);
	if (one) {
		one->ended = true;
	} else if (!tcp_table_server_ended(&traffic->table, header, !traffic->trials) && traffic->trials) {
		upstream_trials_blurred(traffic->trials);
	}
}

static void read_ended(struct tcp_traffic *traffic)
{
	if (sock_diag_read_ended(&traffic->ended, take_ended, traffic) < 0) {
		upstream_trials_blurred(traffic->trials);
	}
}

static void take_missing(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	uint64_t left = message->idiag_expires < WAITS_MSEC ? message->idiag_expires : WAITS_MSEC;
	uint64_t since = clock_now_usec() - (WAITS_MSEC - left) * CLOCK_USEC_PER_MSEC;
	struct tcp_traffic *traffic = userdata;
	struct upstream_address to;
	uint16_t client_port;

	/* The list can be long: the kernel drops reports that are not read meanwhile. */
	if (++traffic->waiting_count % WAITING_AT_ONCE == 0) {
		read_ended(traffic);
	}
	if (since + WAITS_STEP_USEC < traffic->began_usec ||
		since > traffic->listed_usec + WAITS_STEP_USEC ||
		!tcp_table_server_end(&traffic->table, message, &to, &client_port) || tcp_table_find(&traffic->table, client_port, &to)) {
		return;
	}
	if (traffic->missing_count == MISSING_MAX) {
		upstream_trials_blurred(traffic->trials);
		return;
	}
	traffic->missing_from[traffic->missing_count] = client_port;
	traffic->missing[traffic->missing_count++] = to;
}

struct tcp_traffic *tcp_traffic_new(const struct listen_socket *proxy, size_t proxy_count,
	uint16_t proxy_port, const struct tcp_own *own, tcp_traffic_fn *sent, void *userdata)
{
	struct tcp_traffic *traffic = mem_new(struct tcp_traffic);

	if (sock_diag_open(&traffic->diag) < 0) {
		free(traffic);
		return NULL;
	}
	if (sock_diag_open_ended(&traffic->ended) < 0) {
		sock_diag_close(&traffic->diag);
		free(traffic);
		return NULL;
	}
	traffic->sent = sent;
	traffic->userdata = userdata;
	memcpy(traffic->table.proxy, proxy, proxy_count * sizeof *proxy);
	traffic->table.proxy_count = proxy_count;
	traffic->table.proxy_port = proxy_port;
	traffic->table.own = own;
	return traffic;
}

void tcp_traffic_free(struct tcp_traffic *traffic)
{
	if (traffic) {
		sock_diag_close(&traffic->diag);
		sock_diag_close(&traffic->ended);
		free(traffic);
	}
}

void tcp_traffic_begin(struct tcp_traffic *traffic)
{
	tcp_table_clear(&traffic->table);
	traffic->held_count = 0;
	traffic->trials = NULL;
	traffic->list++;
	traffic->table.now_usec = clock_now_usec();
	list(traffic, LISTENING, false, take_listener);
	/* The list of the ended ones says only roughly when they ended: these are no part of it. */
	sock_diag_read_ended(&traffic->ended, take_ended, traffic);
	traffic->began_usec = clock_now_usec();
	list(traffic, CONNECTED, true, take_listed);
	sock_diag_read_ended(&traffic->ended, take_ended, traffic);
}

void tcp_traffic_look(struct tcp_traffic *traffic, struct upstream_trials *trials, bool all)
{
	traffic->trials = trials;
	if (all) {
		list(traffic, CONNECTED, true, take_held);
	}
	for (size_t i = 0; !all && i < traffic->held_count; i++) {
		const struct tcp_connection *one = &traffic->table.connections[traffic->held[i]];

		if (!one->ended) {
			sock_diag_get(&traffic->diag, one->family, &one->id, take_held, traffic);
		}
	}
	read_ended(traffic);
}

static bool is_missing(const struct tcp_traffic *traffic, const struct tcp_connection *one)
{
	return one->listed != traffic->list && !one->ended && !one->received;
}

/* Whether one has ended, but the kernel has not reported it yet. */
static bool any_missing(struct tcp_traffic *traffic)
{
	for (size_t i = 0; i < traffic->missing_count; i++) {
		if (!tcp_table_find(&traffic->table, traffic->missing_from[i], &traffic->missing[i])) {
			return true;
		}
	}
	for (size_t i = 0; i < traffic->table.count; i++) {
		if (is_missing(traffic, &traffic->table.connections[i])) {
			return true;
		}
	}
	return false;
}

void tcp_traffic_end(struct tcp_traffic *traffic, struct upstream_trials *trials)
{
	struct timespec pause = {.tv_nsec = 2000000};

	traffic->trials = trials;
	traffic->list++;
	traffic->missing_count = 0;
	traffic->listed_usec = clock_now_usec();
	list(traffic, CONNECTED, true, take_listed);
	read_ended(traffic);
	list(traffic, WAITING, false, take_missing);
	for (int i = 0; i < 100 && (i < 2 || any_missing(traffic)); i++) {
		nanosleep(&pause, NULL);
		read_ended(traffic);
	}
	for (size_t i = 0; i < traffic->missing_count; i++) {
		if (!tcp_table_find(&traffic->table, traffic->missing_from[i], &traffic->missing[i])) {
			upstream_trials_unseen(trials, &traffic->missing[i]);
		}
	}
	for (size_t i = 0; i < traffic->table.count; i++) {
		const struct tcp_connection *one = &traffic->table.connections[i];

		if (is_missing(traffic, one)) {
			upstream_trials_unseen(trials, &one->to);
		}
		if (one->received > one->sent + 1) {
			upstream_trials_sent(trials, &one->to, one->received - one->sent);
		}
	}
}

struct held_search {
	struct tcp_traffic *traffic;
	tcp_traffic_held_fn *each;
	void *userdata;
};

static bool check_held(int process, int fd, void *userdata)
{
	struct held_search *search = userdata;
	uint32_t inode = procfs_socket(process, fd);

	for (size_t i = 0; inode && i < search->traffic->table.count; i++) {
		const struct tcp_connection *one = &search->traffic->table.connections[i];

		if (one->inode != inode) {
			continue;
		}
		if (search->traffic->held_count < HELD_MAX) {
			search->traffic->held[search->traffic->held_count++] = (uint16_t)i;
		}
		if (search->each && search->traffic->table.listens[one->to.port] == TCP_OWN) {
			search->each(&one->to, search->userdata);
		}
	}
	return true;
}

void tcp_traffic_hold(struct tcp_traffic *traffic, const pid_t *holders, size_t holder_count,
	tcp_traffic_held_fn *each, void *userdata)
{
	struct held_search search = {traffic, each, userdata};

	for (size_t i = 0; i < holder_count; i++) {
		int process = procfs_open(holders[i]);

		if (process >= 0) {
			procfs_each_fd(process, check_held, &search);
			close(process);
		}
	}
}

static void take_waiting(const struct nlmsghdr *header, void *userdata)
{
	struct held_search *search = userdata;
	struct upstream_address to;
	uint16_t client_port;

	if (tcp_table_server_end(&search->traffic->table, NLMSG_DATA(header), &to, &client_port) &&
		search->traffic->table.listens[to.port] == TCP_OWN) {
		search->each(&to, search->userdata);
	}
}

void tcp_traffic_ended(struct tcp_traffic *traffic, tcp_traffic_held_fn *each, void *userdata)
{
	struct held_search search = {traffic, each, userdata};

	sock_diag_list(&traffic->diag, &(struct sock_diag_question){.states = WAITING},
		take_waiting, &search);
}

const struct tcp_table *tcp_traffic_table(const struct tcp_traffic *traffic)
{
	return &traffic->table;
}
