/* SPDX-License-Identifier: MIT */
#include "util/private-folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"

static bool is_own_folder(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

char *private_folder(bool make, char **why)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	_cleanup_free_ char *folder = runtime && runtime[0] == '/' && is_own_folder(runtime)
		? mem_printf("%s/savecast", runtime)
		: mem_printf("/tmp/savecast-%u", (unsigned)geteuid());
	struct stat st;

	if (make && mkdir(folder, 0700) < 0 && errno != EEXIST) {
		*why = mem_printf("%s: %s", folder, strerror(errno));
		return NULL;
	}
	if (lstat(folder, &st) < 0) {
		*why = mem_printf("%s: %s", folder, strerror(errno));
		return NULL;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		*why = mem_printf("%s: must be a folder of yours with mode 0700", folder);
		return NULL;
	}
	return mem_steal(folder);
}
