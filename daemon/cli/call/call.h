/* SPDX-License-Identifier: MIT */
#pragma once

/* What verbs do with the daemon: connect, call, and tell a person what went wrong. */

#include "cli/call/client-bus.h"
#include "cli/verb/verb.h"

enum exit_code call_exit_code(enum call_result result);

/* Connects, or complains and returns NULL. */
struct client *call_connect(void);

/*
 * Calls and waits. If it is done, `values` is an array of the answer's arguments,
 * which the caller drops; if not, this has complained.
 */
enum exit_code call_daemon(
	struct client *client, const struct client_method *method, json_t **values);

/*
 * The daemon's last `count` events, oldest first: appends them to the array `events`. A
 * list that is long comes in several answers.
 */
enum exit_code call_events(struct client *client, unsigned count, json_t *events);

/*
 * Calls a method that takes a folder and, maybe, options. `given` is as the
 * person wrote it, NULL for the current one. If `key` and `json`, prints
 * {"key": the answer's first argument}.
 */
enum exit_code call_with_folder(const struct verb *verb, const char *member, bool has_options,
	const struct arguments *args, const char *key);

/* Prints a value as one line of JSON. Drops it. */
void call_print_json(json_t *value);
