/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Stores on disk which events wait, so that a save that was acknowledged and is held, or
 * waits for its server, is not lost if the daemon is killed. $XDG_STATE_HOME/savecast/waiting
 * has a line for each, "EVENT CHECKSUM ROOT" (the root as returned by pathname_to_text(); if the
 * project is not known yet, because its mount does not answer, the first file). Events that
 * are sent immediately are never in it. An event that waits takes two system calls: one when
 * the wait begins, and one when it ends.
 *
 * The lines of the previous daemon are owed: they stay until the caller has sent their projects a
 * reload, so that a second kill does not lose them either.
 */

#include "pipeline/ledger.h"
#include "util/loop.h"

/*
 * Beyond the limit, the latest event of a root replaces an earlier one of the same root. Events whose
 * project is not known yet fill at most half of the lines: a mount that does not answer leaves room
 * for other projects.
 */
enum { JOURNAL_EVENTS_MAX = 64 };

struct journal;

/* `folder` is as for state_new(). On a remote mount, a worker writes the file. */
struct journal *journal_new(struct loop *loop, const char *folder);
void journal_free(struct journal *journal);

/*
 * Reads what the previous daemon left: the events that are owed. A line that is damaged is logged.
 * False: its mount does not answer, and MOUNT_ANSWERS follows; until it is read, nothing is written.
 */
bool journal_read(struct journal *journal);

/* Whether there is an event that is owed. */
bool journal_owes(const struct journal *journal);
/* Calls told() for each event that is owed, with its number in the previous daemon. */
typedef void journal_owed_fn(uint64_t serial, const char *root, void *userdata);
void journal_each_owed(const struct journal *journal, journal_owed_fn *told, void *userdata);

/* Removes the events that are owed and for which done() returns true. */
typedef bool journal_done_fn(uint64_t serial, const char *root, void *userdata);
void journal_settle(struct journal *journal, journal_done_fn *done, void *userdata);

/* An event begins to wait; no step of it shows that. */
void journal_wait(struct journal *journal, const struct event *event);
/* To be called for each step of any event. */
void journal_step(struct journal *journal, const struct event *event, const struct step *step);
