/* SPDX-License-Identifier: MIT */
#include "sources/disk-source-private.h"

#include "config/setting.h"
#include "pipeline/content.h"
#include "project/project.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* Files on the worker thread; the source may be freed before they are read. */
struct reading {
	struct disk_source *source;
	struct pipeline_change *changes;
	struct write *writes; /* copies, without their names */
	size_t count;
};

/*
 * Announces the folder in place of the files that were in it, because their names are not
 * known.
 */
static void source_note_folder(struct disk_source *source, const char *folder)
{
	content_forget_below(pipeline_contents(source->parts.pipeline), folder);
	fileset_add(&source->gone_folders, folder);
	if (source->gone_folders.kept > DISK_GONE_FOLDERS_MAX) {
		/* Too many to keep: each file counts as changed when it is next written. */
		fileset_clear(&source->gone_folders);
		file_table_clear(&source->table);
	}
}

void disk_source_folder_gone(struct disk_source *source, const char *folder, bool missed)
{
	uint64_t now = clock_now_usec();

	/* A page that was loading meanwhile may show its files. */
	if (missed &&
		!pipeline_was_loading(
			source->parts.pipeline, source->project, now - DISK_MISSED_USEC, now)) {
		return;
	}
	/* The entry represents the files that were in the folder. */
	file_table_put(&source->table, file_table_key(folder), &(struct file_note){0});
	source->gone_usec = now;
	fileset_add(&source->moved_folders, folder);
	writes_gone(&source->writes, folder, now);
}

#define MORE_TEXT "more files were written than can be listed"

/*
 * An included file belongs to the project in whose folder it is, if there is one: that project
 * has the event, and so has each project that includes the file.
 */
static void source_announce_included(
	struct disk_source *source, const struct pipeline_change *changes, size_t kept, size_t more)
{
	for (size_t i = 0, end; i < kept; i = end) {
		struct project *own = registry_lookup(source->parts.registry, changes[i].name);

		for (end = i + 1; end < kept &&
			registry_lookup(source->parts.registry, changes[end].name) == own; end++) {
		}
		pipeline_wrote(source->parts.pipeline, own ? own : source->project, EVENT_DISK,
			changes + i, end - i, end - i, "");
	}
	if (more) {
		pipeline_wrote(source->parts.pipeline, source->project, EVENT_DISK, NULL, 0, more,
			MORE_TEXT);
	}
}

/*
 * Announces the changed files as one event, also those whose names are not known, unless git may
 * have changed them.
 */
static void source_announce(
	struct disk_source *source, const struct pipeline_change *changes, size_t kept)
{
	_cleanup_free_ char *git = mem_steal(source->git);
	size_t unnamed = source->from_usec ? 0 : source->writes.more;
	size_t more = source->from_usec ? 0 : unnamed + source->gone;

	if (!source->from_usec && source->gone) {
		/* If one of them comes back with the bytes that were announced, that is a change. */
		content_forget_below(pipeline_contents(source->parts.pipeline), source->root);
	}
	if (!source->from_usec) {
		source->gone = source->writes.more = 0;
	}
	if (kept + more) {
		source->streak++;
		source->told_usec = clock_now_usec();
	}
	if (git && kept + more) {
		pipeline_wrote(source->parts.pipeline, source->project, EVENT_GIT, changes, kept, kept + more, git);
	} else if (source->included) {
		source_announce_included(source, changes, kept, more);
	} else if (kept + more) {
		pipeline_wrote(source->parts.pipeline, source->project, EVENT_DISK, changes, kept,
			kept + more, more ? MORE_TEXT : "");
	}
	for (size_t i = 0; i < kept; i++) {
		disk_source_note(source, changes[i].name, &changes[i].mark, false);
		if (fileset_has(&source->moved_folders, changes[i].name)) {
			source_note_folder(source, changes[i].name);
		}
	}
	if (!source->writes.count) {
		fileset_clear(&source->moved_folders);
	}
	if (unnamed) {
		/* Their present contents are unknown. */
		folder_tree_look(source->tree);
	}
}

static void on_read(void *userdata)
{
	struct reading *reading = userdata;

	for (size_t i = 0; i < reading->count; i++) {
		content_read(reading->changes[i].name, CONTENT_WORKER_BYTES_MAX,
			&reading->changes[i].mark);
	}
}

