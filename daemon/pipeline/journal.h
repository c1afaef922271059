/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Stores on disk which events wait, so that a save that was acknowledged and is held, or
 * waits for its server, is not lost if the daemon is killed. $XDG_STATE_HOME/savecast/waiting
 * has a line for each, "EVENT CHECKSUM ROOT" (the root as returned by pathname_to_text(); if the
 * project is not known yet, because its mount does not answer, the first file), followed by a
 * line "+COUNT CHECKSUM FILE" for each of its names; COUNT is the number of its files. Events that
 * are sent immediately are never in it. An event that waits takes a system call when the wait
 * begins and for each save that joins it, and two when the wait ends.
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
enum {
	JOURNAL_EVENTS_MAX = 64,
	/* Bytes of an event's names, of which there are at most LEDGER_FILES_MAX; the first is always kept. */
	JOURNAL_NAMES_MAX = 4096,
};

/* An event that waits. */
struct journal_entry {
	uint64_t serial; /* of one that is owed: its number in the previous daemon */
	char *root;
	char *files[LEDGER_FILES_MAX];
	size_t files_kept;
	size_t file_count;
	/* of one that is owed: the event that logs it in this daemon; the caller sets it; 0: none */
	uint64_t event;
};

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
/* Calls told() for each event that is owed. */
typedef void journal_owed_fn(struct journal_entry *entry, void *userdata);
void journal_each_owed(struct journal *journal, journal_owed_fn *told, void *userdata);

/* Removes the events that are owed and for which done() returns true. */
typedef bool journal_done_fn(const struct journal_entry *entry, void *userdata);
void journal_settle(struct journal *journal, journal_done_fn *done, void *userdata);

/* An event begins to wait, or has more files; no step of it shows that. */
void journal_wait(struct journal *journal, const struct event *event);
/* To be called for each step of any event. */
void journal_step(struct journal *journal, const struct event *event, const struct step *step);
