/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by output-source.c (the outputs of one project) and output-sources.c (of all). */

#include "sources/file-table.h"
#include "sources/output-burst.h"
#include "sources/output-folders.h"
#include "sources/output-source.h"

struct reading;

struct output_source {
	struct output_sources *sources;
	struct project *project;
	struct output_folders *folders;
	struct output_burst burst;
	struct file_table table; /* the files that existed when the watch began */
	struct fileset found; /* the same files, until the worker has read them */
	bool lost; /* some of its events were lost */
	bool linked; /* a link was found: the settings are read again before anything is announced */
	struct loop_timer *due;
	struct reading *reading; /* files that are being read on the worker thread */
	unsigned holding; /* how many reads must end before the project's hold; 0: no hold */
	struct output_source *next;
};

struct output_sources {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct pipeline *pipeline;
	output_linked_fn *linked;
	void *userdata;
	struct output_source *first;
};

/* What its folders are may have changed: has the settings judge its rules again. */
void output_source_check(struct output_source *source);
void output_source_begin(struct output_sources *sources, struct project *project);
/* Removes it from the list. */
void output_source_end(struct output_source **at);
/* Reads the files that existed, so that it is known whether a later write changes them. */
void output_source_note_found(struct output_source *source);
/* Ends the project's hold if no more reads must end before. */
void output_source_end_hold(struct output_source *source);
/* What is being read belongs to an incomplete build. False: nothing is being read. */
bool output_source_drop_reading(struct output_source *source);
