/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The projects whose files are watched on disk: while a tab shows them, and for a while after.
 * The folders of their savecast.include are watched, too, at most DISK_INCLUDED_MAX of each.
 */

#include "sources/disk-source.h"

enum { DISK_INCLUDED_MAX = 16 };

struct disk_sources;

struct disk_sources *disk_sources_new(const struct disk_parts *parts);
void disk_sources_free(struct disk_sources *sources);

/* The project got or lost a tab. */
void disk_sources_update(struct disk_sources *sources, struct project *project);
/* Its settings were read again. */
void disk_sources_settings_changed(struct disk_sources *sources, struct project *project);
/* The project is about to be forgotten. */
void disk_sources_forget(struct disk_sources *sources, struct project *project);

bool disk_sources_any(const struct disk_sources *sources);
/* The source of the project's own files; NULL if it is not watched. */
struct disk_source *disk_sources_find(const struct disk_sources *sources, const struct project *project);
/* Whether a write of the file (absolute) would be noticed for this project. */
bool disk_sources_notice(
	const struct disk_sources *sources, const struct project *project, const char *file);
/* A mount answers, which may be in a folder that is watched for the project. */
void disk_sources_mount_answers(
	struct disk_sources *sources, struct project *project, const char *mount);
/* Something was mounted or unmounted there. */
void disk_sources_mount_changed(
	struct disk_sources *sources, struct project *project, const char *name);
/* See disk_source_settle(); does nothing if the project is not watched. */
void disk_sources_settle(struct disk_sources *sources, struct project *project);

/* Files were written: each source announces the changes that are due. */
void disk_sources_tell(struct disk_sources *sources);
/* The same, before a save that an editor reported; does not wait for the end of a streak. */
void disk_sources_saved(struct disk_sources *sources);
