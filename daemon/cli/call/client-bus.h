/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command line's connection to the daemon. libdbus is seen by the files
 * named *bus*.c only; what the daemon says comes as JSON values.
 *
 * Two ways to call: client_call() waits for the answer; client_send() does not,
 * and the caller serves the connection from its own poll().
 */

#include <poll.h>
#include <stdint.h>

#include <jansson.h>

#include "util/mem.h"
#include "cli/call/fault.h"

struct client;

/* How long to wait for an answer; a bus may take that long to start the daemon. */
enum { CLIENT_TIMEOUT_MSEC = 25000 };

struct client_option {
	const char *key;
	char type; /* 't', 'u', 'b' or 's' */
	uint64_t number;
	const char *text; /* of an 's' */
};

/* A call. Its arguments are, in this order, those that are given here. */
struct client_method {
	const char *interface; /* NULL: the daemon's own */
	const char *member;
	const uint32_t *cookie; /* u */
	const char *texts[2]; /* s */
	char *const *names;   /* as */
	size_t name_count;
	bool has_options; /* a{sv} */
	struct client_option options[2];
	size_t option_count;
};

/* The answer to client_send(). All of it is borrowed. */
struct client_reply {
	uint32_t serial; /* as client_send() returned it */
	enum call_result result;
	json_t *values;	 /* array of the answer's arguments, if CALL_DONE */
	const char *why; /* "<what>: <value>: <why>", if not */
	bool unanswered; /* the daemon went away before it answered */
};

struct client_signal {
	const char *member;
	json_t *values;
};

struct client_handlers {
	void (*reply)(const struct client_reply *reply, void *userdata);
	/* The daemon's signals, and the bus' NameOwnerChanged of the daemon's name. */
	void (*signal)(const struct client_signal *signal, void *userdata);
};

/*
 * Connects to the session bus. NULL and why (the caller frees it) if it cannot
 * be reached. `handlers` may be NULL; else it outlives the client.
 */
struct client *client_new(const struct client_handlers *handlers, void *userdata, char **why);
void client_free(struct client *client);
MEM_CLEANUP(client);

/*
 * Calls and waits. `values` is an array of the answer's arguments, which the
 * caller drops; or it frees `why`.
 */
enum call_result client_call(struct client *client, const struct client_method *method,
	json_t **values, char **why);

/* Calls; reply() tells how it ended, unless the bus goes away. Returns a number that is not 0. */
uint32_t client_send(struct client *client, const struct client_method *method);

/* Asks for NameOwnerChanged of the daemon's name. */
void client_watch_owner(struct client *client);

/* What to poll() for. */
struct pollfd client_pollfd(struct client *client);

/*
 * Reads, writes, calls the handlers; never blocks. Returns false once the bus is
 * gone. Handlers may send, but not free the client.
 */
bool client_serve(struct client *client);

/* Releases what libdbus holds for good; after the last client. */
void client_shutdown(void);
