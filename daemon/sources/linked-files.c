/* SPDX-License-Identifier: MIT */
#include "sources/linked-files.h"

#include <sys/stat.h>

#include "util/mem.h"
#include "util/mounts.h"

struct linked_file {
	struct linked_files *linked;
	struct watch *watch;
	dev_t device;
	ino_t inode;
	bool mounted;
	char name[]; /* in the project; absolute */
};

static void linked_file_drop(struct linked_file *file)
{
	struct linked_files *linked = file->linked;

	for (unsigned i = 0; i < linked->count; i++) {
		if (linked->files[i] == file) {
			linked->files[i] = linked->files[--linked->count];
			break;
		}
	}
	watch_free(file->watch);
	free(file);
}

/* Whether the name refers to a file with several names, one of them by a mount; sets `st`. */
static bool is_linked(const char *name, bool mounted, struct stat *st)
{
	return mounts_ready(name) && lstat(name, st) == 0 && S_ISREG(st->st_mode) &&
		(mounted || st->st_nlink > 1);
}

/* Whether the name still refers to the watched file, and not to one that was put in its place. */
static bool linked_file_is_there(const struct linked_file *file)
{
	struct stat st;

	return is_linked(file->name, file->mounted, &st) && st.st_dev == file->device && st.st_ino == file->inode;
}

static void linked_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct linked_file *file = userdata;
	struct linked_files *linked = file->linked;

	if (mask & IN_Q_OVERFLOW) {
		return; /* all files of the project are compared */
	}
	if (mask & IN_IGNORED || !linked_file_is_there(file)) {
		linked_file_drop(file);
		return;
	}
	linked->event(
		mask & IN_CLOSE_WRITE ? TREE_CLOSED : TREE_BEGUN, file->name, linked->userdata);
}

void linked_files_init(
	struct linked_files *linked, struct watcher *watcher, linked_files_fn *event, void *userdata)
{
	*linked = (struct linked_files){
		.watcher = watcher, .event = event, .userdata = userdata};
}

static struct linked_file *linked_find(const struct linked_files *linked, const char *name)
{
	for (unsigned i = 0; i < linked->count; i++) {
		if (strcmp(linked->files[i]->name, name) == 0) {
			return linked->files[i];
		}
	}
	return NULL;
}

/* Checks only one of them, because there may be thousands of files without room. */
static bool linked_has_room(struct linked_files *linked)
{
	struct linked_file *file;

	if (linked->count < LINKED_FILES_MAX) {
		return true;
	}
	file = linked->files[linked->check_at++ % LINKED_FILES_MAX];
	if (linked_file_is_there(file)) {
		return false;
	}
	linked_file_drop(file);
	return true;
}

static void linked_add(struct linked_files *linked, const char *name, bool mounted)
{
	struct linked_file *file = linked_find(linked, name);
	struct stat st;

	if (file && linked_file_is_there(file)) {
		return;
	}
	if (file) {
		linked_file_drop(file);
	}
	if (!linked_has_room(linked) || !is_linked(name, mounted, &st)) {
		return;
	}
	file = mem_zero(sizeof *file + strlen(name) + 1);
	file->linked = linked;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->mounted = mounted;
	strcpy(file->name, name);
	file->watch = watch_file_new(
		linked->watcher, name, IN_CLOSE_WRITE | IN_MODIFY, linked_on_event, file);
	if (!file->watch) {
		free(file);
		return;
	}
	if ((linked->count & (linked->count - 1)) == 0) {
		linked->files = mem_resize(linked->files,
			linked->count ? 2 * linked->count : 1, sizeof(struct linked_file *));
	}
	linked->files[linked->count++] = file;
}

void linked_files_add(struct linked_files *linked, const char *name)
{
	linked_add(linked, name, false);
}

void linked_files_add_mounted(struct linked_files *linked, const char *name)
{
	linked_add(linked, name, true);
}

void linked_files_clear(struct linked_files *linked)
{
	while (linked->count) {
		linked_file_drop(linked->files[0]);
	}
	free(linked->files);
	linked->files = NULL;
}
