/* SPDX-License-Identifier: MIT */
#include "sources/git/git-index.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Flags of an entry. */
enum {
	FLAG_EXTENDED = 0x4000,
	FLAG_STAGE_SHIFT = 12,
	FLAG2_SKIP_WORKTREE = 0x4000,
};

static const char index_is_split[] =
	"is split, which savecast cannot read: 'git update-index --no-split-index' fixes that";

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t git_entry_field(const struct git_entry *entry, unsigned field)
{
	return be32(entry->stat + 4 * field);
}

static int index_bad(struct git_index *index, const char *why)
{
	index->why = why;
	return -EBADMSG;
}

/* Reads until the window has `count` bytes after its position, fewer at the end of the file. */
static void index_fill(struct git_index *index, size_t count)
{
	if (index->filled - index->at >= count) {
		return;
	}
	memmove(index->window, index->window + index->at, index->filled - index->at);
	index->filled -= index->at;
	index->at = 0;
	while (index->filled < sizeof index->window) {
		ssize_t n = pread(index->fd, index->window + index->filled,
			sizeof index->window - index->filled, index->offset);

		if (n <= 0) {
			break;
		}
		index->filled += (size_t)n;
		index->offset += n;
	}
}

/* The next `count` bytes, at most the size of the window; NULL if the file ends before. */
static const uint8_t *index_take(struct git_index *index, size_t count)
{
	const uint8_t *bytes;

	index_fill(index, count);
	if (index->filled - index->at < count) {
		return NULL;
	}
	bytes = index->window + index->at;
	index->at += count;
	return bytes;
}

/* How many bytes of the file have been consumed. */
static int64_t index_place(const struct git_index *index)
{
	return index->offset - (int64_t)(index->filled - index->at);
}

int git_index_begin(struct git_index *index, int fd, unsigned hash_size)
{
	const uint8_t *header;
	struct stat st;

	index->fd = fd;
	index->hash_size = hash_size;
	index->left = 0;
	index->size = index->offset = 0;
	index->at = index->filled = 0;
	index->has_next = false;
	index->next.length = 0;
	index->next.path[0] = '\0';
	index->why = NULL;
	if (fd < 0) {
		return 0;
	}
	if (fstat(fd, &st) < 0 || st.st_size > GIT_INDEX_BYTES_MAX) {
		return index_bad(index, "is too large");
	}
	index->size = st.st_size;
	header = index_take(index, 12);
	if (!header || memcmp(header, "DIRC", 4) != 0) {
		return index_bad(index, "is not an index");
	}
	index->version = be32(header + 4);
	index->left = be32(header + 8);
	if (index->version < 2 || index->version > 4) {
		index->why = "has an unknown version";
		return -ENOTSUP;
	}
	return 0;
}

static bool component_is_good(const char *at, size_t length)
{
	return length > 0 && !(length <= 2 && memcmp(at, "..", length) == 0) &&
		!(length == 4 && memcmp(at, ".git", 4) == 0);
}

/* Rejects a name that leads up or into the git dir. */
static bool path_is_good(const char *path, size_t length)
{
	size_t from = 0;

	/* A sparse directory ends with a slash. */
	if (length > 1 && path[length - 1] == '/') {
		length--;
	}
	for (size_t i = 0; i <= length; i++) {
		if (i == length || path[i] == '/') {
			if (!component_is_good(path + from, i - from)) {
				return false;
			}
			from = i + 1;
		}
	}
	return true;
}

/* Version 4: how much of the previous path is not part of this one. */
static int index_take_strip(struct git_index *index, size_t *strip)
{
	const uint8_t *byte = index_take(index, 1);

	*strip = byte ? *byte & 127 : 0;
	while (byte && *byte & 128) {
		if (*strip > PATHNAME_MAX) {
			return index_bad(index, "has an invalid path");
		}
		byte = index_take(index, 1);
		*strip = byte ? ((*strip + 1) << 7) + (*byte & 127) : 0;
	}
	return byte ? 0 : index_bad(index, "ends within an entry");
}

