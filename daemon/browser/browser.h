/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/browsers.h"

/* What the files of this folder share; nobody else's business. */

struct ws_client;

struct browser {
	struct browsers *browsers;
	struct ws_client *client;
	uint32_t number; /* from 1, in the order they came */
	char *name;	 /* "Chromium 156"; NULL before hello */
	enum loopback_order order; /* in which it tries the addresses of localhost */
	char *profile;
	struct loop_timer *deadline; /* of hello */
	struct tabs tabs;
	uint64_t *told; /* scratch of browsers_send() */
	unsigned told_count;
	struct browser *next, **back;
};

struct browsers {
	struct loop *loop;
	struct ledger *ledger;
	struct router *router;
	const struct proof_key *key; /* NULL: none */
	browsers_changed_fn *changed;
	void *userdata;
	struct browser *first;
	unsigned count, tab_count;
	uint32_t last_number;
	char instance[17]; /* of this life of the daemon */
	struct loop_timer *ping;
	struct loop_timer *look_ups; /* of tabs that are stale */
	bool looking_up;	     /* what a look-up brings about waits for its turn */
};

/* The tab is no longer expected to tell the end of its event; `kind` says why, in the ledger. */
void tab_end_event(struct tab *tab, enum step_kind kind, const char *why);
/* Begins to keep the browsers awake. */
void browsers_start_pings(struct browsers *browsers);
/* Looks for the tab's project and server again, and tells the browser if that is news. */
void tab_look_up(struct tab *tab);
/* The same, and tells in any case. */
void tab_tell_again(struct tab *tab);
