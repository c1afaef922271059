/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"
#include "server/tcp-table.h"
#include "server/unix-peers.h"

/*
 * Which server answers for one host and path if the server that listens is a proxy. Sends it HEAD
 * requests, or GET if it refuses HEAD, whose length is random, each with a query and a header that
 * nothing uses, and looks which connections carry exactly these amounts of bytes: see
 * upstream-trials.h. A proxy behind the proxy is followed, too. If a server answers no request by
 * https, every server that it has a connection to may be the one, and others, too.
 *
 * Blocks for at most about 30 s, or 40 s if several servers may be a chain of proxies: for a thread of
 * its own.
 */

enum {
	UPSTREAM_ENDS_MAX = 8,
	UPSTREAM_IP_TEXT_MAX = 46,
};

struct upstream_end {
	char ip[UPSTREAM_IP_TEXT_MAX]; /* as in a URL, without brackets */
	uint16_t port;
};

enum upstream_result {
	UPSTREAM_SELF, /* it passes the request on to no server */
	UPSTREAM_FOUND, /* to `ends[0]` */
	UPSTREAM_UNSURE, /* one of `ends`, or itself if `maybe_self` */
	UPSTREAM_FAILED, /* the server behind it did not answer, or it did not itself */
	UPSTREAM_UNASKED, /* perhaps to one of `ends`, or to others if `incomplete`: see UPSTREAM_LOOKS */
};

struct upstream {
	enum upstream_result result;
	struct upstream_end ends[UPSTREAM_ENDS_MAX];
	unsigned count; /* of the ends */
	bool maybe_self;
	/*
	 * UPSTREAM_SELF, or `maybe_self`: the Unix sockets that it was connected to during a request,
	 * which it may have passed on there
	 */
	struct unix_names unix_names;
	/*
	 * UPSTREAM_UNSURE: it has tried to pass the request on to `ends[0]`, or to a server that is not
	 * known, but nothing listens there; so its answer may be about that, whatever it says
	 */
	bool refused;
	bool incomplete; /* UPSTREAM_UNSURE: it may be yet another one, which cannot be named */
	bool deeper; /* UPSTREAM_UNSURE: unless none of the ends is a proxy, it may be yet another one */
	/* it has sent other servers as much as requests have, so whether it waits for their answers is not known */
	bool passes;
	/*
	 * of UPSTREAM_FAILED: 502, 503 or 504, or 0 for no answer; otherwise an error (500 or more)
	 * that the server answered with, which may be that of a server behind it
	 */
	unsigned status;
	bool mute; /* UPSTREAM_UNSURE: by https, it answers no request of this program */
};

/* For which servers, and when, requests are sent. */
enum upstream_caution {
	UPSTREAM_ASKS, /* always: it probably is a proxy */
	UPSTREAM_ASKS_ONCE, /* always, but it probably is none, and only one proves that in most cases */
	/*
	 * only if it has a connection to another server, or if anything has connected to another one in
	 * the last minute: it probably is none
	 */
	UPSTREAM_WATCHES,
	/* never: only finds out whether there are such connections, and to which servers */
	UPSTREAM_LOOKS,
};

struct upstream_question {
	const char *listener; /* host of the proxy's socket, as for listen_sockets_of() */
	uint16_t port;
	enum loopback_order order;
	const char *host, *path; /* as in the URL, like the next two */
	uint16_t host_port;
	bool secure;
	enum upstream_caution caution;
	/*
	 * it makes most of its pages itself, maybe with data of other servers: only one that is sent
	 * whole requests may have the page
	 */
	bool has_pages;
	bool passes; /* an earlier search has set it in its result */
	bool is_proxy; /* that is what the program is for: requests are sent to see its Unix sockets, too */
	struct tcp_own *own; /* shared by all searches */
	const atomic_bool *stop; /* set by another thread: the result is no longer wanted */
};

void upstream_find(const struct upstream_question *question, struct upstream *found);
