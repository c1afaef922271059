/* SPDX-License-Identifier: MIT */
#include "sources/output-folders-private.h"

#include <sys/stat.h>

#include "config/setting.h"
#include "sources/output-pattern.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* The kernel's file times are as coarse as its tick. */
#define TICK_USEC (20 * CLOCK_USEC_PER_MSEC)

/* Removes it from the list. */
static void folder_free(struct output_folder **at)
{
	struct output_folder *folder = *at;

	*at = folder->next;
	*(folder->past ? &folder->folders->past : &folder->folders->count) -= 1;
	watch_free(folder->watch);
	free(folder->path);
	free(folder);
}

/* Removes the folder at `path` and all below it; with past_only, only those that are past. */
static void folders_drop(struct output_folders *folders, const char *path, bool past_only)
{
	for (struct output_folder **at = &folders->first; *at;) {
		if (pathname_is_below((*at)->path, path) && (!past_only || (*at)->past)) {
			folder_free(at);
		} else {
			at = &(*at)->next;
		}
	}
}

void folders_pass(struct output_folders *folders, const char *path)
{
	for (struct output_folder **at = &folders->first; *at;) {
		struct output_folder *folder = *at;

		if (folder->past || !pathname_is_below(folder->path, path)) {
			at = &folder->next;
		} else if (!folder->watch || folders->past == OUTPUT_FOLDERS_MAX) {
			folder_free(at);
		} else {
			folder->past = true;
			folders->count--;
			folders->past++;
			at = &folder->next;
		}
	}
}

/* The last event of a folder that is past. */
static void folder_end(struct output_folder *folder)
{
	struct output_folder **at = &folder->folders->first;

	while (*at != folder) {
		at = &(*at)->next;
	}
	folder_free(at);
}

static bool folders_match(const struct output_folders *folders, const char *file)
{
	const struct path_rules *outputs = &folders->project->settings->output;
	const char *path = file + strlen(folders->project->root);

	return output_patterns_match(outputs, path + (*path == '/'));
}

void folders_tell(struct output_folders *folders, enum output_folders_event event, const char *file)
{
	if (folders_match(folders, file)) {
		folders->callbacks.told(event, file, folders->userdata);
	}
}

static void folder_on_file(struct output_folder *folder, uint32_t mask, const char *file)
{
	struct statx st;

	if (mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) {
		folders_tell(folder->folders, FOLDERS_WRITTEN, file);
	} else if (mask & (IN_DELETE | IN_MOVED_FROM)) {
		folders_tell(folder->folders, FOLDERS_GONE, file);
	} else if (mask & IN_CREATE && mounts_lstat(file, &st) == 0 &&
		(!S_ISREG(st.stx_mode) || st.stx_nlink > 1)) {
		/* A hard or symbolic link is complete when it is created. */
		folders_tell(folder->folders, FOLDERS_WRITTEN, file);
	} else {
		folders_tell(folder->folders, FOLDERS_BEGUN, file);
	}
}

/* Whether files of a pattern are below it, if it is a folder or a link to one. */
static bool folders_lead_through(const struct output_folders *folders, const char *path)
{
	const struct path_rules *outputs = &folders->project->settings->output;
	const char *below = path + strlen(folders->project->root);
	size_t length;

	below += *below == '/';
	length = strlen(below);
	for (size_t i = 0; i < outputs->count; i++) {
		const char *pattern = output_pattern_of(&outputs->items[i]);

		if (strncmp(pattern, below, length) == 0 && pattern[length] == '/') {
			return true;
		}
	}
	return false;
}

/* A file, a symbolic link or something else that is not a folder. */
static void folder_on_other(struct output_folder *folder, uint32_t mask, const char *path)
{
	struct output_folders *folders = folder->folders;

	if (folder->output) {
		folder_on_file(folder, mask, path);
	}
	if (mask & (IN_CREATE | IN_MOVED_TO) && folders_lead_through(folders, path)) {
		mounts_forget_names();
		folders_visit_all(folders);
	}
}

static const struct output_folder *folders_watched(const struct output_folders *folders)
{
	const struct output_folder *folder = folders->first;

	while (folder && !folder->watch) {
		folder = folder->next;
	}
	return folder;
}

static void folders_visit_again(struct output_folders *folders)
{
	folders_drop(folders, folders->project->root, false);
	folders_visit_all(folders);
}

/* Events were lost. */
static void folders_compare(struct output_folders *folders)
{
	folders->callbacks.told(FOLDERS_LOST, NULL, folders->userdata);
	folders_visit_again(folders);
}

void folder_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct output_folder *folder = userdata;
	struct output_folders *folders = folder->folders;
	_cleanup_free_ char *path = mem_printf("%s/%s", folder->path, name);

	if (folder->past && mask & IN_IGNORED) {
		folder_end(folder);
	} else if (mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_MOVE_SELF | IN_ISDIR) &&
		!mounts_ready(folder->path)) {
		folders->waits = true;
	} else if (mask & IN_Q_OVERFLOW) {
		/* Each folder receives this event; the first watched one handles it for all. */
		if (folder == folders_watched(folders)) {
			folders_compare(folders);
		}
	} else if (mask & (IN_IGNORED | IN_MOVE_SELF)) {
		_cleanup_free_ char *gone = mem_strdup(folder->path);

		folders_drop(folders, gone, folder->past);
		folders_visit_all(folders);
	} else if (mask & IN_ISDIR && (folder->past || !(mask & (IN_CREATE | IN_MOVED_TO)))) {
		return;
	} else if (mask & IN_ISDIR && folder->deep) {
		folders_visit(folders, path, true, true);
	} else if (mask & IN_ISDIR) {
		folders_visit_all(folders);
	} else {
		folder_on_other(folder, mask, path);
	}
}

struct output_folders *output_folders_new(struct watcher *watcher, struct project *project,
	const struct output_folders_callbacks *callbacks, void *userdata)
{
	struct output_folders *folders = mem_new(struct output_folders);

	*folders = (struct output_folders){
		.watcher = watcher,
		.project = project,
		.callbacks = *callbacks,
		.userdata = userdata,
		.quiet = true,
		.since_usec = clock_usec(CLOCK_REALTIME) - TICK_USEC,
	};
	folders_visit_all(folders);
	folders->quiet = folders->waits;
	return folders;
}

bool output_folders_wait(const struct output_folders *folders)
{
	return folders->waits;
}

void output_folders_resume(struct output_folders *folders)
{
	folders->waits = false;
	if (folders->quiet) {
		folders_visit_all(folders);
		folders->quiet = folders->waits;
	} else {
		folders_compare(folders);
	}
}

void output_folders_mount_changed(struct output_folders *folders, const char *name)
{
	bool concerns = false;

	for (struct output_folder *folder = folders->first; folder; folder = folder->next) {
		concerns |= pathname_is_below(folder->path, name) ||
			(folder->deep && pathname_is_below(name, folder->path));
	}
	/* The watches are still those of the folders that were there before. */
	if (concerns && !folders->quiet) {
		folders_visit_again(folders);
	}
}

void output_folders_free(struct output_folders *folders)
{
	if (folders) {
		while (folders->first) {
			folder_free(&folders->first);
		}
		free(folders);
	}
}
