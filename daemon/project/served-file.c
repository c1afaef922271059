/* SPDX-License-Identifier: MIT */
#include "project/served-file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/mem.h"
#include "util/mount-find.h"
#include "util/pathname.h"

enum { TRACE_LINES_MAX = 32 };
enum { SERVED_COMPONENTS_MAX = 16 }; /* of the URL's path; longer paths are not looked up */

/* Relative to the root or the server's folder; "" is the folder itself. */
static const char *const served_folders[] = {"", "static", "public", "src", "assets", "app",
	"templates", "web", "www", "dist", "build", "resources", "wwwroot"};

/* The decoded path of an http:, https: or file: URL, with its first slash. */
static char *path_of(const char *url)
{
	const char *rest = strstr(url, "://");
	const char *why;
	char *path = NULL;

	if (!rest) {
		return NULL;
	}
	rest += strlen("://");
	rest += strcspn(rest, "/?#");
	if (*rest == '/') {
		_cleanup_free_ char *raw = mem_strndup(rest, strcspn(rest, "?#"));
		_cleanup_free_ char *uri = mem_printf("file://%s", raw);

		if (pathname_from_text(uri, &path, &why) < 0) {
			return NULL;
		}
	}
	return path;
}

static char *file_below(
	const struct served *served, const char *base, const char *folder, const char *path)
{
	_cleanup_free_ char *name = mem_printf("%s%s%s%s", base, *folder ? "/" : "", folder, path);
	_cleanup_free_ char *real = NULL;
	struct mount_memory memory = {0};
	const char *mount = mount_find(&served->mounts, &memory, name);
	struct stat st;

	if (mount && !pathname_is_below(served->root, mount)) {
		return NULL; /* it may never answer, and the worker is not that mount's */
	}
	real = realpath(name, NULL);
	if (!real || !pathname_is_below(real, served->root) || stat(real, &st) < 0 ||
		!S_ISREG(st.st_mode)) {
		return NULL;
	}
	return mem_steal(real);
}

/* The project's file of that name; a relative one is below the server's folder or the root. */
static char *traced_name(const struct served *served, const char *name)
{
	_cleanup_free_ char *path = NULL;
	char *found;

	if (*name == '/') {
		return file_below(served, "", "", name);
	}
	path = mem_printf("/%s", name);
	found = served->folder ? file_below(served, served->folder, "", path) : NULL;
	return found ? found : file_below(served, served->root, "", path);
}

char *traced_file_find(const struct served *served, const char *trace, uint64_t *line)
{
	const char *at = trace;

	for (int left = TRACE_LINES_MAX; *at && left > 0; left--) {
		size_t length = strcspn(at, "\n");
		_cleanup_free_ char *name = mem_strndup(at, length);
		char *colon = strrchr(name, ':');

		if (colon) {
			char *file;

			*colon = '\0';
			file = *name ? traced_name(served, name) : NULL;
			if (file) {
				*line = strtoull(colon + 1, NULL, 10);
				return file;
			}
		}
		at += length + (at[length] == '\n');
	}
	return NULL;
}

static char *find_path(const struct served *served, const char *path)
{
	const char *root = served->root, *folder = served->folder;
	char *found = NULL;

	for (size_t i = 0; !found && i < COUNT_OF(served_folders); i++) {
		found = file_below(served, root, served_folders[i], path);
		if (!found && folder && pathname_is_below(folder, root)) {
			found = file_below(served, folder, served_folders[i], path);
		}
	}
	return found;
}

char *served_file_find(const struct served *served, const char *url)
{
	_cleanup_free_ char *path = path_of(url);
	const char *rest = path;
	char *found = NULL;
	int left = SERVED_COMPONENTS_MAX;

	while (rest && *rest && rest[1] && left-- > 0 && !found) {
		found = find_path(served, rest);
		rest = strchr(rest + 1, '/');
	}
	return found;
}
