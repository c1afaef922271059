/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The servers behind watched tabs, by host and port: which processes hold the
 * listening socket, and whether they accept. What is known is dropped by events
 * (a holder's end is told by its pidfd), never by age; nothing is asked while
 * nothing happens.
 *
 * A server is shared: servers_get() gives a reference.
 */

#include <stdbool.h>
#include <stdint.h>

#include "server/process.h"
#include "server/program-traits.h"
#include "util/loop.h"

struct servers;
struct server;

enum server_visibility {
	SERVER_LOOKING, /* not known yet */
	SERVER_NONE, /* nothing listens */
	SERVER_FOREIGN, /* the socket is another user's */
	SERVER_OPAQUE, /* it is ours, but no process that may be looked into holds it */
	SERVER_SEEN,
};

struct servers_callbacks {
	/* What server_visibility() or server_main() say has changed. */
	void (*changed)(struct server *server, void *userdata);
	/* A process that held the socket has ended. */
	void (*process_exited)(struct server *server, void *userdata);
	/* The last reference goes. */
	void (*gone)(struct server *server, void *userdata);
};

struct servers *servers_new(
	struct loop *loop, const struct servers_callbacks *callbacks, void *userdata);
/* All references must be gone. */
void servers_free(struct servers *servers);

enum { SERVERS_MAX = 256 };

/*
 * `host` as url_parse() gives it, loopback; `order` counts if it is a name. NULL if
 * there are SERVERS_MAX others.
 */
struct server *servers_get(
	struct servers *servers, const char *host, uint16_t port, enum loopback_order order);
struct server *server_ref(struct server *server);
void server_unref(struct server *server);

const char *server_host(const struct server *server);
uint16_t server_port(const struct server *server);
enum server_visibility server_visibility(const struct server *server);
/* The user of a SERVER_FOREIGN one. */
uid_t server_uid(const struct server *server);
/* Of a SERVER_FOREIGN or SERVER_OPAQUE one: a program that listens for another, or NULL. */
const char *server_forwarder(const struct server *server);

/* Of a SERVER_SEEN one: the holder that was started first, by the user; also when it has ended. */
struct server_main {
	pid_t pid;
	char *name; /* of its command, UTF-8 */
	char *folder; /* its working folder */
	char *command_line; /* its arguments, each with a NUL behind it */
	size_t command_line_length;
	struct program_traits traits;
};
/* NULL before it was seen. */
const struct server_main *server_main(const struct server *server);

/* Whether it serves, as the gate's keeper says; the reason is for people, NULL if all is well. */
enum server_health {
	SERVER_WELL,
	SERVER_WAITING, /* it is restarting */
	SERVER_DOWN,
};
enum server_health server_health(const struct server *server);
const char *server_health_reason(const struct server *server);
void server_set_health(struct server *server, enum server_health health, const char *reason);

/* Whether anything listens there now, whoever it is. */
bool server_listens(const struct server *server);

/* Something may have happened to it: calls stirred(). */
void server_recheck(struct server *server);

/* For one user of it; NULL at first. */
void server_set_data(struct server *server, void *data);
void *server_data(const struct server *server);

/* Walks over all processes, on the worker thread; changed() tells if that brought news. */
void server_look(struct server *server);

/* What is seen of a server at one moment. */
struct server_view {
	bool listens; /* there is a socket */
	bool serving; /* and a process that accepts from it */
	bool died; /* a worker that was seen to come up has ended before it served */
	bool lingers; /* a worker has closed the socket and does not end */
	bool busy; /* seen closely: it serves, but for a while has taken no connection */
	pid_t worker; /* the one that has accepted for the longest time */
	uint64_t generation; /* when that one was started: CLOCK_BOOTTIME */
};

/*
 * Looks now, at the processes that are known and at their family: about 100 us
 * while all is well. A process from elsewhere is found by a server_look(), which
 * this starts if nobody known holds the socket.
 *
 * Of a process that does not use epoll, a newcomer counts as accepting once it
 * has taken an empty connection that this makes; and whether one that serves is busy,
 * is seen `closely`, by such connections, now and then.
 */
void server_view(struct server *server, bool closely, struct server_view *view);
/* No more views for now: takes the empty connection back. */
void server_view_end(struct server *server);
