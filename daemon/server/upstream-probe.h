/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "server/process.h"
#include "server/tcp-traffic.h"
#include "server/upstream-family.h"
#include "server/unix-files.h"
#include "server/upstream.h"
#include "util/clock.h"

/*
 * The requests of a search for the server behind a proxy, and what was seen of them. For
 * upstream.c only.
 */

enum { PIDS_MAX = 8 }; /* of one server in a chain */

/* A server that may be in the chain, and its processes. */
struct upstream_link {
	pid_t pids[PIDS_MAX];
	size_t count;
	bool searched;
	uint64_t asks; /* the peers that it has sent the request to, as bits */
};

enum upstream_pace {
	PACE_FAST,
	PACE_SLOW, /* a trial had no answer in a short time */
	PACE_HANGING, /* nor did one in a long time, or one such answer was enough */
};

/* What the server's own processes have sent other servers of this machine, from a request to its answer. */
enum upstream_passed {
	PASSED_UNKNOWN, /* perhaps the request */
	PASSED_NOTHING,
	PASSED_LITTLE, /* less than the request's amounts; without the header, it could be the request */
};

struct upstream_probe {
	const struct upstream_question *question;
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	pid_t pids[HOLDERS_MAX]; /* the proxy's */
	size_t pid_count;
	struct tcp_traffic *traffic; /* after tcp_traffic_begin() */
	struct upstream_family *family;
	struct upstream_trials trials;
	struct upstream_link links[UPSTREAM_PEERS_MAX]; /* by peer */
	bool chain; /* several servers have the request: find out which of them made each connection */
	uint64_t until_usec;
	uint64_t passed_usec; /* when the current request may have been passed on first; or 0 */
	enum upstream_pace pace;
	enum upstream_passed passed; /* in the last trial */
	/* in that trial, a connection has ended that may have carried the request, and been the server's */
	bool any_ended;
	bool passes; /* its own processes have sent another server as much as one of the requests has */
	bool gets; /* with GET requests, not with HEAD */
	bool other_page; /* the request is not for the page in question */
	bool to_the_answer; /* each trial lasts until the answer, or until it is late */
	unsigned status; /* of the last answer; 0: none */
	struct sock_diag unix_diag;
	struct unix_names unix_names;
	struct unix_files unix_files; /* since the last kind of request began */
	uint64_t trials_usec; /* how long the trials took together */
};

/* Sends nothing yet. Borrows the question. NULL if nothing listens, or if nothing can be seen. */
struct upstream_probe *upstream_probe_new(const struct upstream_question *question);
/* Finds the proxy's processes again. */
void upstream_probe_find_processes(struct upstream_probe *probe);
void upstream_probe_free(struct upstream_probe *probe);

/* One further trial; false if the proxy did not take the request. `alone`: without the header. */
bool upstream_probe_once(struct upstream_probe *probe, bool alone);
/* The same with an amount that is in the path alone; 0 unless `padded`: then it is another page, which may not exist. */
bool upstream_probe_path(struct upstream_probe *probe, bool padded);
/*
 * Forgets the earlier trials, and tries until the result is certain, or there is no hope for that, or
 * `passed` is known.
 */
void upstream_probe_all(struct upstream_probe *probe, bool alone);
/* Adds the Unix sockets that the proxy is connected to now. */
void upstream_probe_see_unix(struct upstream_probe *probe);
/* What takes longer than this is seen in the list of connections. */
#define UPSTREAM_SHORT_USEC (300 * CLOCK_USEC_PER_MSEC)
/*
 * If there are Unix sockets that were connected to during each request so far, sends up to 24 further ones, with a pause
 * after each, and adds those that were connected to during all of them, and to which nothing connected in enough of the
 * pauses. Begins no request after 5 seconds. `alone`: as in upstream_probe_once().
 */
void upstream_probe_confirm_unix(struct upstream_probe *probe, bool alone);
/* Adds those that it is connected to during some further requests. */
void upstream_probe_ask_unix(struct upstream_probe *probe);

/*
 * After all trials: the address where nothing listens and to which the server has tried to pass the
 * requests on, see upstream_trials_refusing(). Watches for a while, without requests, whether something
 * else does so, too. NULL if there is none.
 */
const struct upstream_refusal *upstream_probe_refusing(struct upstream_probe *probe);

/* Whether it is no proxy, after all trials: see upstream_trials_show_none(). */
bool upstream_probe_shows_none(const struct upstream_probe *probe);

void upstream_end_of(const struct upstream_address *address, struct upstream_end *end);
