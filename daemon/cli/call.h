/* SPDX-License-Identifier: MIT */
#pragma once

/* How verbs use the daemon: connect, call, and print errors. */

#include "cli/client-bus.h"
#include "cli/verb.h"

enum exit_code call_exit_code(enum call_result result);

/* Connects, or prints why not and returns NULL. */
struct client *call_connect(void);

/*
 * Calls and waits. On success `values` is an array of the reply's arguments, which the
 * caller drops; on failure this printed the error.
 */
enum exit_code call_daemon(
	struct client *client, const struct client_method *method, json_t **values);

/*
 * Appends the daemon's last `count` events to the array `events`, oldest first. A long
 * list takes several calls.
 */
enum exit_code call_events(struct client *client, unsigned count, json_t *events);

struct folder_call {
	const char *member;
	bool has_options; /* it takes options */
	struct client_option option; /* the one that is given; key NULL: none */
	bool must_exist;
	const char *key; /* with --json, prints {"key": the reply's first argument}; or NULL */
};

/*
 * Calls a method with the folder that the arguments name, by default the current one. With
 * `first`, the caller drops the reply's first argument.
 */
enum exit_code call_with_folder(const struct verb *verb, const struct folder_call *call,
	const struct arguments *args, json_t **first);

/* Prints a value as one line of JSON. Drops it. */
void call_print_json(json_t *value);
