/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The watched git work trees: those of projects that are tracked or that a tab shows. Others
 * stay watched while there is room.
 */

#include "sources/git/git-source.h"

enum { GIT_SOURCES_MAX = 256 };

struct git_sources;

struct git_sources *git_sources_new(const struct git_parts *parts);
void git_sources_free(struct git_sources *sources);

/* The project was added, tracked, or got a tab: watches it if it should be watched. */
void git_sources_update(struct git_sources *sources, struct project *project);
/* See git_source_until(). */
uint64_t git_sources_until(const struct git_sources *sources, const struct project *project);
/* See git_source_settle(). */
void git_sources_settle(struct git_sources *sources, struct project *project);
/* The project is about to be forgotten. */
void git_sources_forget(struct git_sources *sources, struct project *project);