static void reading_free(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		free((char *)reading->changes[i].name);
	}
	free(reading->changes);
	free(reading->writes);
	free(reading);
}

/* Files that are being written again, or must wait, are read the next time. */
static bool reading_is_over(struct disk_source *source, const struct reading *reading, size_t i)
{
	const struct pipeline_change *change = &reading->changes[i];
	struct write *again;
	uint64_t until;

	again = writes_find(&source->writes, change->name);
	if (again) {
		again->broken_usec = reading->writes[i].broken_usec ? reading->writes[i].broken_usec
								    : again->broken_usec;
		return false;
	}
	switch (disk_source_judge(source, change, &reading->writes[i], &until)) {
	case JUDGED_CHANGED:
		return true;
	case JUDGED_SAME:
		return false;
	case JUDGED_WAIT:
		writes_done(&source->writes, change->name, clock_now_usec());
		again = writes_find(&source->writes, change->name);
		if (again) {
			again->is_new = reading->writes[i].is_new;
			again->broken_usec = reading->writes[i].broken_usec;
			writes_wait(again, until);
		}
	}
	return false;
}

static void on_read_done(void *userdata)
{
	struct reading *reading = userdata;
	struct disk_source *source = reading->source;
	size_t left = 0;

	if (source) {
		source->reading = NULL;
		watcher_drain(source->parts.watcher);
		for (size_t i = 0; i < reading->count; i++) {
			if (reading_is_over(source, reading, i)) {
				struct pipeline_change change = reading->changes[i];

				reading->changes[i] = reading->changes[left];
				reading->changes[left++] = change;
			}
		}
		source_announce(source, reading->changes, left);
		disk_source_schedule(source);
		disk_source_release(source);
	}
	reading_free(reading);
}

void disk_source_read(struct disk_source *source, uint64_t now)
{
	struct reading *reading = mem_new(struct reading);
	struct writes *writes = &source->writes;

	reading->source = source;
	reading->changes = mem_zero(writes->count * sizeof *reading->changes);
	reading->writes = mem_zero(writes->count * sizeof *reading->writes);
	for (size_t i = 0; i < writes->count; i++) {
		if (write_is_due(&writes->items[i], source->from_usec, now)) {
			reading->writes[reading->count] = writes->items[i];
			reading->changes[reading->count++].name = writes_take(writes, i);
		}
	}
	writes_compact(writes);
	source->reading = reading;
	mounts_job(source->parts.loop, source->root, on_read, on_read_done, reading);
}

bool disk_source_read_now(struct disk_source *source, uint64_t now)
{
	struct pipeline_change changes[DISK_LOOP_FILES_MAX];
	struct writes *writes = &source->writes;
	size_t at[DISK_LOOP_FILES_MAX], count = 0, kept = 0, left = DISK_LOOP_BYTES_MAX;

	for (size_t i = 0; i < writes->count; i++) {
		if (!write_is_due(&writes->items[i], source->from_usec, now)) {
			continue;
		}
		if (count == DISK_LOOP_FILES_MAX) {
			return false;
		}
		left -= content_read(writes->items[i].name, left, &changes[count].mark);
		if (changes[count].mark.kind == CONTENT_UNKNOWN) {
			return false;
		}
		at[count++] = i;
	}
	/* If a program has begun to write meanwhile, the contents may be incomplete. */
	watcher_drain(source->parts.watcher);
	if (source->deferred) {
		return true; /* an event calls for more than this; everything is read again, soon */
	}
	for (size_t i = 0; i < count; i++) {
		struct write *write = &writes->items[at[i]];
		uint64_t until;

		changes[i].name = write->name;
		if (write->due_usec > now) {
			continue;
		}
		switch (disk_source_judge(source, &changes[i], write, &until)) {
		case JUDGED_WAIT:
			writes_wait(write, until);
			break;
		case JUDGED_SAME:
			free(writes_take(writes, at[i]));
			break;
		case JUDGED_CHANGED:
			changes[kept] = changes[i];
			changes[kept++].name = writes_take(writes, at[i]);
		}
	}
	source_announce(source, changes, kept);
	for (size_t i = 0; i < kept; i++) {
		free((char *)changes[i].name);
	}
	writes_compact(writes);
	return true;
}

void reading_forget(struct reading *reading)
{
	if (reading) {
		reading->source = NULL;
	}
}
