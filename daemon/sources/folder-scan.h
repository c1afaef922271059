/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A look into some folders of a project, for the worker thread: which folders are in
 * them, and what their files hold. Touches the disk and its own struct, nothing else.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SCAN_FOLDERS_MAX = 64, /* in one job, so that it is a short one */
	/* What is larger is not read: any write of it counts as a change. */
	SCAN_FILE_BYTES_MAX = 256 * 1024,
};
/* What all scans of a project together read. */
#define SCAN_BYTES_MAX (64ULL * 1024 * 1024)

/* What is to be done with the files that are found. */
enum scan_kind {
	SCAN_NOTE, /* they are what they were: to be noted */
	SCAN_TELL, /* the folder has just come: all are new */
	SCAN_RECHECK, /* what .gitignore says may have changed, and that alone is of interest */
	SCAN_COMPARE, /* events were lost: those that hold something else are to be told */
};

struct scan_file {
	char *name; /* absolute; NULL if it is only to be noted */
	uint64_t key, content; /* see file-table.h */
	bool ignored; /* by .gitignore */
};

struct scan_folder {
	/* In: */
	void *owner;
	char *path;
	enum scan_kind kind;
	/* Out: */
	bool other; /* it is ignored, or another project's: a repository of its own, or has a .savecast */
	bool far; /* on a network or FUSE file system; nothing else is said */
	char **folders; /* names of those in it that .gitignore lets count */
	size_t folder_count;
	struct scan_file *files;
	size_t file_count;
};

struct scan {
	char *root; /* of the project */
	bool gitignored; /* .gitignore is not asked */
	bool far_too; /* file systems are not asked */
	uint64_t left; /* bytes that may be read */
	struct scan_folder folders[SCAN_FOLDERS_MAX];
	size_t count;
	size_t file_count; /* of all */
};

struct scan *scan_new(const char *root);
void scan_free(struct scan *scan);
void scan_run(struct scan *scan);
