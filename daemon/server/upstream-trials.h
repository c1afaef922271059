/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which servers a proxy passes a request on to, from what was seen of its connections while some
 * requests ("trials") were made. Each trial's request is longer by two random amounts: its query
 * by one, a header by another. Only a connection that passes this request on carries exactly these
 * amounts more in every trial, whatever else the proxy does at the same time. Pure.
 */

enum {
	UPSTREAM_PEERS_MAX = 64, /* servers that anything connects to during the trials */
	UPSTREAM_TRIALS_MAX = 12,
	UPSTREAM_JUMPS_MAX = 8, /* of one peer in one trial; with more, the result stays open */
	UPSTREAM_REFUSALS_MAX = 16, /* addresses; further ones are ignored */
};

/* A listening socket, as a connection to it has it. */
struct upstream_address {
	struct in6_addr ip; /* an IPv4 address is in the first four bytes */
	bool v6;
	uint16_t port;
};

struct upstream_peer {
	struct upstream_address address;
	bool held; /* a process of the proxy has a connection to it */
	uint32_t moved; /* trials in which it was sent anything, as bits */
	uint32_t open; /* trials in which it may have been sent the request */
	/* how many bytes were sent at once, if at least as many as the request is longer by */
	uint32_t jumps[UPSTREAM_TRIALS_MAX][UPSTREAM_JUMPS_MAX];
	uint8_t jump_count[UPSTREAM_TRIALS_MAX];
	uint32_t unknown; /* trials in which it was also sent something that is not in `jumps` */
};

/* Something tried to connect to this address, where nothing listens. */
struct upstream_refusal {
	struct upstream_address address; /* port 0: the kernel does not say which one it was */
	uint32_t trials; /* in which it did, as bits */
	unsigned count; /* how often */
};

struct upstream_trial {
	uint32_t query, header; /* the random amounts; header: 0 in all trials, or in none */
	bool answered;
	bool blurred; /* not all connections were seen */
};

struct upstream_trials {
	struct upstream_peer peers[UPSTREAM_PEERS_MAX];
	size_t peer_count;
	bool too_many; /* there was no room for a peer */
	struct upstream_refusal refusals[UPSTREAM_REFUSALS_MAX];
	size_t refusal_count;
	struct upstream_trial trials[UPSTREAM_TRIALS_MAX];
	size_t count; /* the last one is the current one */
	/*
	 * Answers take seconds, and one was waited for: so long, no connection can be missed, so one such
	 * trial is enough to see them all.
	 */
	bool slow;
};

/* Begins a trial, one of at most UPSTREAM_TRIALS_MAX; its request is longer by these amounts. */
void upstream_trials_begin(struct upstream_trials *trials, uint32_t query, uint32_t header);
/*
 * A connection to this server has sent `bytes` bytes between two looks at it. Returns the peer's
 * index, or -1 if it was not recorded.
 */
int upstream_trials_sent(
	struct upstream_trials *trials, const struct upstream_address *to, uint64_t bytes);
/* A connection to it has ended without its bytes having been seen. */
void upstream_trials_unseen(struct upstream_trials *trials, const struct upstream_address *to);
/* A process of the proxy has a connection to it. */
void upstream_trials_held(struct upstream_trials *trials, const struct upstream_address *to);
/* There may be connections that were not seen. */
void upstream_trials_blurred(struct upstream_trials *trials);
/* Something has tried to connect to this address, where nothing listens. */
void upstream_trials_refused(struct upstream_trials *trials, const struct upstream_address *to);
/* The current trial's request was answered, so nothing of it is still to come. */
void upstream_trials_answered(struct upstream_trials *trials);

/* Whether one, in the current trial, may have been sent the request. */
bool upstream_trials_any_open(const struct upstream_trials *trials);
/* Whether anything tried to connect, in the current trial, to an address where nothing listens. */
bool upstream_trials_any_refused(const struct upstream_trials *trials);
/*
 * The address that something tried to connect to in most trials, at least two, although nothing
 * listens there: the server itself did, because of the requests. NULL if there is none.
 */
const struct upstream_refusal *upstream_trials_refusing(const struct upstream_trials *trials);
/* Whether two trials agree that one may have been sent the request. */
bool upstream_trials_agree(const struct upstream_trials *trials);

enum upstream_evidence {
	UPSTREAM_NOTHING, /* it was not sent the request; maybe others, of the same size each time */
	UPSTREAM_OPEN, /* not known */
	UPSTREAM_HEADERS, /* it was sent the headers, but not the query: the proxy's own question */
	UPSTREAM_SOMETIMES, /* it was sent some of the requests */
	UPSTREAM_ALWAYS, /* it was sent all requests */
};
enum upstream_evidence upstream_trials_of(const struct upstream_trials *trials, size_t peer);

/* Whether further trials could not change the result. */
bool upstream_trials_are_enough(const struct upstream_trials *trials);
/*
 * Whether enough trials were answered, and all of their connections seen, so that a server that has
 * the request from one that is known to have it cannot have been missed.
 */
bool upstream_trials_are_seen(const struct upstream_trials *trials);
/*
 * Whether the server is no proxy at all, for one that probably is none: its processes have no
 * connection to another server, and less than half of at least five answered trials agree that one
 * was sent the request, whatever else passes to others at the same time. With `last`, because the
 * time is over: two answered trials are enough, if no two of them agree.
 */
bool upstream_trials_show_none(const struct upstream_trials *trials, bool last);
bool upstream_trials_any_answered(const struct upstream_trials *trials);
/* Whether any server was sent something in each of the trials. */
bool upstream_trials_moved(const struct upstream_trials *trials);
