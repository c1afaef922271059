/* SPDX-License-Identifier: MIT */
#include "server/unix-name.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"
#include "util/mounts-leads.h"

struct name_search {
	char *name;
	uint32_t file;
};

static bool is_file(const char *name, uint32_t file)
{
	struct stat stat;

	return mounts_may_read(name) && lstat(name, &stat) == 0 && S_ISSOCK(stat.st_mode) && (uint32_t)stat.st_ino == file;
}

static bool resolves_in(pid_t pid, void *userdata)
{
	struct name_search *search = userdata;
	int process = procfs_open(pid);
	_cleanup_free_ char *folder = process >= 0 ? procfs_folder(process) : NULL;
	_cleanup_free_ char *whole = NULL;
	const char *name = search->name;

	if (process >= 0) {
		close(process);
	}
	while (strncmp(name, "./", 2) == 0) {
		name += 2;
	}
	whole = folder ? mem_printf("%s/%s", folder, name) : NULL;
	if (!whole || strlen(whole) >= UNIX_NAME_MAX || !is_file(whole, search->file)) {
		return false;
	}
	memset(search->name, 0, UNIX_NAME_MAX);
	memcpy(search->name, whole, strlen(whole));
	return true;
}

bool unix_name_resolve(char name[UNIX_NAME_MAX], uint32_t file)
{
	return *name == '/' ||
		(*name && file && procfs_find(resolves_in, &(struct name_search){name, file}) > 0);
}

static const char *last_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

bool unix_name_is(const char *bound, uint32_t file, const char *name)
{
	return strcmp(bound, name) == 0 ||
		(*bound && *bound != '/' && strcmp(last_of(bound), last_of(name)) == 0 &&
			is_file(name, file));
}
