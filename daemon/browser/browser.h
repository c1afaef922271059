/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/browsers.h"

/* Shared by the files of this folder only. */

struct ws_client;

struct browser {
	struct browsers *browsers;
	struct ws_client *client;
	uint32_t number; /* starts at 1, in the order of connection */
	char *name;	 /* "Chromium 156"; NULL before hello */
	enum loopback_order order; /* the order in which it tries the addresses of localhost */
	bool far; /* it runs on another machine */
	char *profile;
	struct loop_timer *deadline; /* for its hello */
	/* its hello, while it waits to be answered; otherwise NULL */
	struct wire_message *held;
	struct tabs tabs;
	uint64_t *told; /* scratch memory of browsers_send() */
	unsigned told_count, told_frames; /* tabs and frames together; frames alone */
	struct browser *next, **back;
};

struct browsers {
	struct loop *loop;
	struct ledger *ledger;
	struct router *router;
	bool open; /* otherwise browsers wait for browsers_open() */
	const struct proof_key *key; /* NULL: none */
	struct browsers_hooks hooks;
	void *userdata;
	struct browser *first;
	struct extensions extensions;
	unsigned count, tab_count;
	uint32_t last_number;
	char instance[17]; /* of this run of the daemon */
	struct loop_timer *ping;
	struct loop_timer *look_ups; /* for tabs that are stale */
	/* set during a look-up: another one that it causes follows later */
	bool looking_up;
	struct screenshot *screenshot; /* the picture that is awaited, or NULL */
	uint64_t last_request;
};

/*
 * The tab will not report the end of its event; the ledger gets a step of this `kind` and
 * says why.
 */
void tab_end_event(struct tab *tab, enum step_kind kind, const char *why);
/* The tab has looked again after its last event, which it ends once more. */
void tab_resume_event(struct tab *tab);
/* Where a step of the tab happened. */
struct step_place tab_step_place(const struct tab *tab);
/* session.c */
void session_tell_error(
	struct browser *browser, const char *code, const char *message, bool fatal);
void session_forget_tabs(struct browser *browser, const char *why);

/* admission.c: handles a `hello`, and takes from the message the fields that it keeps. */
void browser_hello(struct browser *browser, struct wire_message *message);

/* Begins to send the pings that keep the browsers' background pages awake. */
void browsers_start_pings(struct browsers *browsers);
/* Looks up the tab's project and server again, and tells the browser if they have changed. */
void tab_look_up(struct tab *tab);
/* Stores the dev servers that update its page, as the browser reports them. `tab` may be NULL. */
void tab_take_updates(struct tab *tab, struct wire_updates *updates);
/* Like tab_look_up(), but sends the answer to the browser even if it is the same. */
void tab_tell_again(struct tab *tab);
