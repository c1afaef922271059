/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/tcp-table.h"

/*
 * What the processes of a server itself send to other servers while it has a request: the processes
 * that listen, and their descendants. Their connections are known by the descriptors, so
 * what other programs do at the same time makes no difference. Not for the loop's thread: reads /proc.
 */

enum {
	FAMILY_DESCRIPTORS_MAX = 16384, /* of all of its processes; with more, nothing is known */
	FAMILY_SOCKETS_MAX = 4096, /* of these; likewise */
	FAMILY_CONNECTIONS_MAX = 512, /* of these, to servers; likewise */
};

struct upstream_family;

/* What is known since upstream_family_begin(). */
struct upstream_family_view {
	/*
	 * All of its processes, and all of their connections, were seen; those that there were at first are
	 * still there. New ones may have ended.
	 */
	bool whole;
	bool unread; /* the request is still to be accepted, or to be read */
	bool has_request; /* one of them has accepted the request's connection, and read all of it */
	bool runnable; /* that one computes, or waits for a CPU or for the disk */
	uint64_t run_delay_usec; /* how long it had no CPU, since it was started */
	bool moved; /* a connection to a server of this machine was sent anything */
	uint64_t most; /* how many bytes such a connection was sent, at most */
	bool mute; /* the server at the other end of a new one has sent nothing yet */
	bool queues; /* a connection has waited for an answer since before: new requests may have to wait */
	bool waits; /* one, to any server, was sent something, and has brought nothing since then */
	bool changed; /* something has moved since the last look */
	/*
	 * No connection was opened by any program, without those of `own`. If the server was answered
	 * meanwhile, it has opened none.
	 */
	bool none_opened;
};

/*
 * Borrows the table, which the caller keeps up to date: its listening sockets, and the server, whose own
 * port counts as no other server. NULL if the kernel does not list sockets.
 */
struct upstream_family *upstream_family_new(const struct tcp_table *table);
/* Accepts NULL. */
void upstream_family_free(struct upstream_family *family);

/*
 * The request is about to be sent to the server, which listens in these processes, over a
 * connection from this port.
 */
void upstream_family_begin(
	struct upstream_family *family, const pid_t *pids, size_t count, uint16_t own_port);
/* Takes tens of microseconds, and more for hundreds of descriptors or connections. */
void upstream_family_look(struct upstream_family *family, struct upstream_family_view *view);

/* How many connections were opened to, and accepted on, this machine since it was started. */
struct tcp_opens {
	uint64_t opened, accepted;
};
/* Parses the text of /proc/net/snmp. False if it does not say so. Pure. */
bool tcp_opens_parse(const char *text, struct tcp_opens *opens);
