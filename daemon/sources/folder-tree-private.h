/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by folder-tree.c (the folders), folder-event.c (their events) and folder-look.c (scans). */

#include "sources/folder-scan.h"
#include "sources/folder-tree.h"

#define TREE_FAR                                                                                   \
	"is on a network or FUSE file system, which is not watched: "                              \
	"set savecast.watch = true to watch it"

/* There may be many thousands: each takes 64 bytes, with a short name. */
struct folder {
	struct folder_tree *tree;
	struct folder *parent, *first, *next; /* parent, first subfolder, next sibling */
	struct watch *watch;
	bool queued; /* it will be scanned */
	bool looked; /* the worker scans it now */
	uint8_t kind; /* enum scan_kind of that scan */
	char name[]; /* "" for the root */
};

struct folder_tree {
	struct loop *loop;
	struct watcher *watcher;
	char *root;
	struct tree_rules rules;
	struct file_table *table;
	struct tree_callbacks callbacks;
	void *userdata;
	struct folder *top; /* NULL: the root is gone */
	unsigned count;
	struct folder **queue; /* to be scanned, in this order; NULL: one that has been removed */
	size_t queue_at, queue_end, queue_size;
	struct look *look; /* a scan in progress */
	uint64_t left; /* bytes that scans may still read */
	bool again; /* scan everything once more */
	bool comparing; /* a comparison is in progress */
	bool lost, mounted; /* because events were lost, or a mount hides files */
	bool recheck; /* check .gitignore and links once more */
	bool full; /* the limit of folders was reached */
};

/* A scan in progress; the tree may be freed before it is done. */
struct look {
	struct folder_tree *tree;
	struct scan *scan;
};

/* The folder's path, or that of `name` in it if `name` is not "". The caller frees it. */
char *folder_path(const struct folder *folder, const char *name);
/* The folder with this name in it; NULL if it is not watched. */
struct folder *folder_find(const struct folder *folder, const char *name);
/* Whether a folder with this name in it should be watched. */
bool folder_wants(const struct folder *parent, const char *name);
/* Watches a folder and queues it for a scan. `parent` is NULL for the root. False if it is not there. */
bool tree_enter(
	struct folder_tree *tree, struct folder *parent, const char *name, enum scan_kind kind);
/* Frees the folder and everything in it. */
void folder_drop(struct folder *folder);
void tree_problem(struct folder_tree *tree, const char *path, const char *why);
void tree_queue(struct folder_tree *tree, struct folder *folder, enum scan_kind kind);

/* Handles the events of a folder's watch. In folder-event.c. */
void tree_on_event(uint32_t mask, const char *name, void *userdata);
/* Starts a scan of the next folders, unless one is in progress. In folder-look.c. */
void tree_next(struct folder_tree *tree);
