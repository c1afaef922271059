/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/pipeline.h"

/* What the files of the pipe share. */

struct pipe {
	struct loop *loop;
	struct registry *registry;
	struct intake *intake;
	struct ledger *ledger;
	struct content_memory *contents;
	pipe_cast_fn *cast;
	void *userdata;
	pipe_build_fn *build;
	void *build_userdata;
	struct loop_timer *due; /* the first departure of what waits */
};

/* Opens an event whose first step says `what`. */
uint64_t pipe_open(struct pipe *pipe, enum event_source source, const char *root, uint64_t now,
	const char *what);
/* The files of the project's event that the ledger does not know yet. */
void pipe_note_files(struct pipe *pipe, const struct project *project, uint64_t serial);
/* The project's files have grown by what one source said at once; returns their event. */
uint64_t pipe_enter(struct pipe *pipe, struct project *project, enum event_source source,
	uint64_t now, const char *what);
/* The project's event leaves now; returns it. */
uint64_t pipe_depart(struct pipe *pipe, struct project *project);
void pipe_set_timer(struct pipe *pipe);

/* pipe-hold.c */
void pipe_say_held(struct pipe *pipe, struct project *project, uint64_t now);
/* The project's event ends here; what it was about counts as never announced. */
void pipe_drop(struct pipe *pipe, struct project *project, enum step_kind kind, const char *why);
