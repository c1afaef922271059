/* SPDX-License-Identifier: MIT */
#include "sources/disk-source-private.h"

#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"
#include "config/setting.h"
#include "pipeline/content.h"
#include "project/project.h"

#define LOG_MODULE "disk"
#include "util/log.h"

static uint64_t source_from(const struct disk_source *source)
{
	return source->git || source->included
		? 0
		: source->parts.git_until(source->project, source->parts.userdata);
}

void disk_source_schedule(struct disk_source *source)
{
	uint64_t unclosed = unclosed_due(&source->unclosed);
	uint64_t due = source->reading ? CLOCK_NEVER
				       : writes_due(&source->writes, source_from(source));

	due = source->deferred ? clock_now_usec() : due;
	loop_timer_set(source->due, unclosed < due ? unclosed : due);
}

/* Files that no program has open although they were not closed: truncate(2) changed them. */
static void source_check_unclosed(struct disk_source *source, uint64_t until_usec)
{
	struct unclosed *unclosed = &source->unclosed;

	for (unsigned i = unclosed->count; i-- > 0;) {
		struct unclosed_file *file = &unclosed->files[i];

		if (file->check_usec == CLOCK_NEVER || file->check_usec > until_usec) {
			continue;
		}
		file->check_usec = CLOCK_NEVER;
		if (disk_source_wants(source, file->name, false) && mounts_ready(file->name) &&
			file_is_open_for_writing(file->name) == 0) {
			writes_closed(&source->writes, file->name, file->begun_usec,
				clock_now_usec());
			unclosed_remove(unclosed, file->name);
		}
	}
}

void disk_source_release(struct disk_source *source)
{
	if (source->holding && !source->reading && !source->writes.count) {
		source->holding = false;
		pipeline_release(source->parts.pipeline, source->project);
	}
}

/* When the next announcement may be made: immediately, but at increasing intervals in a streak. */
static uint64_t source_may_tell(const struct disk_source *source)
{
	unsigned doublings = source->streak - DISK_STREAK_MAX;
	uint64_t wait = DISK_STREAK_USEC << (doublings < 8 ? doublings : 8);

	if (source->streak < DISK_STREAK_MAX || source->git || source->holding) {
		return 0;
	}
	return source->told_usec + (wait < DISK_STREAK_WAIT_USEC ? wait : DISK_STREAK_WAIT_USEC);
}

static void source_tell(struct disk_source *source)
{
	uint64_t now = clock_now_usec();
	bool unnamed;

	source_check_unclosed(source, now);
	unnamed = source->writes.more || source->gone;
	source->from_usec = source_from(source);
	if (source->reading || (writes_due(&source->writes, source->from_usec) > now &&
				       (source->from_usec || !unnamed))) {
		disk_source_schedule(source);
		disk_source_release(source);
		return;
	}
	if (now < source_may_tell(source)) {
		loop_timer_set(source->due, source_may_tell(source));
		return;
	}
	if (mounts_is_remote(source->root) || !disk_source_read_now(source, now)) {
		disk_source_read(source, now);
	}
	disk_source_schedule(source);
	disk_source_release(source);
}

void disk_source_tell(struct disk_source *source)
{
	bool deferred = source->deferred;

	/* Also called by handlers of events, even while disk_source_read_now() drains them. */
	source->deferred = watcher_is_telling(source->parts.watcher);
	if (!source->deferred) {
		source_tell(source);
	}
	if (source->deferred) {
		disk_source_schedule(source);
	} else if (deferred && !source->reading) {
		free(mem_steal(source->git));
	}
}

void disk_source_end_streak(struct disk_source *source)
{
	source->streak = 0;
}

static void source_on_due(void *userdata)
{
	disk_source_tell(userdata);
}

void disk_source_git_done(struct disk_source *source, const char *what)
{
	watcher_drain(source->parts.watcher);
	source_check_unclosed(source, clock_now_usec() + UNCLOSED_WAIT_USEC);
	free(source->git);
	source->git = mem_strdup(what);
	writes_hurry(&source->writes, clock_now_usec());
	disk_source_settle(source);
	if (!source->reading && !source->deferred) {
		free(mem_steal(source->git));
	}
}

bool disk_source_wants(const struct disk_source *source, const char *file, bool ask_git)
{
	const struct project *project = source->project;

	if (!source->included) {
		return intake_wants(source->parts.intake, project, file, ask_git);
	}
	return path_rules_find_outside(&project->settings->include, file) &&
		intake_accepts(project, file);
}

static void source_on_begun(struct disk_source *source, const char *file, uint64_t now)
{
	writes_begun(&source->writes, file, now);
	if (!unclosed_add(&source->unclosed, file, now)) {
		source_check_unclosed(source, now + UNCLOSED_WAIT_USEC);
		unclosed_add(&source->unclosed, file, now);
	}
}

