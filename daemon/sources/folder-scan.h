/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Scans some folders of a project on the worker thread: finds the folders in them, and reads
 * the contents of their files. Uses only the disk and its own struct.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/mount-table.h"

enum {
	SCAN_FOLDERS_MAX = 64, /* in one job, so that each job is short */
	/* A larger file is not read: any write of it counts as a change. */
	SCAN_FILE_BYTES_MAX = 256 * 1024,
};
/* How much all scans of a project may read in total. */
#define SCAN_BYTES_MAX (64ULL * 1024 * 1024)

/* What to do with the files in the folder. */
enum scan_kind {
	SCAN_NOTE, /* they are unchanged: record them */
	SCAN_TELL, /* the folder has just appeared: all its files are new */
	SCAN_RECHECK, /* only .gitignore may have changed */
	SCAN_COMPARE, /* events were lost: report the files whose contents differ */
};

struct scan_file {
	char *name; /* absolute; NULL if the file is only recorded and not linked */
	uint64_t key, content; /* see file-table.h */
	bool ignored; /* by .gitignore */
	bool linked; /* see content_mark */
};

struct scan_folder {
	/* In: */
	void *owner;
	char *path;
	enum scan_kind kind;
	/* Out: */
	/* it is ignored, or another project: a repository, or a folder with a .savecast */
	bool other;
	bool far; /* on a network or FUSE file system; the other fields are not set */
	char **folders; /* names of the folders in it that .gitignore does not ignore */
	size_t folder_count;
	struct scan_file *files;
	size_t file_count;
};

struct scan {
	char *root; /* of the project */
	bool gitignored; /* .gitignore is not checked */
	bool far_too; /* the kind of file system is not checked */
	struct mount_table mounts; /* folders on those that the root is not on are not touched */
	uint64_t left; /* how many bytes may still be read */
	struct scan_folder folders[SCAN_FOLDERS_MAX];
	size_t count;
	size_t file_count; /* of all folders */
};

struct scan *scan_new(const char *root);
void scan_free(struct scan *scan);
void scan_run(struct scan *scan);

/*
 * Whether a folder between the root and the file is another project, as `other` above. Reads the disk:
 * the folder may have become one since it was scanned, or is watched and not scanned yet. False for a
 * file on a remote mount, which only the worker may read.
 */
bool folder_scan_is_of_another(const char *root, const char *file);
