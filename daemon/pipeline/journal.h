/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The events that wait, on disk: a save that was acknowledged and is held, or waits for its
 * server, outlives a daemon that is killed. $XDG_STATE_HOME/savecast/waiting has a line for
 * each, "EVENT ROOT" (the root as pathname_to_text() gives it); an event that is sent at once
 * is never in it. Two system calls write it, one when an event begins to wait and one when the
 * wait ends; the kernel keeps what was written when the process ends.
 */

#include "pipeline/ledger.h"

enum { JOURNAL_EVENTS_MAX = 64 }; /* further ones are not kept */

struct journal;

/* `folder` is as for state_new(). */
struct journal *journal_new(const char *folder);
void journal_free(struct journal *journal);

/*
 * Calls told() for each event that was waiting when the previous daemon ended, with its
 * number in that daemon; these are then forgotten. Blocks; for start-up.
 */
typedef void journal_waited_fn(uint64_t serial, const char *root, void *userdata);
void journal_read(struct journal *journal, journal_waited_fn *told, void *userdata);

/* A step of any event. */
void journal_step(struct journal *journal, const struct event *event, const struct step *step);