static void on_tree_event(enum tree_event event, const char *file, void *userdata)
{
	struct disk_source *source = userdata;
	struct file_note note;
	uint64_t now = clock_now_usec();
	uint64_t begun = event == TREE_BEGUN ? 0 : unclosed_remove(&source->unclosed, file);

	/* An editor keeps its swap file open: do not wait for it. */
	if (event != TREE_BEGUN && !disk_source_wants(source, file, false)) {
		return;
	}
	if (now > source->told_usec + DISK_STREAK_END_USEC) {
		source->streak = 0;
	}
	switch (event) {
	case TREE_BEGUN:
		source_on_begun(source, file, now);
		break;
	case TREE_CLOSED:
		writes_closed(&source->writes, file, begun, now);
		break;
	case TREE_DONE:
		writes_done(&source->writes, file, now);
		break;
	case TREE_FOLDER_MISSED:
	case TREE_FOLDER_GONE:
		disk_source_folder_gone(source, file, event == TREE_FOLDER_MISSED);
		break;
	case TREE_GONE:
		if (file_table_find(&source->table, file_table_key(file), &note)) {
			source->gone_usec = now;
		}
		writes_gone(&source->writes, file, now);
		break;
	}
}

static bool on_tree_wants(const char *folder, void *userdata)
{
	struct disk_source *source = userdata;

	return source->included ? source->deep
				: !path_rules_find(&source->project->settings->ignore, folder);
}

static void on_tree_looked(bool lost, size_t gone, void *userdata)
{
	struct disk_source *source = userdata;

	if (lost) {
		log_warning("%s: the inotify queue overflowed: all files are checked",
			source->root);
	}
	source->gone += gone;
	if (!source->included) {
		registry_set_watch(source->parts.registry, source->project,
			source->limited ? PROJECT_WATCH_PART : PROJECT_WATCH_ON);
	}
	disk_source_tell(source);
}

static void on_tree_problem(const char *text, void *userdata)
{
	struct disk_source *source = userdata;

	source->limited = text;
	if (text ? !source->project->problems[PROJECT_PART_WATCH] : !source->included) {
		project_problem_set(
			source->parts.registry, source->project, PROJECT_PART_WATCH, text);
	}
}

static void on_tree_linked(const char *file, void *userdata)
{
	struct disk_source *source = userdata;

	linked_files_add(&source->linked, file);
}

static void on_mount_point(const char *name, void *userdata)
{
	struct disk_source *source = userdata;

	if (pathname_is_below(name, source->root) && disk_source_wants(source, name, false)) {
		linked_files_add_mounted(&source->linked, name);
	}
}

static const struct tree_callbacks on_tree = {
	.event = on_tree_event,
	.linked = on_tree_linked,
	.wants = on_tree_wants,
	.looked = on_tree_looked,
	.problem = on_tree_problem,
};

struct disk_source *disk_source_new(
	const struct disk_parts *parts, struct project *project, const char *included, bool deep)
{
	struct disk_source *source = mem_new(struct disk_source);
	const struct project_settings *settings = project->settings;

	*source = (struct disk_source){.parts = *parts,
		.project = project,
		.root = mem_strdup(included ? included : project->root),
		.included = included,
		.deep = deep};
	linked_files_init(&source->linked, parts->watcher, on_tree_event, source);
	source->due = loop_timer_new(parts->loop, source_on_due, source);
	if (!included) {
		registry_set_watch(parts->registry, project, PROJECT_WATCH_STARTING);
	}
	source->tree = folder_tree_new(parts->loop, parts->watcher, source->root,
		&(struct tree_rules){
			.gitignored = settings->gitignored,
			.far_too = settings->watch.on,
			.folders_max = (unsigned)settings->watch_folders,
		},
		&source->table, &on_tree, source);
	mounts_each(on_mount_point, source);
	return source;
}

void disk_source_free(struct disk_source *source)
{
	reading_forget(source->reading);
	folder_tree_free(source->tree);
	writes_clear(&source->writes);
	unclosed_clear(&source->unclosed);
	linked_files_clear(&source->linked);
	fileset_clear(&source->moved_folders);
	fileset_clear(&source->gone_folders);
	file_table_clear(&source->table);
	loop_timer_free(source->due);
	if (source->holding) {
		pipeline_release(source->parts.pipeline, source->project);
	}
	free(source->git);
	free(source->root);
	free(source);
}

void disk_source_settle(struct disk_source *source)
{
	source_check_unclosed(source, clock_now_usec() + UNCLOSED_WAIT_USEC);
	writes_hurry(&source->writes, clock_now_usec());
	if (!source->holding && (source->writes.count || source->reading)) {
		source->holding = true;
		pipeline_hold(source->parts.pipeline, source->project, "what was written is being read");
	}
	disk_source_tell(source);
}

bool disk_source_notices(const struct disk_source *source, const char *file)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *folder = mem_strndup(file, slash ? (size_t)(slash - file) : 0);

	return folder_tree_has(source->tree, folder);
}

bool disk_source_is_whole(const struct disk_source *source)
{
	return !source->limited && folder_tree_is_whole(source->tree);
}

bool disk_source_covers(const struct disk_source *source, const char *folder, bool deep)
{
	return source->deep ? pathname_is_below(folder, source->root)
			    : !deep && strcmp(folder, source->root) == 0;
}

void disk_source_mount_answers(struct disk_source *source, const char *mount)
{
	folder_tree_mount_answers(source->tree, mount);
}

void disk_source_mount_changed(struct disk_source *source, const char *name)
{
	_cleanup_free_ char *inside = mem_printf("%s/x", name);
	bool hides = pathname_is_below(source->root, name) ||
		(pathname_is_below(name, source->root) && disk_source_wants(source, inside, false));

	on_mount_point(name, source);
	folder_tree_mount_changed(source->tree, name, hides); /* not if it has outputs */
}