/* The path; it replaces that of the previous entry. */
static int index_take_path(struct git_index *index, struct git_entry *entry, size_t header)
{
	size_t kept = 0, length;
	const uint8_t *end;

	if (index->version == 4) {
		size_t strip;
		int r = index_take_strip(index, &strip);

		if (r < 0) {
			return r;
		}
		if (strip > entry->length) {
			return index_bad(index, "has an invalid path");
		}
		kept = entry->length - strip;
	}
	index_fill(index, PATHNAME_MAX + 1);
	end = memchr(index->window + index->at, '\0', index->filled - index->at);
	if (!end) {
		return index_bad(index, "ends within a path, or has a path that is too long");
	}
	length = (size_t)(end - (index->window + index->at));
	if (kept + length > PATHNAME_MAX) {
		return index_bad(index, "has a path that is too long");
	}
	memcpy(entry->path + kept, index->window + index->at, length + 1);
	entry->length = kept + length;
	index->at += length;
	/* Up to eight NULs in total; version 4 has one. */
	length = index->version == 4 ? 1 : 8 - (header + length) % 8;
	if (!index_take(index, length)) {
		return index_bad(index, "ends within an entry");
	}
	/* In a split index, an entry that replaces one of the shared index has no name. */
	if (entry->length == 0) {
		index->why = index_is_split;
		return -ENOTSUP;
	}
	return path_is_good(entry->path, entry->length)
		? 0
		: index_bad(index, "has an invalid path");
}

/* Parses an entry into the previous one: its path may share a prefix with it. */
static int index_parse(struct git_index *index, struct git_entry *entry)
{
	size_t header = GIT_INDEX_STAT_SIZE + index->hash_size + 2;
	const uint8_t *bytes = index_take(index, header);
	uint16_t flags, more = 0;

	if (!bytes) {
		return index_bad(index, "ends within an entry");
	}
	memcpy(entry->stat, bytes, GIT_INDEX_STAT_SIZE);
	memset(entry->hash, 0, sizeof entry->hash);
	memcpy(entry->hash, bytes + GIT_INDEX_STAT_SIZE, index->hash_size);
	flags = be16(bytes + GIT_INDEX_STAT_SIZE + index->hash_size);
	if (flags & FLAG_EXTENDED) {
		bytes = index->version >= 3 ? index_take(index, 2) : NULL;
		if (!bytes) {
			return index_bad(index, "has an invalid entry");
		}
		more = be16(bytes);
		header += 2;
	}
	entry->mode = git_entry_field(entry, GIT_ENTRY_MODE);
	entry->stage = flags >> FLAG_STAGE_SHIFT & 3;
	entry->skipped = more & FLAG2_SKIP_WORKTREE;
	entry->conflict = false;
	return index_take_path(index, entry, header);
}

/* Checks the extensions after the entries; unknown ones with a lower-case name are an error. */
static int index_check_end(struct git_index *index)
{
	int64_t end = index->size - index->hash_size;

	while (index->fd >= 0 && index_place(index) < end) {
		const uint8_t *head = index_take(index, 8);
		int64_t length = head ? be32(head + 4) : 0;

		if (!head || index_place(index) + length > end) {
			return index_bad(index, "ends within an extension");
		}
		if (memcmp(head, "link", 4) == 0) {
			index->why = index_is_split;
			return -ENOTSUP;
		}
		if (head[0] >= 'a' && head[0] <= 'z' && memcmp(head, "sdir", 4) != 0) {
			index->why = "has an unknown extension";
			return -ENOTSUP;
		}
		/* Skipped without reading: the window moves. */
		index->offset = index_place(index) + length;
		index->at = index->filled = 0;
	}
	return index->fd >= 0 && index_place(index) != end
		? index_bad(index, "ends before its checksum")
		: 0;
}

/* Parses into `next`. Returns 1, 0 at the end, or an error. */
static int index_advance(struct git_index *index)
{
	char before[PATHNAME_MAX + 1];
	uint8_t stage = index->next.stage;
	bool first = !index->has_next && index->next.length == 0;
	int r;

	if (index->left == 0) {
		index->has_next = false;
		return index_check_end(index);
	}
	memcpy(before, index->next.path, index->next.length + 1);
	r = index_parse(index, &index->next);
	if (r < 0) {
		return r;
	}
	index->left--;
	index->has_next = true;
	r = first ? -1 : strcmp(before, index->next.path);
	if (r > 0 || (r == 0 && stage >= index->next.stage)) {
		return index_bad(index, "is out of order");
	}
	return 1;
}

int git_index_next(struct git_index *index, struct git_entry *entry)
{
	int r = index->has_next ? 1 : index_advance(index);

	if (r <= 0) {
		return r;
	}
	memcpy(entry->path, index->next.path, index->next.length + 1);
	memcpy(&entry->length, &index->next.length,
		sizeof *entry - offsetof(struct git_entry, length));
	entry->conflict = entry->stage > 0;
	do {
		r = index_advance(index);
	} while (r > 0 && strcmp(index->next.path, entry->path) == 0);
	return r < 0 ? r : 1;
}
