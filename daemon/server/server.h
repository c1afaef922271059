/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The servers of watched tabs, by host and port: which processes hold the listening socket,
 * and whether they accept. Results are kept until an event invalidates them (a pidfd reports
 * the end of a process), however old they are. Nothing is checked while nothing happens.
 *
 * A server is shared: servers_get() returns a reference.
 */

#include <stdbool.h>
#include <stdint.h>

#include "server/process.h"
#include "server/program-traits.h"
#include "server/upstream.h"
#include "server/url.h"
#include "util/loop.h"

struct servers;
struct server;

enum server_visibility {
	SERVER_LOOKING, /* not known yet */
	SERVER_NONE, /* nothing listens */
	SERVER_FOREIGN, /* the socket belongs to another user */
	SERVER_OPAQUE, /* it is ours, but no process that we may inspect holds it */
	SERVER_SEEN,
};

struct servers_callbacks {
	/* The result of server_visibility() or server_main() has changed. */
	void (*changed)(struct server *server, void *userdata);
	/* A process that held the socket has ended. */
	void (*process_exited)(struct server *server, void *userdata);
	/* The last reference is released. */
	void (*gone)(struct server *server, void *userdata);
};

struct servers *servers_new(
	struct loop *loop, const struct servers_callbacks *callbacks, void *userdata);
/* All references must have been released. */
void servers_free(struct servers *servers);

enum { SERVERS_MAX = 256 };

/*
 * `host` as url_parse() returns it, loopback, or the path of a Unix socket, with port 0; `order` matters if it is a name. `far`: a browser of
 * another machine shows it, so the port may be one that an `ssh -R` forwards from there: see
 * socket_owners_find(). NULL if there are SERVERS_MAX others.
 */
struct server *servers_get(struct servers *servers, const char *host, uint16_t port,
	enum loopback_order order, bool far);
struct server *server_ref(struct server *server);
void server_unref(struct server *server);

const char *server_host(const struct server *server);
/* "port 8000", or "the Unix socket /run/app.sock": for display. The caller frees it. */
char *server_place(const struct server *server);
/* The path of its Unix socket, UTF-8, or NULL. The caller frees it. */
char *server_socket(const struct server *server);
/* The port on which it listens, once that is known; 0: a Unix socket. */
uint16_t server_port(const struct server *server);
/* Whether that is not the port of the URL, but the one to which ssh -R forwards it. */
bool server_is_behind_tunnel(const struct server *server);
enum server_visibility server_visibility(const struct server *server);
/* The user who owns a SERVER_FOREIGN server's socket. */
uid_t server_uid(const struct server *server);
/*
 * The name of a forwarder (see forwarder_find()), or NULL; for SERVER_SEEN only if its own
 * arguments do not say where it forwards to.
 */
const char *server_forwarder(const struct server *server);
/* The port at the forwarder's other end; 0 if it is not known. */
uint16_t server_forwarder_target(const struct server *server);

/* For SERVER_SEEN: the holder that started first, even if it has ended. */
struct server_main {
	pid_t pid;
	char *name; /* of its command, UTF-8 */
	char *folder; /* its working folder */
	bool elsewhere; /* for the daemon, that name is another folder; see struct holder */
	char *command_line; /* its arguments, each followed by a NUL; see process-command.h */
	size_t command_line_length;
	char *package; /* the npm package of its script; NULL: none or not known */
	char *key; /* its name with a hash of its arguments and folder; identifies it */
	struct program_traits traits;
};
/* NULL until it was seen. */
const struct server_main *server_main(const struct server *server);

/*
 * Whether it is serving, according to its gate; the reason is for display, NULL if it is
 * serving.
 */
enum server_health {
	SERVER_WELL,
	SERVER_WAITING, /* it is restarting */
	SERVER_DOWN,
};
enum server_health server_health(const struct server *server);
const char *server_health_reason(const struct server *server);
void server_set_health(struct server *server, enum server_health health, const char *reason);
/* The event that waits for the server, according to its gate, or 0. */
uint64_t server_awaited_by(const struct server *server);
void server_set_awaited_by(struct server *server, uint64_t event);

enum { SERVER_BEHIND_MAX = UPSTREAM_ENDS_MAX + UNIX_NAMES_MAX };

/*
 * The server behind it that answers for this URL, if it is a proxy; NULL while that is
 * being found out: changed() follows. changed() is also called if the answer changes later.
 * `behind` are those of `ends`, then those of `unix_names`, borrowed; NULL for one beyond SERVERS_MAX. `cautious`: it is probably
 * no proxy, so it is sent few requests, as enum upstream_caution says.
 */
const struct upstream *server_upstream(struct server *server, const struct url *url, bool cautious,
	struct server *const **behind);
/*
 * For UPSTREAM_UNASKED: whether requests are sent to find out; changed() follows then. Otherwise it has
 * the page itself.
 */
void server_decide_upstream(struct server *server, const struct url *url, bool ask);

/* Whether anything listens there now, whichever process it is. */
bool server_listens(const struct server *server);

/* The server may have changed: calls process_exited(). */
void server_recheck(struct server *server);

/* Data of the module that uses the server; initially NULL. */
void server_set_data(struct server *server, void *data);
void *server_data(const struct server *server);

/*
 * Searches all processes, on the worker thread; calls changed() if that found something new.
 * For one socket it does so at most once in 250 ms.
 */
void server_look(struct server *server);

/* The state of a server at one moment. */
struct server_view {
	bool listens; /* a socket listens */
	bool appeared; /* and at the last view none did, or another one did */
	bool serving; /* and a process that accepts from it */
	bool died; /* a new worker ended before it was serving */
	bool ended; /* nothing listens, and no process is left that could start the server */
	bool by_itself; /* no user started the serving generation */
	bool in_place; /* the serving process has read its code again since it was started */
	bool lingers; /* a worker has closed the socket but is still running */
	bool busy; /* seen only `closely`: it has not accepted a connection for a while */
	pid_t worker; /* the one that has been accepting for the longest time */
	uint64_t generation; /* CLOCK_BOOTTIME; since when it runs its present code */
	uint64_t newest; /* the same, of the youngest of several workers */
	uint64_t coming; /* the same, of the youngest that was not seen to accept yet, if it is younger; or 0 */
};

/*
 * Inspects the known processes and their relatives now: about 100 us for a healthy server.
 * A process that was started elsewhere is found by server_look(), which this function calls
 * if no known process holds the socket.
 *
 * A new process that does not use epoll counts as accepting when it has accepted an empty
 * connection that this function opens. With `closely`, such connections also show from time
 * to time whether the serving process is busy.
 */
void server_view(struct server *server, bool closely, struct server_view *view);

/*
 * Whether one of its processes, or another one that the same program started, has an inotify watch
 * on the file or on its folder.
 */
bool server_watches(const struct server *server, const char *file);

/* How long its processes have waited for a CPU so far, in microseconds. */
uint64_t server_run_delay(const struct server *server);

/* Whether one of its processes holds the socket only for its workers. */
bool server_is_supervised(const struct server *server);

/*
 * Whether the process that starts its workers is at work: it has started a process after that time
 * (CLOCK_BOOTTIME) that is running. Takes about 20 us for each process below it.
 */
bool server_begins_work(const struct server *server, uint64_t since_boot);

/* How its latest process ended, for display: "python3 ended with status 1"; NULL if none did. */
char *server_end_text(const struct server *server);

/* No more views for now: closes the empty connection. */
void server_view_end(struct server *server);
