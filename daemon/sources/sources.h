/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The sources of changes other than editors: the disk, git, build outputs, and the watcher
 * that they share. They all report to the pipeline.
 */

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/output-source.h"
#include "util/loop.h"

struct sources;

/* `linked`: as for output_sources_new(). */
struct sources *sources_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct pipeline *pipeline, output_linked_fn *linked, void *userdata);
void sources_free(struct sources *sources);

/* The project was tracked or got a tab: watches it if it should be watched. */
void sources_project_changed(struct sources *sources, struct project *project);
/* The project was added, or its settings were read again; NULL: the settings of all projects. */
void sources_settings_changed(struct sources *sources, struct project *project);

/* An event of the project was sent: tries again to read a repository that could not be read. */
void sources_event_sent(struct sources *sources, struct project *project);

/* A mount that the project is on, or that is below its root, answers. */
void sources_mount_answers(struct sources *sources, struct project *project, const char *mount);

/* A mount elsewhere answers: reads outputs of the project that a link may lead to it. */
void sources_link_answers(struct sources *sources, struct project *project);
/* Repositories that could not be opened may be now; see git_home_new(). */
void sources_git_answers(struct sources *sources);

/* Something was mounted or unmounted at `name`: what is watched there is read and watched again. */
void sources_mount_changed(struct sources *sources, const char *name);

/*
 * A hold of the project ends: prolongs it until it is known what happened meanwhile. With
 * `failed`, outputs written meanwhile belong to an incomplete build and are dropped.
 */
void sources_settle(struct sources *sources, struct project *project, bool failed);

/* How a change of the project's file (absolute) is noticed, for display; constant text. */
const char *sources_notice(
	const struct sources *sources, const struct project *project, const char *file);

/* The project is about to be forgotten. */
void sources_forget(struct sources *sources, struct project *project);
