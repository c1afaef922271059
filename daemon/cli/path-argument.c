/* SPDX-License-Identifier: MIT */
#include "cli/path-argument.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "cli/arguments.h"

/* Points after the last ".." component; NULL if there is none. */
static const char *path_after_dots(const char *path)
{
	const char *after = NULL;

	for (const char *at = path; *at; at += strcspn(at, "/")) {
		at += strspn(at, "/");
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
			after = at + 2;
		}
	}
	return after;
}

/* Appends the components of `path`, except the empty and "." ones. */
static void path_append(char *to, const char *path)
{
	char *out = to + strlen(to);

	while (*(path += strspn(path, "/"))) {
		size_t n = strcspn(path, "/");

		if (n != 1 || path[0] != '.') {
			*out++ = '/';
			out = mempcpy(out, path, n);
		}
		path += n;
	}
	*out = '\0';
}

int path_argument_read(const char *given, const char *folder, char **text, const char **why)
{
	_cleanup_free_ char *joined = NULL;
	_cleanup_free_ char *clean = NULL;
	_cleanup_free_ char *name = NULL;
	const char *rest;
	int r;

	if (strncasecmp(given, "file:", 5) == 0) {
		r = pathname_from_text(given, &name, why);
		if (r == 0) {
			*text = pathname_to_text(name);
		}
		return r;
	}
	if (!*given) {
		*why = "the name is empty";
		return -EINVAL;
	}
	if (*given != '/' && !folder) {
		*why = "is relative, and the current folder is gone";
		return -ENOENT;
	}
	joined = *given == '/' ? mem_strdup(given) : mem_printf("%s/%s", folder, given);
	rest = path_after_dots(joined);
	clean = mem_alloc(PATH_MAX + strlen(joined) + 2);
	*clean = '\0';
	if (rest) {
		_cleanup_free_ char *prefix = mem_strndup(joined, (size_t)(rest - joined));

		if (!realpath(prefix, clean)) {
			r = -errno;
			*why = r == -ENOENT ? "has a .. after a folder that does not exist"
					    : strerrordesc_np(-r);
			return r;
		}
		if (strcmp(clean, "/") == 0) {
			*clean = '\0';
		}
	}
	path_append(clean, rest ? rest : joined);
	if (!*clean) {
		strcpy(clean, "/");
	}
	r = pathname_from_text(clean, &name, why);
	if (r == 0) {
		*text = pathname_to_text(name);
	}
	return r;
}

char *path_current_folder(void)
{
	return getcwd(NULL, 0);
}

bool path_argument_is_url(const char *given)
{
	size_t scheme = strspn(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.");

	return scheme && strncmp(given + scheme, "://", 3) == 0 &&
		strncasecmp(given, "file:", 5) != 0;
}

char *path_argument_guess_url(const char *given)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	size_t host = *given == '[' ? strcspn(given, "]") + 1 : strspn(given, letters);
	size_t port = 0;
	bool local = host == strlen("localhost") && strncasecmp(given, "localhost", host) == 0;
	const char *rest;

	if (!host || host > strlen(given) || access(given, F_OK) == 0) {
		return NULL;
	}
	if (given[host] == ':') {
		port = strspn(given + host + 1, "0123456789");
	}
	rest = given + host + (port ? port + 1 : 0);
	if (!(port || local) || (*rest && *rest != '/')) {
		return NULL;
	}
	return mem_printf("http://%s%s", given, *rest ? "" : "/");
}

enum exit_code path_argument_wrong(
	const struct verb *verb, const char *what, const char *given, const char *why)
{
	return arguments_wrong(verb, "%s: %s: %s", what, *given ? given : "''", why);
}
