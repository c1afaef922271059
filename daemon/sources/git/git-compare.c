/* SPDX-License-Identifier: MIT */
#include "sources/git/git-compare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"

/* An index that is being read, and its next entry. */
struct side {
	struct git_index index;
	struct git_entry entry;
	int state; /* the result of git_index_next() */
};

MEM_CLEANUP_OF(struct side *, free);

static int side_next(struct side *side)
{
	side->state = git_index_next(&side->index, &side->entry);
	return side->state;
}

static struct side *side_new(int fd, unsigned hash_size)
{
	struct side *side = mem_alloc(sizeof *side);

	side->entry.path[0] = '\0';
	side->state = git_index_begin(&side->index, fd, hash_size);
	if (side->state == 0) {
		side_next(side);
	}
	return side;
}

/* A file of this work tree: not a submodule, a sparse directory, or a skipped file. */
static bool entry_is_file(const struct git_entry *entry)
{
	return (S_ISREG(entry->mode) || S_ISLNK(entry->mode)) && !entry->skipped;
}

static bool entry_same_object(const struct git_entry *a, const struct git_entry *b)
{
	return memcmp(a->hash, b->hash, sizeof a->hash) == 0 && a->mode == b->mode &&
		a->conflict == b->conflict;
}

static bool entry_same_stat(const struct git_entry *a, const struct git_entry *b)
{
	return memcmp(a->stat, b->stat, sizeof a->stat) == 0;
}

/* Returns a new candidate; NULL if there are GIT_CANDIDATES_MAX already. */
static struct git_candidate *candidates_grow(struct git_candidates *candidates)
{
	if (candidates->kept == GIT_CANDIDATES_MAX) {
		return NULL;
	}
	if ((candidates->kept & (candidates->kept - 1)) == 0) {
		candidates->list = mem_resize(candidates->list,
			candidates->kept ? 2 * candidates->kept : 1, sizeof *candidates->list);
	}
	candidates->count++;
	return &candidates->list[candidates->kept++];
}

void git_candidates_add(struct git_candidates *candidates, const struct git_candidate *candidate)
{
	struct git_candidate *added = candidates_grow(candidates);

	if (!added) {
		candidates->count++;
		return;
	}
	*added = *candidate;
	added->path = mem_strdup(candidate->path);
}

static void candidates_add(
	struct git_candidates *candidates, const struct git_entry *old, const struct git_entry *new)
{
	bool same = old && new &&entry_same_object(old, new);
	struct git_candidate *added = candidates_grow(candidates);

	if (!added) {
		candidates->count += !same;
		return;
	}
	*added = (struct git_candidate){
		/* cppcheck-suppress nullPointerRedundantCheck ; one of both is there */
		.path = mem_strdup(old ? old->path : new->path),
		.in_old = old,
		.in_new = new,
		.same_object = same,
		.old_conflict = old && old->conflict,
		.new_conflict = new &&new->conflict,
	};
	if (old) {
		memcpy(added->old_hash, old->hash, sizeof added->old_hash);
	}
	if (new) {
		memcpy(added->new_hash, new->hash, sizeof added->new_hash);
	}
}

static void compare_entries(struct git_candidates *candidates, const struct git_entry *old,
	const struct git_entry *new, const char *prefix)
{
	/* cppcheck-suppress nullPointerRedundantCheck ; one of both is there */
	const char *path = old ? old->path : new->path;

	old = old && entry_is_file(old) ? old : NULL;
	new = new &&entry_is_file(new) ? new : NULL;
	if ((!old && !new) || strncmp(path, prefix, strlen(prefix)) != 0) {
		return;
	}
	if (!old || !new || !entry_same_object(old, new) || !entry_same_stat(old, new)) {
		candidates_add(candidates, old, new);
	}
}

int git_compare(struct git_candidates *candidates, int old_fd, int new_fd, unsigned hash_size,
	const char *prefix)
{
	_cleanup_(freep) struct side *old = side_new(old_fd, hash_size);
	_cleanup_(freep) struct side *new = side_new(new_fd, hash_size);

	while (old->state > 0 || new->state > 0) {
		int order = old->state <= 0 ? 1
			: new->state <= 0   ? -1
					    : strcmp(old->entry.path, new->entry.path);

		if (old->state < 0 || new->state < 0) {
			break;
		}
		compare_entries(candidates, order <= 0 ? &old->entry : NULL,
			order >= 0 ? &new->entry : NULL, prefix);
		if (order <= 0) {
			side_next(old);
		}
		if (order >= 0) {
			side_next(new);
		}
	}
	if (new->state < 0) {
		candidates->why = new->index.why;
		return new->state;
	}
	candidates->why = old->index.why;
	return old->state;
}

/* Whether the file's stat is still the one in the index. */
static bool entry_is_on_disk(const struct git_entry *entry, int top)
{
	struct stat st;

	if (fstatat(top, entry->path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return false;
	}
	return (uint32_t)st.st_mtim.tv_sec == git_entry_field(entry, GIT_ENTRY_MTIME) &&
		(uint32_t)st.st_mtim.tv_nsec == git_entry_field(entry, GIT_ENTRY_MTIME_NSEC) &&
		(uint32_t)st.st_size == git_entry_field(entry, GIT_ENTRY_SIZE) &&
		(uint32_t)st.st_ino == git_entry_field(entry, GIT_ENTRY_INO);
}

int git_compare_disk(struct git_candidates *candidates, int fd, unsigned hash_size, const char *top,
	const char *prefix, uint32_t max)
{
	_cleanup_(freep) struct side *side = side_new(fd, hash_size);
	int folder;

	if (side->state > 0 && side->index.left >= max) {
		return -E2BIG;
	}
	folder = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		return -errno;
	}
	for (; side->state > 0; side_next(side)) {
		const struct git_entry *entry = &side->entry;

		if (entry_is_file(entry) && strncmp(entry->path, prefix, strlen(prefix)) == 0 &&
			!entry_is_on_disk(entry, folder)) {
			candidates_add(candidates, entry, entry);
		}
	}
	close(folder);
	candidates->why = side->index.why;
	return side->state;
}

void git_candidates_clear(struct git_candidates *candidates)
{
	for (size_t i = 0; i < candidates->kept; i++) {
		free(candidates->list[i].path);
	}
	free(candidates->list);
	*candidates = (struct git_candidates){0};
}
