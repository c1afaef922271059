/* SPDX-License-Identifier: MIT */
#include "sources/disk-source-private.h"

#include <string.h>

#include "pipeline/content.h"
#include "project/file-kind.h"
#include "project/finder.h"
#include "project/project.h"
#include "sources/folder-scan.h"
#include "util/pathname.h"

void disk_source_note(
	struct disk_source *source, const char *name, const struct content_mark *mark, bool ignored)
{
	struct file_note note = {.ignored = ignored};
	uint64_t key = file_table_key(name);

	if (mark->kind == CONTENT_ABSENT) {
		file_table_remove(&source->table, key);
		return;
	}
	if (mark->kind != CONTENT_UNKNOWN) {
		note.content = file_table_content(mark->hash);
	}
	file_table_put(&source->table, key, &note);
}

static bool is_empty(const struct content_mark *mark)
{
	/* The hash that git gives to an empty blob. */
	static const uint8_t hash[] = {0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b};

	return mark->kind == CONTENT_FILE && memcmp(mark->hash, hash, sizeof hash) == 0;
}

/* Whether the file is in a folder that was announced as removed, and has come back. */
static bool source_was_gone(const struct disk_source *source, const char *name)
{
	for (size_t i = 0; i < source->gone_folders.kept; i++) {
		const char *folder = source->gone_folders.names[i];

		if (pathname_is_below(name, folder) && name[strlen(folder)]) {
			return true;
		}
	}
	return false;
}

/*
 * Whether the file belongs to this project, not to a deeper one (except a submodule). An included
 * file must belong to another project.
 */
static bool source_owns(const struct disk_source *source, const char *name)
{
	struct registry *registry = source->parts.registry;
	struct project *project = registry_lookup(registry, name);

	if (source->included) {
		return project != source->project;
	}
	while (project && project != source->project) {
		project = finder_superproject(registry, project);
	}
	return project;
}

/* Whether a page can use the file; a temporary file has no suffix that pages use. */
static bool is_for_pages(const char *name)
{
	return file_kind_of(name) != FILE_KIND_OTHER;
}

/*
 * Whether a tab may show what the file contained while it was written, or an error because it was
 * deleted meanwhile, or a file that existed only meanwhile: then it must load the file again,
 * although that is as it was announced.
 */
static bool source_was_shown_broken(const struct disk_source *source,
	const struct pipeline_change *change, const struct write *write)
{
	bool absent = change->mark.kind == CONTENT_ABSENT;
	uint64_t from = absent ? write->first_usec : write->broken_usec;

	return from && (!absent || is_for_pages(change->name)) &&
		pipeline_was_loading(
			source->parts.pipeline, source->project, from, write->at_usec) &&
		source_owns(source, change->name);
}

/* Whether a file that is not known yet is announced; reads .gitignore and the folders above it. */
static bool source_wants_new(const struct disk_source *source, const char *name)
{
	return disk_source_wants(source, name, true) &&
		(source->included || !folder_scan_is_of_another(source->project->root, name));
}

/*
 * Whether a file waits that did not exist before; `known`: it was announced as deleted. It may be
 * another file with a new name: that is gone then.
 */
static bool source_new_waits(
	const struct disk_source *source, const struct write *write, bool known, uint64_t *until)
{
	uint64_t now = clock_now_usec(), gone = source->gone_usec;
	bool renamed = write->at_usec < gone + DISK_NEW_USEC &&
		gone < write->at_usec + DISK_NEW_USEC && now < gone + WRITES_GONE_USEC;

	*until = renamed ? gone + WRITES_GONE_USEC : now + DISK_NEW_USEC;
	return folder_tree_is_whole(source->tree) && (renamed || !known);
}

enum judgement disk_source_judge(struct disk_source *source, const struct pipeline_change *change,
	struct write *write, uint64_t *until)
{
	struct content_memory *contents = pipeline_contents(source->parts.pipeline);
	const struct content_mark *known = content_find(contents, change->name),
				  *mark = &change->mark;
	struct file_note note = {0};
	bool noted = file_table_find(&source->table, file_table_key(change->name), &note);
	bool gone = source_was_gone(source, change->name), same;

	noted &= (!write->is_new && !gone) || note.ignored;
	if (noted && note.ignored) {
		return JUDGED_SAME;
	}
	if (mark->linked) {
		linked_files_add(&source->linked, change->name);
	}
	if (known) {
		same = content_mark_is_same(known, mark);
	} else if (mark->kind == CONTENT_ABSENT) {
		/* In a folder that is back, a tab may have loaded the file when the folder was announced. */
		same = !noted && folder_tree_is_whole(source->tree) &&
			!(gone && is_for_pages(change->name));
	} else {
		same = noted && note.content && mark->kind != CONTENT_UNKNOWN &&
			note.content == file_table_content(mark->hash);
	}
	if (same && source_was_shown_broken(source, change, write)) {
		content_forget(contents, change->name);
		return JUDGED_CHANGED;
	}
	if (same) {
		if (known) {
			disk_source_note(source, change->name, mark, note.ignored);
		}
		return JUDGED_SAME;
	}
	write->is_new = !noted;
	if (!write->waited && is_empty(mark)) {
		*until = clock_now_usec() + DISK_EMPTY_USEC;
		return JUDGED_WAIT;
	}
	if (!write->waited && mark->kind != CONTENT_ABSENT && !noted &&
		source_new_waits(source, write, known, until)) {
		return JUDGED_WAIT;
	}
	if (!source_owns(source, change->name) ||
		(!noted && mark->kind != CONTENT_ABSENT &&
			!source_wants_new(source, change->name))) {
		return JUDGED_SAME;
	}
	return JUDGED_CHANGED;
}
