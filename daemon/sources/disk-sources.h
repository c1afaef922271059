/* SPDX-License-Identifier: MIT */
#pragma once

/* The projects whose files are watched on disk: while a tab shows them, and for a while after. */

#include "sources/disk-source.h"

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
/* NULL if it is not watched. */
struct disk_source *disk_sources_find(const struct disk_sources *sources, const struct project *project);

/* Something was written: each source reports what it can. */
void disk_sources_tell(struct disk_sources *sources);
/* The same, because an editor reported a save: a streak of another program ends. */
void disk_sources_saved(struct disk_sources *sources);
