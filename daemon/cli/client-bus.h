/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command line's connection to the daemon. Only the files named *-bus.c include
 * libdbus; the daemon's replies are returned as JSON values.
 *
 * There are two ways to call: client_call() waits for the reply; client_send() does not,
 * and the caller serves the connection from its own poll().
 */

#include <poll.h>
#include <stdint.h>

#include <jansson.h>

#include "util/mem.h"
#include "cli/error.h"

struct client;

/* How long to wait for a reply; by default, the bus gives a daemon the same time to start. */
enum { CLIENT_TIMEOUT_MSEC = 25000 };

struct client_option {
	const char *key;
	char type; /* 't', 'u', 'b' or 's' */
	uint64_t number;
	const char *text; /* of an 's' */
};

/* A call. Its arguments are the fields that are set, in this order. */
struct client_method {
	const char *interface; /* NULL: the daemon's own */
	const char *member;
	const uint32_t *cookie; /* u */
	const char *texts[2]; /* s */
	char *const *names;   /* as */
	size_t name_count;
	bool passive; /* if the daemon is not running, this call does not start it */
	bool has_options; /* a{sv} */
	struct client_option options[2];
	size_t option_count;
};

/* The reply to client_send(). All of it is borrowed. */
struct client_reply {
	uint32_t serial; /* as client_send() returned it */
	enum call_result result;
	json_t *values;	 /* array of the reply's arguments, if CALL_DONE */
	const char *why; /* "<what>: <value>: <why>", otherwise */
	bool unanswered; /* the daemon ended before it replied */
};

struct client_signal {
	const char *path; /* the object that sent it */
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
 * be reached. `handlers` may be NULL; otherwise they must outlive the client.
 */
struct client *client_new(const struct client_handlers *handlers, void *userdata, char **why);
void client_free(struct client *client);
MEM_CLEANUP(client);

/*
 * Calls and waits. On success the caller drops `values`, an array of the reply's
 * arguments; otherwise it frees `why`.
 */
enum call_result client_call(struct client *client, const struct client_method *method,
	json_t **values, char **why);

/*
 * Calls, and returns the call's serial, never 0. reply() is called with the result, unless
 * the connection to the bus ends.
 */
uint32_t client_send(struct client *client, const struct client_method *method);

/* Subscribes to NameOwnerChanged of the daemon's name. */
void client_watch_owner(struct client *client);

/* Subscribes to the signals about project objects: added, changed, removed. */
void client_watch_projects(struct client *client);

/* What to poll() for. */
struct pollfd client_pollfd(struct client *client);

/*
 * Reads, writes, calls the handlers; never blocks. Returns false once the bus is
 * gone. Handlers may send, but not free the client.
 */
bool client_serve(struct client *client);

/* Frees what libdbus keeps until the end; call it after the last client. */
void client_shutdown(void);
