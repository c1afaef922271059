/* SPDX-License-Identifier: MIT */
#include "sources/git/git-stamp.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "sources/git/git-home.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"

/* The kernel's file times are as coarse as its tick. */
#define TICK_NSEC ((uint64_t)20000000)

static void file_look(struct git_stamp_file *file)
{
	struct stat st;

	file->device = file->inode = file->size = file->changed_nsec = 0;
	if (file->name && mounts_stat_near(file->name, &st) == 0) {
		file->device = st.st_dev;
		file->inode = st.st_ino;
		file->size = (uint64_t)st.st_size;
		file->changed_nsec =
			(uint64_t)st.st_ctim.tv_sec * 1000000000 + (uint64_t)st.st_ctim.tv_nsec;
	}
}

static bool file_is_same(const struct git_stamp_file *a, const struct git_stamp_file *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
		a->changed_nsec == b->changed_nsec;
}

bool git_stamp_take(struct git_stamp *stamp, const char *tree, const char *path, const char *common,
	uint64_t since_usec)
{
	const char *copy = git_home_copy();
	_cleanup_free_ char *xdg =
		copy ? mem_strdup(copy) : file_xdg_folder("XDG_CONFIG_HOME", ".config");
	const char *home = copy ? copy : getenv("HOME");
	bool settled = true;

	git_stamp_clear(stamp);
	stamp->files[0].name = mem_printf("%s.git", tree);
	stamp->files[1].name = mem_printf("%sconfig", common);
	stamp->files[2].name = mem_printf("%sconfig.worktree", path);
	stamp->files[3].name = home ? mem_printf("%s/.gitconfig", home) : NULL;
	stamp->files[4].name = xdg && !copy ? mem_printf("%s/git/config", xdg) : NULL;
	stamp->files[5].name = xdg ? mem_printf("%s/%s", xdg, copy ? "ignore" : "git/ignore") : NULL;
	stamp->files[6].name = mem_strdup("/etc/gitconfig");
	for (size_t i = 0; i < GIT_STAMP_FILES; i++) {
		file_look(&stamp->files[i]);
		settled = settled && stamp->files[i].changed_nsec + TICK_NSEC < since_usec * 1000;
	}
	if (!settled) {
		git_stamp_clear(stamp);
	}
	return settled;
}

bool git_stamp_holds(const struct git_stamp *stamp)
{
	for (size_t i = 0; i < GIT_STAMP_FILES; i++) {
		struct git_stamp_file now = {.name = stamp->files[i].name};

		file_look(&now);
		if (!file_is_same(&stamp->files[i], &now)) {
			return false;
		}
	}
	return stamp->files[0].name != NULL;
}

void git_stamp_clear(struct git_stamp *stamp)
{
	for (size_t i = 0; i < GIT_STAMP_FILES; i++) {
		free(stamp->files[i].name);
	}
	*stamp = (struct git_stamp){0};
}
