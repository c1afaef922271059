/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/coalescer.h"
#include "pipeline/fileset.h"
#include "pipeline/output-wait.h"
#include "pipeline/pipeline.h"
#include "util/mem.h"

/* Shared by the files of the pipeline. */

/* The pipeline's data for one project: the saves that wait to be sent as one event. */
struct project_queue {
	struct coalescer coalescer;
	struct fileset files;
	uint64_t serial; /* of the event that waits, or 0 */
	struct output_wait output_wait; /* for the output of saved sources */
	uint64_t disk; /* the event of the latest changes on disk, or 0 */
	uint64_t unchanged; /* the event of the latest saves that changed nothing, or 0 */
	unsigned holds; /* the event waits until this is 0 */
	char *held_by; /* why: the reason of the latest hold */
};

struct pipeline {
	struct loop *loop;
	struct registry *registry;
	struct intake *intake;
	struct ledger *ledger;
	struct content_memory *contents;
	pipeline_send_fn *send;
	void *userdata;
	pipeline_before_fn *before;
	void *before_userdata;
	pipeline_build_fn *build;
	void *build_userdata;
	pipeline_wait_fn *wait;
	void *wait_userdata;
	struct loop_timer *due; /* when the waiting event is sent */
	struct pipeline_call *calls; /* see pipeline-call.c */
};

/* The project's queue, created at its first use. */
static inline struct project_queue *queue_of(struct project *project)
{
	if (!project->queue) {
		project->queue = mem_new(struct project_queue);
	}
	return project->queue;
}

/* Creates an event whose first step has the text `what`. */
uint64_t pipeline_open(struct pipeline *pipeline, enum event_source source, const char *root,
	uint64_t now, const char *what);
/* Adds the files of the project's event that are not in the ledger yet. */
void pipeline_note_files(struct pipeline *pipeline, struct project *project, uint64_t serial);
/* A source has added files to the project's event; returns that event. */
uint64_t pipeline_enter(struct pipeline *pipeline, struct project *project,
	enum event_source source, uint64_t now, const char *what);
/* Sends the project's event now; returns it. */
uint64_t pipeline_depart(struct pipeline *pipeline, struct project *project);
void pipeline_set_timer(struct pipeline *pipeline);
/* Calls what pipeline_on_wait() has set. */
void pipeline_waits(struct pipeline *pipeline, uint64_t serial);

/*
 * Only sources were saved, and the project's queue has them. Returns whether they wait for their
 * output; if so, they are part of the project's event.
 */
bool pipeline_awaits(struct pipeline *pipeline, struct project *project, enum event_source source,
	uint64_t now);

/* pipeline-call.c: the project is about to be forgotten. */
void pipeline_calls_forget(struct pipeline *pipeline, const struct project *project);

/* pipeline-hold.c */
void pipeline_say_held(struct pipeline *pipeline, struct project *project, uint64_t now);
/* Ends the project's event; its files count as never announced. */
void pipeline_drop(
	struct pipeline *pipeline, struct project *project, enum step_kind kind, const char *why);
