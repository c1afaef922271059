/* SPDX-License-Identifier: MIT */
#include "sources/folder-scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"
#include "pipeline/content.h"
#include "sources/git/git-dir.h"
#include "sources/git/git-ignore.h"
#include "sources/file-table.h"

/* Not all of these are in linux/magic.h. */
enum {
	MAGIC_CIFS = 0xff534d42,
	MAGIC_SMB2 = 0xfe534d42,
	MAGIC_FUSE = 0x65735546,
	MAGIC_CEPH = 0x00c36400,
	MAGIC_GFS2 = 0x01161970,
	MAGIC_LUSTRE = 0x0bd00bd0,
};

struct scan *scan_new(const char *root)
{
	struct scan *scan = mem_new(struct scan);

	scan->root = mem_strdup(root);
	return scan;
}

void scan_free(struct scan *scan)
{
	for (size_t i = 0; i < scan->count; i++) {
		struct scan_folder *folder = &scan->folders[i];

		for (size_t k = 0; k < folder->folder_count; k++) {
			free(folder->folders[k]);
		}
		for (size_t k = 0; k < folder->file_count; k++) {
			free(folder->files[k].name);
		}
		free(folder->folders);
		free(folder->files);
		free(folder->path);
	}
	mount_table_clear(&scan->mounts);
	free(scan->root);
	free(scan);
}

/* inotify does not report what another machine writes there. */
static bool is_far(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0) {
		return false;
	}
	switch ((uint32_t)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case MAGIC_CIFS:
	case MAGIC_SMB2:
	case MAGIC_FUSE:
	case V9FS_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case MAGIC_CEPH:
	case MAGIC_GFS2:
	case MAGIC_LUSTRE:
	case OCFS2_SUPER_MAGIC:
		return true;
	}
	return false;
}

/* Whether the folder, which has an entry of this name, is another project. */
static bool marks_another(const char *folder, const char *name)
{
	return strcmp(name, ".git") == 0 ? !git_is_submodule(folder)
					 : strcmp(name, ".savecast") == 0;
}

static bool has_another(const char *folder, const char *name)
{
	_cleanup_free_ char *marker = mem_printf("%s/%s", folder, name);
	struct stat st;

	return lstat(marker, &st) == 0 && marks_another(folder, name);
}

bool folder_scan_is_of_another(const char *root, const char *file)
{
	_cleanup_free_ char *folder = mem_strdup(file);
	size_t top = strlen(root);

	if (mounts_is_remote(file)) {
		return false;
	}
	for (char *slash = strrchr(folder, '/'); slash && slash > folder + top;
		slash = strrchr(folder, '/')) {
		*slash = '\0';
		if (has_another(folder, ".savecast") || has_another(folder, ".git")) {
			return true;
		}
	}
	return false;
}

static void add_folder(struct scan_folder *folder, const char *name)
{
	if ((folder->folder_count & (folder->folder_count - 1)) == 0) {
		folder->folders = mem_resize(folder->folders,
			folder->folder_count ? 2 * folder->folder_count : 1, sizeof(char *));
	}
	folder->folders[folder->folder_count++] = mem_strdup(name);
}

/* For a file that is not read: its ctime shows whether it was written. */
static uint64_t content_by_time(const char *path)
{
	struct stat st;
	uint64_t hash;

	if (lstat(path, &st) < 0) {
		return 0;
	}
	hash = ((uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec) *
			0xd6e8feb86659fd93ULL +
		(uint64_t)st.st_size;
	return file_table_content((const uint8_t *)&hash);
}

static void add_file(struct scan *scan, struct scan_folder *folder, const char *path, bool ignored)
{
	struct scan_file file = {.key = file_table_key(path), .ignored = ignored};
	struct content_mark mark = {.kind = CONTENT_UNKNOWN};

	if (folder->kind != SCAN_TELL && !ignored && scan->left >= SCAN_FILE_BYTES_MAX) {
		scan->left -= content_read(path, SCAN_FILE_BYTES_MAX, &mark);
	}
	if (mark.kind == CONTENT_FILE || mark.kind == CONTENT_LINK) {
		file.content = file_table_content(mark.hash);
	} else if (folder->kind != SCAN_TELL && !ignored) {
		file.content = content_by_time(path);
	}
	file.linked = mark.linked;
	if (folder->kind == SCAN_TELL || folder->kind == SCAN_COMPARE || file.linked) {
		file.name = mem_strdup(path);
	}
	if ((folder->file_count & (folder->file_count - 1)) == 0) {
		folder->files = mem_resize(folder->files,
			folder->file_count ? 2 * folder->file_count : 1, sizeof *folder->files);
	}
	folder->files[folder->file_count++] = file;
	scan->file_count++;
}

static bool entry_is_folder(const struct dirent *entry, const char *path)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN) {
		return entry->d_type == DT_DIR;
	}
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void scan_entry(struct scan *scan, struct scan_folder *folder, struct git_ignore *ignore,
	const struct dirent *entry)
{
	_cleanup_free_ char *path =
		mem_printf("%s/%s", strcmp(folder->path, "/") ? folder->path : "", entry->d_name);
	const char *mount = mount_table_find(&scan->mounts, path);
	bool apart = mount && !pathname_is_below(scan->root, mount);
	bool is_folder = apart || entry_is_folder(entry, path);
	bool ignored = !apart && git_ignore_has(ignore, path, is_folder);

	if (!is_folder) {
		add_file(scan, folder, path, ignored);
	} else if (!ignored) {
		add_folder(folder, entry->d_name);
	}
}

static void scan_folder(struct scan *scan, struct scan_folder *folder, struct git_ignore *ignore)
{
	struct dirent *entry;
	DIR *dir;

	folder->far = !scan->far_too && is_far(folder->path);
	/* For a folder that has just appeared, .gitignore has not been checked yet. */
	folder->other =
		strcmp(folder->path, scan->root) != 0 && git_ignore_has(ignore, folder->path, true);
	dir = folder->far || folder->other ? NULL : opendir(folder->path);
	while (dir && !folder->other && (entry = readdir(dir))) {
		folder->other = strcmp(folder->path, scan->root) != 0 &&
			marks_another(folder->path, entry->d_name);
		if (!folder->other && strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".git") != 0) {
			scan_entry(scan, folder, ignore, entry);
		}
	}
	if (dir) {
		closedir(dir);
	}
}

void scan_run(struct scan *scan)
{
	struct git_ignore *ignore = scan->gitignored ? NULL : git_ignore_open(scan->root);

	for (size_t i = 0; i < scan->count; i++) {
		scan_folder(scan, &scan->folders[i], ignore);
	}
	git_ignore_close(ignore);
}
