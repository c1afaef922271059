/* SPDX-License-Identifier: MIT */
#include "sources/output-folders-private.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "config/setting.h"
#include "sources/output-pattern.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"

/* For folders on the path to an output, and for output folders. */
#define WAY_MASK (IN_CREATE | IN_MOVED_TO | IN_MOVE_SELF)
#define OUTPUT_MASK (WAY_MASK | IN_CLOSE_WRITE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM)

static void folders_problem(struct output_folders *folders, const char *path, const char *why)
{
	_cleanup_free_ char *text = mem_printf("%s: %s", path, why);

	folders->callbacks.problem(text, folders->userdata);
}

static void folders_wait(struct output_folders *folders, const char *path)
{
	folders_problem(folders, path, "does not answer: its outputs wait");
	folders->waits = true;
}

/* The names in a folder; see mounts_try(). */
struct listing {
	char *path;
	char **names;
	size_t count;
};

static void listing_work(void *data)
{
	struct listing *listing = data;
	DIR *dir = opendir(listing->path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		if ((listing->count & (listing->count - 1)) == 0) {
			listing->names = mem_resize(listing->names,
				listing->count ? 2 * listing->count : 1, sizeof *listing->names);
		}
		listing->names[listing->count++] = mem_strdup(entry->d_name);
	}
	if (dir) {
		closedir(dir);
	}
}

static void listing_drop(void *data)
{
	struct listing *listing = data;

	while (listing->count) {
		free(listing->names[--listing->count]);
	}
	free(listing->names);
	free(listing->path);
	free(listing);
}

/*
 * A file that exists in a new folder counts as written. At first it is only noted, unless it was
 * written after that was asked for: a mount may have answered later. A local file is looked at
 * when it is asked for.
 */
static void tell_file(
	struct output_folders *folders, const char *file, const struct statx *st, bool remote)
{
	uint64_t changed =
		(uint64_t)st->stx_ctime.tv_sec * CLOCK_USEC_PER_SEC + st->stx_ctime.tv_nsec / 1000;
	bool early = !remote || changed < folders->since_usec;

	folders_tell(folders, folders->quiet && early ? FOLDERS_FOUND : FOLDERS_WRITTEN, file);
}

/* Handles the contents of a new folder: its folders are visited. */
static void folder_scan(struct output_folders *folders, const char *path, bool deep)
{
	static const struct mount_try what = {.work = listing_work, .drop = listing_drop};
	struct listing *listing = mem_new(struct listing);
	bool remote = mounts_is_remote(path);

	listing->path = mem_strdup(path);
	listing = mounts_try(path, &what, listing);
	if (!listing) {
		folders_wait(folders, path);
		return;
	}
	for (size_t i = 0; i < listing->count; i++) {
		_cleanup_free_ char *inner = mem_printf("%s/%s", path, listing->names[i]);
		struct statx st;

		if (mounts_lstat(inner, &st) < 0) {
			if (errno == EAGAIN) {
				folders_wait(folders, inner);
			}
		} else if (!S_ISDIR(st.stx_mode)) {
			tell_file(folders, inner, &st, remote);
		} else if (deep) {
			folders_visit(folders, inner, true, true);
		}
	}
	listing_drop(listing);
}

static bool folder_watch(struct output_folder *folder)
{
	struct output_folders *folders = folder->folders;

	watch_free(folder->watch);
	folder->watch = watch_new(folders->watcher, folder->path,
		folder->output ? OUTPUT_MASK : WAY_MASK, folder_on_event, folder);
	if (!folder->watch && errno == EAGAIN) {
		folders_wait(folders, folder->path);
	} else if (!folder->watch) {
		folders_problem(folders, folder->path, watch_why(errno));
	}
	return folder->watch;
}

/* What a mount did not answer is read the next time. */
static void folder_read(struct output_folder *folder)
{
	struct output_folders *folders = folder->folders;
	bool waited = folders->waits;

	folders->waits = false;
	folder_scan(folders, folder->path, folder->deep);
	folder->scanned = !folders->waits;
	folders->waits |= waited;
}

void folders_visit(struct output_folders *folders, const char *path, bool output, bool deep)
{
	struct output_folder *folder = folders->first;
	struct statx st;
	bool scan;

	if (mounts_lstat(path, &st) < 0) {
		if (errno == EAGAIN) {
			folders_wait(folders, path);
		} else {
			folders_pass(folders, path);
		}
		return;
	}
	while (folder && (folder->past || strcmp(folder->path, path) != 0)) {
		folder = folder->next;
	}
	if (folder &&
		(folder->dev != makedev(st.stx_dev_major, st.stx_dev_minor) ||
			folder->ino != st.stx_ino)) {
		folders_pass(folders, path);
		folder = NULL;
	}
	scan = output && !(folder && folder->scanned && folder->deep >= deep);
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
		folder->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
		folder->ino = st.stx_ino;
		folder->next = folders->first;
		folders->first = folder;
		folders->count++;
		if (S_ISLNK(st.stx_mode)) {
			folders->callbacks.linked(folders->userdata);
		}
	}
	folder->output |= output;
	folder->deep |= deep;
	if (S_ISLNK(st.stx_mode) && !folder->output) {
		return; /* the watch of its folder reports changes of the link */
	}
	if (folder_watch(folder) && scan) {
		folder_read(folder);
	}
}

/* A pattern may name a folder: then it means everything in it. */
static void folders_visit_if_folder(struct output_folders *folders, const char *pattern)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", folders->project->root, pattern);
	struct statx st;

	if (mounts_lstat(path, &st) < 0) {
		if (errno == EAGAIN) {
			folders_wait(folders, path);
		}
	} else if (S_ISDIR(st.stx_mode)) {
		folders_visit(folders, path, true, true);
	}
}

/* The path from the root to the pattern's base, then the base. */
static void folders_visit_pattern(struct output_folders *folders, const char *pattern)
{
	_cleanup_free_ char *base = output_pattern_base(pattern), *last = NULL;
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
	last = mem_printf("%s%s%s", root, *base ? "/" : "", base);
	folders_visit(folders, last, true, output_pattern_is_deep(pattern));
}

void folders_visit_all(struct output_folders *folders)
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
			folders_problem(
				folders, written, "is not a pattern of files below the root");
		}
	}
}
