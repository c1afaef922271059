/* SPDX-License-Identifier: MIT */
#include "sources/disk-source.h"

#include "pipeline/fileset.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/mounts.h"
#include "config/setting.h"
#include "pipeline/content.h"
#include "project/finder.h"
#include "project/project.h"
#include "sources/folder-tree.h"
#include "sources/writes.h"

#define LOG_MODULE "disk"
#include "util/log.h"

struct disk_source {
	struct disk_parts parts;
	struct project *project;
	struct folder_tree *tree;
	struct file_table table;
	struct writes writes;
	struct loop_timer *due;
	struct reading *reading; /* the worker reads what was written */
	bool holding;
	bool limited; /* some of it is not watched */
	struct fileset moved_folders; /* moved away, and not yet announced */
	struct fileset gone_folders; /* announced to be gone: of files in them nothing is known */
	size_t gone; /* files, that nobody can name */
	char *git; /* what git did, while what it wrote is read; or NULL */
};

/* Files on the worker thread; the source may end before they are read. */
struct reading {
	struct disk_source *source;
	struct pipeline_change *changes;
	struct write *writes; /* as they were, without their names */
	size_t count;
};

static void source_schedule(struct disk_source *source)
{
	bool waits = source->reading || source->parts.git_works(source->project, source->parts.userdata);

	loop_timer_set(source->due, waits ? CLOCK_NEVER : writes_due(&source->writes));
}

static void source_let_go(struct disk_source *source)
{
	if (source->holding && !source->reading && !source->writes.count) {
		source->holding = false;
		pipeline_release(source->parts.pipeline, source->project);
	}
}

/* The file's place in the table of what the project's files hold. */
static void source_note(
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
	/* What git calls a blob without bytes. */
	static const uint8_t hash[] = {0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b};

	return mark->kind == CONTENT_FILE && memcmp(mark->hash, hash, sizeof hash) == 0;
}

/* Whether the file is in a folder that was announced to be gone, and came again. */
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

/* In place of the files that were in it, whose names nobody knows, the folder is announced. */
static void source_note_folder(struct disk_source *source, const char *folder)
{
	content_forget_below(pipeline_contents(source->parts.pipeline), folder);
	fileset_add(&source->gone_folders, folder);
	if (source->gone_folders.kept > DISK_GONE_FOLDERS_MAX) {
		/* Each file that is written counts as changed, once. */
		fileset_clear(&source->gone_folders);
		file_table_clear(&source->table);
	}
}

/* Whether no deeper project has the file, but one that is a submodule. */
static bool source_owns(const struct disk_source *source, const char *name)
{
	struct registry *registry = source->parts.registry;
	struct project *project = registry_lookup(registry, name);

	while (project && project != source->project) {
		project = finder_superproject(registry, project);
	}
	return project;
}

enum judgement { JUDGED_CHANGED, JUDGED_SAME, JUDGED_WAIT };

/* `until` is how long it waits. */
static enum judgement source_judge(struct disk_source *source, const struct pipeline_change *change,
	struct write *write, uint64_t *until)
{
	struct content_memory *contents = pipeline_contents(source->parts.pipeline);
	const struct content_mark *known = content_find(contents, change->name), *mark = &change->mark;
	struct file_note note = {0};
	bool noted = file_table_find(&source->table, file_table_key(change->name), &note);
	bool same;

	noted &= (!write->is_new && !source_was_gone(source, change->name)) || note.ignored;
	if (noted && note.ignored) {
		return JUDGED_SAME;
	}
	if (known) {
		same = content_mark_is_same(known, mark);
	} else if (mark->kind == CONTENT_ABSENT) {
		same = !noted && folder_tree_is_whole(source->tree);
	} else {
		same = noted && note.content && mark->kind != CONTENT_UNKNOWN &&
			note.content == file_table_content(mark->hash);
	}
	if (same) {
		if (known) {
			source_note(source, change->name, mark, note.ignored);
		}
		return JUDGED_SAME;
	}
	write->is_new = !noted;
	if (!write->waited && is_empty(mark)) {
		*until = clock_now_usec() + DISK_EMPTY_USEC;
		return JUDGED_WAIT;
	}
	if (!write->waited && mark->kind != CONTENT_ABSENT && !known && !noted &&
		folder_tree_is_whole(source->tree)) {
		*until = clock_now_usec() + DISK_NEW_USEC;
		return JUDGED_WAIT;
	}
	if (!source_owns(source, change->name) ||
		!intake_wants(source->parts.intake, source->project, change->name,
			!noted && mark->kind != CONTENT_ABSENT)) {
		return JUDGED_SAME;
	}
	return JUDGED_CHANGED;
}

