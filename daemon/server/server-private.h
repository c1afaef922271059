/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/accept-probe.h"
#include "server/known-proxies.h"
#include "server/listen-news.h"
#include "server/server-processes.h"
#include "server/server.h"
#include "server/socket-owners.h"
#include "server/upstream-searches.h"

/* Shared by server.c, server-main.c, server-route.c, server-upstream.c and server-view.c only. */

struct server_route;

struct servers {
	struct loop *loop;
	struct servers_callbacks callbacks;
	void *userdata;
	struct server *first; /* the last one added */
	size_t count;
	struct socket_owners_search
		*look; /* in progress; one at a time, for all servers */
	struct server *looked; /* the server that it searches for; NULL if that was freed */
	struct upstream_searches *searches; /* for the servers behind proxies */
	struct known_proxies proxies;
	struct listen_news news;
};

struct server {
	struct servers *servers;
	/* as servers_get() was called */
	char *asked_host;
	uint16_t asked_port;
	enum loopback_order asked_order;
	bool far;
	/* where it listens; the same, unless ssh -R forwards that port to this one */
	char *host;
	uint16_t port;
	enum loopback_order order;
	unsigned refs;
	enum server_visibility visibility;
	uid_t uid;
	uint16_t forwarder_target;
	char *forwarder;
	struct server_main main; /* without a folder: never seen */
	enum server_health health;
	char *health_reason;
	uint64_t awaited_by;
	struct server_processes processes;
	pid_t family[ANCESTORS_MAX + 1]; /* new processes are searched below these, nearest first */
	uint64_t searched_boot; /* CLOCK_BOOTTIME; when the last one was */
	struct accept_probe probe;
	uint64_t probe_after_usec; /* a serving server is not probed again before this time */
	uint32_t inode; /* the listening socket's at the last view, or 0 */
	bool wants_look;
	uint64_t look_after_usec;
	struct server_route *routes; /* the latest first; see server-upstream.c */
	size_t route_count;
	bool proxies; /* its main process has passed on a request */
	bool passes; /* perhaps so: see struct upstream */
	void *data;
	struct server *next;
};

/* Records the server's main process and its ancestors, for use after they have ended. */
void server_note_main(struct server *server);
void server_clear_main(struct server *server);
/* Forgets what is known of the servers behind it. */
void server_forget_routes(struct server *server);
/* What is known of them is to be checked when it is needed next. */
void server_doubt_routes(struct server *server);
/* Calls changed() for it and for the proxies in front of it. */
void server_tell_changed(struct server *server);
