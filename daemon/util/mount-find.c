/* SPDX-License-Identifier: MIT */
#include "util/mount-find.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

#define LOCAL_USEC CLOCK_USEC_PER_SEC

enum { LINKS_MAX = 40 };

/* Removes the ".." from `at` to `end` and the component above it; returns where to continue. */
static size_t go_up(char *name, size_t at, size_t end)
{
	size_t up = at > 1 ? at - 1 : at; /* the slash before it */

	while (up > 1 && name[up - 1] != '/') {
		up--;
	}
	end += name[end] == '/';
	memmove(name + up, name + end, strlen(name + end) + 1);
	return up;
}

/*
 * Follows links one by one, as realpath() does, but never into a remote mount. Links with ".."
 * are followed from the folder in which they really are.
 */
static const char *find_behind_links(const struct mount_table *table, char name[PATH_MAX])
{
	unsigned links = 0;
	size_t at = 1;

	for (;;) {
		size_t end = at + strcspn(name + at, "/");
		char rest[PATH_MAX], target[PATH_MAX];
		const char *folder;
		char after = name[end];
		ssize_t n;

		if (end - at == 2 && name[at] == '.' && name[at + 1] == '.') {
			at = go_up(name, at, end);
			if (!name[at]) {
				return NULL;
			}
			continue;
		}
		name[end] = '\0';
		folder = mount_table_find(table, name);
		if (folder) {
			return folder;
		}
		errno = 0;
		n = end == at || (end - at == 1 && name[at] == '.')
			? -1
			: readlink(name, target, sizeof target - 1);
		name[end] = after;
		if (n < 0 && (errno == ENOENT || errno == ENOTDIR)) {
			return NULL; /* nothing below it exists, so nothing below it is a link */
		}
		if (n >= 0) {
			size_t keep = target[0] == '/' ? 0 : at;

			target[n] = '\0';
			if (++links > LINKS_MAX ||
				keep + (size_t)n + strlen(name + end) >= PATH_MAX) {
				return NULL; /* no system call follows it either */
			}
			strcpy(rest, name + end);
			strcpy(name + keep, target);
			strcat(name, rest);
			at = keep ? keep : 1;
			continue;
		}
		if (!after) {
			return NULL;
		}
		at = end + 1;
	}
}

/* Remembers answers for a second, since the same few names are looked up repeatedly. */
static bool is_known(const struct mount_memory *memory, const char *name, uint64_t now)
{
	for (size_t i = 0; i < sizeof memory->local / sizeof memory->local[0]; i++) {
		if (now < memory->local[i].until_usec && strcmp(memory->local[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

const char *mount_find(
	const struct mount_table *table, struct mount_memory *memory, const char *name)
{
	struct mount_local *local;
	const char *folder;
	char copy[PATH_MAX];
	uint64_t now;

	if (!table->count || *name != '/' || strlen(name) >= PATH_MAX) {
		return NULL;
	}
	folder = mount_table_find(table, name);
	if (folder) {
		return folder;
	}
	now = clock_now_usec();
	if (is_known(memory, name, now)) {
		return NULL;
	}
	folder = find_behind_links(table, strcpy(copy, name));
	if (!folder) {
		local = &memory->local[memory->next++ % (sizeof memory->local / sizeof *local)];
		strcpy(local->name, name);
		local->until_usec = now + LOCAL_USEC;
	}
	return folder;
}

struct search {
	struct mount_table table;
	char *const *names;
	size_t count;
	char *folder;
	void (*found)(char *folder, void *userdata);
	void *userdata;
};

static void search_work(void *userdata)
{
	struct search *search = userdata;
	struct mount_memory memory = {0};
	const char *folder = NULL;

	for (size_t i = 0; i < search->count && !folder; i++) {
		folder = mount_find(&search->table, &memory, search->names[i]);
	}
	search->folder = folder ? mem_strdup(folder) : NULL;
}

static void search_done(void *userdata)
{
	_cleanup_free_ struct search *search = userdata;

	mount_table_clear(&search->table);
	search->found(search->folder, search->userdata);
}

void mount_find_many(struct loop *loop, const struct mount_table *table, char *const *names,
	size_t count, void (*found)(char *folder, void *userdata), void *userdata)
{
	struct search *search = mem_new(struct search);

	*search = (struct search){
		.names = names, .count = count, .found = found, .userdata = userdata};
	mount_table_copy(&search->table, table);
	loop_job(loop, search_work, search_done, search);
}
