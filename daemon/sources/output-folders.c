/* SPDX-License-Identifier: MIT */
#include "sources/output-folders.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "config/setting.h"
#include "sources/output-pattern.h"
#include "util/mem.h"
#include "util/mounts.h"

/* For folders on the path to an output, and for output folders. */
#define WAY_MASK (IN_CREATE | IN_MOVED_TO | IN_MOVE_SELF)
#define OUTPUT_MASK (WAY_MASK | IN_CLOSE_WRITE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM)

struct output_folder {
	struct output_folders *folders;
	char *path;
	bool output; /* otherwise it is only on the path to one */
	bool deep; /* its subfolders are output folders too */
	bool past; /* it was moved or removed; its last events have not been read yet */
	dev_t dev;
	ino_t ino;
	struct watch *watch;
	struct output_folder *next;
};

struct output_folders {
	struct watcher *watcher;
	struct project *project;
	struct output_folders_callbacks callbacks;
	void *userdata;
	struct output_folder *first;
	unsigned count, past; /* how many folders are not past, and how many are */
	bool quiet; /* do not report the files that exist */
};

static void folders_visit_all(struct output_folders *folders);
static void folders_visit(struct output_folders *folders, const char *path, bool output, bool deep);

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

static bool folder_is_in(const struct output_folder *folder, const char *path)
{
	size_t length = strlen(path);

	return strncmp(folder->path, path, length) == 0 &&
		(!folder->path[length] || folder->path[length] == '/');
}

/* Removes the folder at `path` and all below it; with past_only, only those that are past. */
static void folders_drop(struct output_folders *folders, const char *path, bool past_only)
{
	for (struct output_folder **at = &folders->first; *at;) {
		if (folder_is_in(*at, path) && (!past_only || (*at)->past)) {
			folder_free(at);
		} else {
			at = &(*at)->next;
		}
	}
}

