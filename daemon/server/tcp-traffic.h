/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "server/listen-socket.h"
#include "server/tcp-table.h"
#include "server/upstream-trials.h"

/*
 * Sees which connections of this machine send how many bytes, from their clients' end, while one
 * trial lasts (upstream-trials.h): those that end, because the kernel reports them with their
 * counters; those that were already there and are held by a server in question, because their
 * counters are read all the time; all others once, at the end. Not for the loop's thread: it can
 * block for some 100 ms.
 */

struct tcp_traffic;

/* A connection to the peer has sent as much as the trial's request has, or more. */
typedef void tcp_traffic_fn(uint32_t inode, int peer, void *userdata);

/*
 * NULL if the kernel does not list sockets. Connections to the proxy itself, which listens with
 * these sockets on this port, are not looked at, and neither are those in `own`, which is borrowed.
 */
struct tcp_traffic *tcp_traffic_new(const struct listen_socket *proxy, size_t proxy_count,
	uint16_t proxy_port, const struct tcp_own *own, tcp_traffic_fn *sent, void *userdata);
void tcp_traffic_free(struct tcp_traffic *traffic);

/* Remembers the present state: to be called before each trial begins. */
void tcp_traffic_begin(struct tcp_traffic *traffic);
/*
 * These processes are servers in question: each look reads their connections. Calls the
 * function, if there is one, for each of them to another server of our own user. After
 * tcp_traffic_begin().
 */
typedef void tcp_traffic_held_fn(const struct upstream_address *to, void *userdata);
void tcp_traffic_hold(struct tcp_traffic *traffic, const pid_t *holders, size_t holder_count,
	tcp_traffic_held_fn *each, void *userdata);
/* Reads the connections; with `all`, all of them, which takes milliseconds on a busy machine. */
void tcp_traffic_look(struct tcp_traffic *traffic, struct upstream_trials *trials, bool all);
/* The last look of a trial, 5 ms long, or up to 200 ms if the kernel reports late. */
void tcp_traffic_end(struct tcp_traffic *traffic, struct upstream_trials *trials);

/*
 * Calls the function for each connection to another server of our own user that has ended in the last
 * minute, whichever process held it. After tcp_traffic_begin().
 */
void tcp_traffic_ended(struct tcp_traffic *traffic, tcp_traffic_held_fn *each, void *userdata);
/* Its listening sockets are those at the last tcp_traffic_begin(). */
const struct tcp_table *tcp_traffic_table(const struct tcp_traffic *traffic);