/* Those that have changed leave as one event. */
static void source_announce(
	struct disk_source *source, const struct pipeline_change *changes, size_t kept, size_t more)
{
	_cleanup_free_ char *git = mem_steal(source->git);

	source->gone = 0;
	if (git && kept + more) {
		pipeline_wrote(source->parts.pipeline, source->project, EVENT_GIT, changes, kept, kept + more, git);
	} else if (kept + more) {
		pipeline_wrote(source->parts.pipeline, source->project, EVENT_DISK, changes, kept,
			kept + more,
			more ? "more files were written than can be told apart" : "");
	}
	for (size_t i = 0; i < kept; i++) {
		source_note(source, changes[i].name, &changes[i].mark, false);
		if (fileset_has(&source->moved_folders, changes[i].name)) {
			source_note_folder(source, changes[i].name);
		}
	}
	if (!source->writes.count) {
		fileset_clear(&source->moved_folders);
	}
	if (more && !source->gone) {
		/* What they hold now, nobody knows. */
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

/* What is written to again, or has to wait, is left to the next time. */
static bool reading_is_over(struct disk_source *source, const struct reading *reading, size_t i)
{
	const struct pipeline_change *change = &reading->changes[i];
	struct write *again;
	uint64_t until;

	if (writes_find(&source->writes, change->name)) {
		return false;
	}
	switch (source_judge(source, change, &reading->writes[i], &until)) {
	case JUDGED_CHANGED:
		return true;
	case JUDGED_SAME:
		return false;
	case JUDGED_WAIT:
		writes_done(&source->writes, change->name, clock_now_usec());
		again = writes_find(&source->writes, change->name);
		if (again) {
			again->is_new = reading->writes[i].is_new;
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
		source_announce(source, reading->changes, left, source->writes.more + source->gone);
		source->writes.more = 0;
		source_schedule(source);
		source_let_go(source);
	}
	reading_free(reading);
}

/* More than can be read here. */
static void source_read(struct disk_source *source, uint64_t now)
{
	struct reading *reading = mem_new(struct reading);
	struct writes *writes = &source->writes;

	reading->source = source;
	reading->changes = mem_zero(writes->count * sizeof *reading->changes);
	reading->writes = mem_zero(writes->count * sizeof *reading->writes);
	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].due_usec <= now) {
			reading->writes[reading->count] = writes->items[i];
			reading->changes[reading->count++].name = writes_take(writes, i);
		}
	}
	writes_compact(writes);
	source->reading = reading;
	mounts_job(source->parts.loop, source->project->root, on_read, on_read_done, reading);
}

