/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tells of changes beside editors: git and build outputs, with the one watcher
 * that both have. All enter by the pipe's door.
 */

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "util/loop.h"

struct sources;

struct sources *sources_new(
	struct loop *loop, struct registry *registry, struct pipeline *pipeline);
void sources_free(struct sources *sources);

/* The project was tracked, or got a tab: it is watched if it should be. */
void sources_project_changed(struct sources *sources, struct project *project);
/* It was added, or its settings were read again; NULL: those of all projects. */
void sources_settings_changed(struct sources *sources, struct project *project);

/*
 * A hold of the project ends: it lasts until what happened meanwhile is known. With
 * `failed`, outputs written meanwhile are half a build and are dropped.
 */
void sources_settle(struct sources *sources, struct project *project, bool failed);

/* The project is about to be forgotten. */
void sources_forget(struct sources *sources, struct project *project);
