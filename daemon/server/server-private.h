/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/accept-probe.h"
#include "server/server-processes.h"
#include "server/server.h"
#include "server/socket-owners.h"

/* What server.c and server-view.c share, and nobody else. */

struct servers {
	struct loop *loop;
	struct servers_callbacks callbacks;
	void *userdata;
	struct server *first; /* the newest */
	size_t count;
	struct socket_owners_search
		*look; /* under way; one at a time, however many servers want one */
	struct server *looked; /* who it is for; NULL if that is gone */
};

struct server {
	struct servers *servers;
	char *host;
	uint16_t port;
	enum loopback_order order;
	unsigned refs;
	enum server_visibility visibility;
	uid_t uid;
	char *forwarder;
	struct server_main main; /* no folder: never seen */
	enum server_health health;
	char *health_reason;
	struct server_processes processes;
	pid_t family[ANCESTORS_MAX + 1]; /* where newcomers are looked for: nearest first */
	struct accept_probe probe;
	uint64_t probe_after_usec; /* one that serves is not probed again before */
	bool wants_look;
	uint64_t look_after_usec;
	void *data;
	struct server *next;
};

/* Remembers who the server is and where its processes come from, for when they are gone. */
void server_note_main(struct server *server);