/* Reads a few files here and now; false: they are too many, or too large. */
static bool source_read_now(struct disk_source *source, uint64_t now)
{
	struct pipeline_change changes[DISK_LOOP_FILES_MAX];
	struct writes *writes = &source->writes;
	size_t at[DISK_LOOP_FILES_MAX], count = 0, kept = 0, left = DISK_LOOP_BYTES_MAX;

	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].due_usec > now) {
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
	/* Somebody may have begun to write meanwhile: then what was read may be half of it. */
	watcher_drain(source->parts.watcher);
	for (size_t i = 0; i < count; i++) {
		struct write *write = &writes->items[at[i]];
		uint64_t until;

		changes[i].name = write->name;
		if (write->due_usec > now) {
			continue;
		}
		switch (source_judge(source, &changes[i], write, &until)) {
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
	source_announce(source, changes, kept, writes->more + source->gone);
	writes->more = 0;
	for (size_t i = 0; i < kept; i++) {
		free((char *)changes[i].name);
	}
	writes_compact(writes);
	return true;
}

void disk_source_tell(struct disk_source *source)
{
	uint64_t now = clock_now_usec();

	if (source->reading || (writes_due(&source->writes) > now && !source->writes.more && !source->gone)) {
		source_schedule(source);
		source_let_go(source);
		return;
	}
	if (!source->git && source->parts.git_works(source->project, source->parts.userdata)) {
		loop_timer_set(source->due, CLOCK_NEVER);
		return;
	}
	if (!mounts_ready(source->project->root) || !source_read_now(source, now)) {
		source_read(source, now);
	}
	source_schedule(source);
	source_let_go(source);
}

static void source_on_due(void *userdata)
{
	disk_source_tell(userdata);
}

void disk_source_git_done(struct disk_source *source, const char *what)
{
	watcher_drain(source->parts.watcher);
	free(source->git);
	source->git = mem_strdup(what);
	writes_hurry(&source->writes, clock_now_usec());
	disk_source_settle(source);
	if (!source->reading) {
		free(mem_steal(source->git));
	}
}

static void on_tree_event(enum tree_event event, const char *file, void *userdata)
{
	struct disk_source *source = userdata;
	uint64_t now = clock_now_usec();

	switch (event) {
	case TREE_BEGUN:
		writes_begun(&source->writes, file, now);
		break;
	case TREE_DONE:
		writes_done(&source->writes, file, now);
		break;
	case TREE_FOLDER_GONE:
		fileset_add(&source->moved_folders, file);
		/* fall through */
	case TREE_GONE:
		writes_gone(&source->writes, file, now);
		break;
	}
}

static bool on_tree_wants(const char *folder, void *userdata)
{
	struct disk_source *source = userdata;

	return !path_rules_find(&source->project->settings->ignore, folder);
}

static void on_tree_looked(bool lost, size_t gone, void *userdata)
{
	struct disk_source *source = userdata;

	if (lost) {
		log_warning("%s: the queue of inotify ran over: all files are looked at",
			source->project->root);
	}
	source->gone += gone;
	registry_set_watch(source->parts.registry, source->project,
		source->limited ? PROJECT_WATCH_PART : PROJECT_WATCH_ON);
	disk_source_tell(source);
}

static void on_tree_problem(const char *text, void *userdata)
{
	struct disk_source *source = userdata;

	source->limited = text;
	if (!text || !source->project->problem) {
		project_problem_set(source->parts.registry, source->project, "watch", text);
	}
}

static const struct tree_callbacks on_tree = {
	.event = on_tree_event,
	.wants = on_tree_wants,
	.looked = on_tree_looked,
	.problem = on_tree_problem,
};

struct disk_source *disk_source_new(const struct disk_parts *parts, struct project *project)
{
	struct disk_source *source = mem_new(struct disk_source);
	const struct project_settings *settings = project->settings;

	*source = (struct disk_source){.parts = *parts, .project = project};
	source->due = loop_timer_new(parts->loop, source_on_due, source);
	registry_set_watch(parts->registry, project, PROJECT_WATCH_STARTING);
	source->tree = folder_tree_new(parts->loop, parts->watcher, project->root,
		&(struct tree_rules){
			.gitignored = settings->gitignored,
			.far_too = settings->watch.on,
			.folders_max = (unsigned)settings->watch_folders,
		},
		&source->table, &on_tree, source);
	return source;
}

void disk_source_free(struct disk_source *source)
{
	if (source->reading) {
		source->reading->source = NULL;
	}
	folder_tree_free(source->tree);
	writes_clear(&source->writes);
	fileset_clear(&source->moved_folders);
	fileset_clear(&source->gone_folders);
	file_table_clear(&source->table);
	loop_timer_free(source->due);
	if (source->holding) {
		pipeline_release(source->parts.pipeline, source->project);
	}
	free(source->git);
	free(source);
}

void disk_source_settle(struct disk_source *source)
{
	writes_hurry(&source->writes, clock_now_usec());
	if (!source->holding && (source->writes.count || source->reading)) {
		source->holding = true;
		pipeline_hold(source->parts.pipeline, source->project, "what was written is read");
	}
	disk_source_tell(source);
}

bool disk_source_hears(const struct disk_source *source, const char *file)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *folder = mem_strndup(file, slash ? (size_t)(slash - file) : 0);

	return folder_tree_has(source->tree, folder);
}

bool disk_source_is_whole(const struct disk_source *source)
{
	return !source->limited && folder_tree_is_whole(source->tree);
}
