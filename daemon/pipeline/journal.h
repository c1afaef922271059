/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Stores on disk which events wait, so that a save that was acknowledged and is held, or
 * waits for its server, is not lost if the daemon is killed. $XDG_STATE_HOME/savecast/waiting
 * has a line for each, "EVENT ROOT" (the root as returned by pathname_to_text(); if the project
 * is not known yet, because its mount does not answer, the first file). Events that
 * are sent immediately are never in it. An event that waits takes two system calls: one when
 * the wait begins, and one when it ends.
 */

#include "pipeline/ledger.h"

/*
 * Beyond the limit, the latest event of a root replaces an earlier one of the same root. Events whose
 * project is not known yet fill at most half of the lines: a mount that does not answer leaves room
 * for other projects.
 */
enum { JOURNAL_EVENTS_MAX = 64 };

struct journal;

/* `folder` is as for state_new(). */
struct journal *journal_new(const char *folder);
void journal_free(struct journal *journal);

/*
 * Calls told() for each event that was waiting when the previous daemon ended, with its
 * number in that daemon; then removes them. Blocks; for start-up.
 */
typedef void journal_waited_fn(uint64_t serial, const char *root, void *userdata);
void journal_read(struct journal *journal, journal_waited_fn *told, void *userdata);

/* An event begins to wait; no step of it shows that. */
void journal_wait(struct journal *journal, const struct event *event);
/* To be called for each step of any event. */
void journal_step(struct journal *journal, const struct event *event, const struct step *step);
