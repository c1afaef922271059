/* SPDX-License-Identifier: MIT */
#pragma once

#include "event/ledger.h"
#include "loop/loop.h"
#include "pipe/intake.h"
#include "project/project.h"

/*
 * The way of a save through the daemon: which project, does it leave at once or
 * with the rest of its burst, then out to the tabs. Every source enters here and
 * gets the event's serial number back.
 */

struct pipe;

/* An event leaves: tell the project's tabs. `files` is NULL if nothing was saved. */
typedef void pipe_cast_fn(struct project *project, uint64_t serial, const struct fileset *files,
	void *userdata);

struct pipe *pipe_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct ledger *ledger, pipe_cast_fn *cast, void *userdata);
void pipe_free(struct pipe *pipe);

/*
 * Files were saved; names as pathname_from_text() gives them, at least one. One
 * event for each project concerned, one for the files that are in none, and
 * one for those that a project ignores; returns the event of the first file, of
 * those that are not ignored if there are some.
 */
uint64_t pipe_saved(struct pipe *pipe, char *const *names, size_t count);

/* Somebody asks for a reload of the project's tabs. */
uint64_t pipe_reload(struct pipe *pipe, struct project *project);

/* The project is about to be forgotten: what waits for it is closed. */
void pipe_forget(struct pipe *pipe, struct project *project);