/* A folder at `path` is gone, but its events are still unread: report what was deleted in it. */
static void folders_pass(struct output_folders *folders, const char *path)
{
	for (struct output_folder **at = &folders->first; *at;) {
		struct output_folder *folder = *at;

		if (folder->past || !folder_is_in(folder, path)) {
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

static void folders_tell(
	struct output_folders *folders, enum output_folders_event event, const char *file)
{
	if (folders_match(folders, file)) {
		folders->callbacks.told(folders->quiet ? FOLDERS_FOUND : event, file, folders->userdata);
	}
}

static void folder_on_file(struct output_folder *folder, uint32_t mask, const char *file)
{
	struct stat st;

	if (mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) {
		folders_tell(folder->folders, FOLDERS_WRITTEN, file);
	} else if (mask & (IN_DELETE | IN_MOVED_FROM)) {
		folders_tell(folder->folders, FOLDERS_GONE, file);
	} else if (mask & IN_CREATE && lstat(file, &st) == 0 &&
		(!S_ISREG(st.st_mode) || st.st_nlink > 1)) {
		/* A hard or symbolic link is complete when it is created. */
		folders_tell(folder->folders, FOLDERS_WRITTEN, file);
	} else {
		folders_tell(folder->folders, FOLDERS_BEGUN, file);
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

static void folder_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct output_folder *folder = userdata;
	struct output_folders *folders = folder->folders;
	_cleanup_free_ char *path = mem_printf("%s/%s", folder->path, name);

	if (!mounts_ready(folder->path)) {
		folders->project->unread = true; /* everything is read again when it answers */
	} else if (mask & IN_Q_OVERFLOW) {
		/* Each folder receives this event; the first watched one handles it for all. */
		if (folder == folders_watched(folders)) {
			folders->callbacks.told(FOLDERS_LOST, NULL, folders->userdata);
			folders_drop(folders, folders->project->root, false);
			folders_visit_all(folders);
		}
	} else if (folder->past && mask & IN_IGNORED) {
		folder_end(folder);
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
	} else if (folder->output) {
		folder_on_file(folder, mask, path);
	}
}

static void folders_problem(struct output_folders *folders, const char *path, const char *why)
{
	_cleanup_free_ char *text = mem_printf("%s: %s", path, why);

	folders->callbacks.problem(text, folders->userdata);
}

/* Handles the contents of a new folder: its files are written, its folders are visited. */
static void folder_scan(struct output_folders *folders, const char *path, bool deep)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *inner = mem_printf("%s/%s", path, entry->d_name);
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			lstat(inner, &st) < 0) {
			continue;
		}
		if (!S_ISDIR(st.st_mode)) {
			folders_tell(folders, FOLDERS_WRITTEN, inner);
		} else if (deep) {
			folders_visit(folders, inner, true, true);
		}
	}
	if (dir) {
		closedir(dir);
	}
}

/*
 * Watches the folder at `path`: with `output` as an output folder, otherwise as one on the path to
 * an output. Reads an output folder that was not watched in this way before.
 */
static void folders_visit(struct output_folders *folders, const char *path, bool output, bool deep)
{
	struct output_folder *folder = folders->first;
	struct stat st;
	bool scan;

	if (lstat(path, &st) < 0) {
		folders_pass(folders, path);
		return;
	}
	while (folder && (folder->past || strcmp(folder->path, path) != 0)) {
		folder = folder->next;
	}
	if (folder && (folder->dev != st.st_dev || folder->ino != st.st_ino)) {
		folders_pass(folders, path);
		folder = NULL;
	}
	scan = output && !(folder && folder->output && folder->deep >= deep);
	if (folder && folder->watch && !scan) {
		return;
	}
	if (!folder && folders->count == OUTPUT_FOLDERS_MAX) {
		folders_problem(folders, path, "too many folders of outputs: it is not watched");
		return;
	}
	if (!folder) {
		folder = mem_new(struct output_folder);
		folder->folders = folders;
		folder->path = mem_strdup(path);
		folder->dev = st.st_dev;
		folder->ino = st.st_ino;
		folder->next = folders->first;
		folders->first = folder;
		folders->count++;
	}
	folder->output |= output;
	folder->deep |= deep;
	watch_free(folder->watch);
	folder->watch = watch_new(folders->watcher, path, folder->output ? OUTPUT_MASK : WAY_MASK,
		folder_on_event, folder);
	if (!folder->watch) {
		folders_problem(folders, path, watch_why(errno));
		return;
	}
	if (scan) {
		folder_scan(folders, path, folder->deep);
	}
}

/* A pattern may name a folder: then it means everything in it. */
static void folders_visit_if_folder(struct output_folders *folders, const char *pattern)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", folders->project->root, pattern);
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		folders_visit(folders, path, true, true);
	}
}

/* The path from the root to the pattern's base, then the base. */
static void folders_visit_pattern(struct output_folders *folders, const char *pattern)
{
	_cleanup_free_ char *base = output_pattern_base(pattern);
	const char *root = folders->project->root;

	if (output_pattern_is_plain(pattern)) {
		folders_visit_if_folder(folders, pattern);
	}
	for (char *at = base; *at;) {
		_cleanup_free_ char *path = NULL;
		char before = *at;

		*at = '\0';
		path = mem_printf("%s%s%s", root, at > base ? "/" : "", base);
		*at = before;
		folders_visit(folders, path, false, false);
		at += *at == '/';
		at += strcspn(at, "/");
	}
	if (*base) {
		_cleanup_free_ char *path = mem_printf("%s/%s", root, base);

		folders_visit(folders, path, true, output_pattern_is_deep(pattern));
	} else {
		folders_visit(folders, root, true, output_pattern_is_deep(pattern));
	}
}

static void folders_visit_all(struct output_folders *folders)
{
	const struct path_rules *outputs = &folders->project->settings->output;

	for (size_t i = 0; i < outputs->count; i++) {
		const char *written = output_pattern_of(&outputs->items[i]);
		size_t length = strlen(written);
		/* "dist/" is the folder "dist": with two slashes each file would have two names. */
		_cleanup_free_ char *pattern =
			mem_strndup(written, length - (length > 1 && written[length - 1] == '/'));

		if (output_pattern_is_good(pattern)) {
			folders_visit_pattern(folders, pattern);
		} else {
			folders_problem(folders, written, "is not a pattern of files below the root");
		}
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
	};
	folders->quiet = true;
	folders_visit_all(folders);
	folders->quiet = false;
	return folders;
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
