/* SPDX-License-Identifier: MIT */
#include "server/unix-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static bool file_set(const struct unix_file *file, const struct timespec *accessed)
{
	struct timespec times[2] = {*accessed, {.tv_nsec = UTIME_OMIT}};

	return utimensat(AT_FDCWD, file->name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One second before the file was made differs from each connection's time, even in the same tick of the clock. */
static bool file_begin(struct unix_file *file)
{
	struct stat stat;

	if (lstat(file->name, &stat) < 0 || !S_ISSOCK(stat.st_mode)) {
		return false;
	}
	file->original = stat.st_atim;
	file->early = (struct timespec){.tv_sec = stat.st_mtim.tv_sec - 1};
	return file_set(file, &file->early);
}

/* Whether anything has connected to it. */
static bool file_end(struct unix_file *file)
{
	struct stat stat;

	if (lstat(file->name, &stat) < 0 || !S_ISSOCK(stat.st_mode)) {
		return false;
	}
	if (stat.st_atim.tv_sec == file->early.tv_sec &&
		stat.st_atim.tv_nsec == file->early.tv_nsec) {
		file_set(file, &file->original);
		return false;
	}
	return true;
}

static void take_listening(const char *name, void *userdata)
{
	struct unix_files *files = userdata;

	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->list[i].name, name) == 0) {
			return;
		}
	}
	if (files->count < UNIX_FILES_MAX) {
		struct unix_file *file = &files->list[files->count++];

		*file = (struct unix_file){.quiet = 0};
		memcpy(file->name, name, UNIX_NAME_MAX);
	}
}

/* Keeps those for which the function is true. */
static void keep(struct unix_files *files, bool (*is_kept)(struct unix_file *))
{
	size_t left = 0;

	for (size_t i = 0; i < files->count; i++) {
		if (is_kept(&files->list[i])) {
			files->list[left++] = files->list[i];
		}
	}
	files->count = left;
}

void unix_files_begin(struct unix_files *files, struct sock_diag *diag)
{
	if (files->requests++ == 0 && !files->count) {
		unix_peers_each_listening(diag, take_listening, files);
	}
	keep(files, file_begin);
	files->any |= files->count > 0;
}

void unix_files_end(struct unix_files *files, bool soon)
{
	if (soon) {
		keep(files, file_end);
		return;
	}
	files->requests--;
	for (size_t i = 0; i < files->count; i++) {
		file_end(&files->list[i]);
	}
}

void unix_files_begin_pause(struct unix_files *files)
{
	keep(files, file_begin);
}

void unix_files_end_pause(struct unix_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		files->list[i].quiet += !file_end(&files->list[i]);
	}
}

bool unix_files_are_sure(const struct unix_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].quiet < UNIX_QUIET) {
			return false;
		}
	}
	return true;
}

void unix_files_take(const struct unix_files *files, struct sock_diag *diag, const pid_t *pids,
	size_t count, struct unix_names *names)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].quiet >= UNIX_QUIET &&
			!unix_peers_listen(diag, files->list[i].name, pids, count)) {
			unix_names_add(names, files->list[i].name);
		}
	}
}
