/* SPDX-License-Identifier: MIT */
#include "project/workspace-disk.h"

#include <dirent.h>
#include <glob.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "project/manifest.h"
#include "project/ts-config.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"

enum { MANIFEST_BYTES_MAX = 256 * 1024, PACKAGES_MAX = 512, TS_CONFIGS_MAX = 4 };
/* Each member's name is searched for in each file: so many bytes in all, in some 10 ms. */
enum { TS_CONFIG_WORK_MAX = 16 * 1024 * 1024 };

static bool has_file(const char *folder, const char *name)
{
	_cleanup_free_ char *file = mem_printf("%s/%s", folder, name);

	return mounts_may_read(file) && access(file, F_OK) == 0;
}

static bool has_any(const char *folder, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (has_file(folder, names[i])) {
			return true;
		}
	}
	return false;
}

/* Shortens the name to the folder above it. False once that is `root`. */
static bool go_up(char *name, const char *root)
{
	char *slash = strrchr(name, '/');

	if (!slash) {
		return false;
	}
	*slash = '\0';
	return strcmp(name, root) != 0 && pathname_is_below(name, root);
}

char *workspace_disk_part_of(const char *name, const char *root)
{
	static const char *const manifests[] = {"package.json", "pyproject.toml", "go.mod",
		"Cargo.toml", "composer.json", "Gemfile", "deno.json", "deno.jsonc", "mix.exs",
		"pom.xml", "build.gradle", "build.gradle.kts", "requirements.txt", "manage.py"};
	_cleanup_free_ char *folder = mem_strdup(name);

	if (strcmp(name, root) == 0 || !pathname_is_below(name, root)) {
		return NULL;
	}
	do {
		if (has_any(folder, manifests, COUNT_OF(manifests))) {
			return mem_steal(folder);
		}
	} while (go_up(folder, root));
	return NULL;
}

/* What the manifest of this kind in the folder says; false if there is none. */
static bool read_package(const char *folder, enum manifest_kind kind, struct manifest *manifest)
{
	const char *const files[] = {manifest_file(kind), manifest_workspace_file(kind)};
	bool found = false;

	*manifest = (struct manifest){0};
	for (size_t i = 0; i < COUNT_OF(files) && files[i]; i++) {
		_cleanup_free_ char *file = mem_printf("%s/%s", folder, files[i]);
		_cleanup_free_ char *text = NULL;
		size_t length;

		if (mounts_may_read(file) &&
			file_read(file, MANIFEST_BYTES_MAX, &text, &length) == 0) {
			(i ? manifest_read_workspace : manifest_read)(manifest, kind, text, length);
			found = true;
		}
	}
	return found;
}

bool workspace_disk_is_app(const char *folder)
{
	static const char *const files[] = {"index.html", "manage.py", "artisan", "config.ru",
		"main.go", "main.py", "app.py", "server.js", "server.ts", "src/main.rs",
		"public/index.php", "public/index.html", "src/app.html"};
	static const char *const scripts[] = {"dev", "start", "serve"};
	_cleanup_free_ char *file = mem_printf("%s/package.json", folder);
	_cleanup_free_ char *text = NULL;
	struct manifest manifest = {0};
	bool is = has_any(folder, files, COUNT_OF(files));
	size_t length;

	if (!is && mounts_may_read(file) &&
		file_read(file, MANIFEST_BYTES_MAX, &text, &length) == 0) {
		manifest_read(&manifest, MANIFEST_NPM, text, length);
		for (size_t i = 0; i < manifest.scripts.count; i++) {
			for (size_t k = 0; k < COUNT_OF(scripts); k++) {
				is |= strcmp(manifest.scripts.items[i], scripts[k]) == 0;
			}
		}
		manifest_clear(&manifest);
	}
	return is;
}

/* Folders of packages, and the packages' names (NULL: not known). */
struct packages {
	char *folders[PACKAGES_MAX];
	char *names[PACKAGES_MAX];
	size_t count;
};

static void packages_add(struct packages *packages, const char *folder, const char *name)
{
	for (size_t i = 0; i < packages->count; i++) {
		if (strcmp(packages->folders[i], folder) == 0) {
			return;
		}
	}
	if (packages->count < PACKAGES_MAX) {
		packages->folders[packages->count] = mem_strdup(folder);
		packages->names[packages->count++] = name ? mem_strdup(name) : NULL;
	}
}

static void packages_clear(struct packages *packages)
{
	for (size_t i = 0; i < packages->count; i++) {
		free(packages->folders[i]);
		free(packages->names[i]);
	}
	free(packages);
}

static const char *packages_folder(const struct packages *packages, const char *folder)
{
	for (size_t i = 0; i < packages->count; i++) {
		if (strcmp(packages->folders[i], folder) == 0) {
			return packages->folders[i];
		}
	}
	return NULL;
}

/* A manifest may name a folder on a mount that does not answer, or one whose link leads there. */
static char *ready_realpath(const char *name)
{
	return mounts_may_read(name) ? realpath(name, NULL) : NULL;
}

static void *ready_opendir(const char *name)
{
	return mounts_may_read(name) ? opendir(name) : NULL;
}

static struct dirent *read_folder(void *folder)
{
	return readdir(folder);
}

static void close_folder(void *folder)
{
	closedir(folder);
}

static int ready_stat(const char *restrict name, struct stat *restrict st)
{
	return mounts_may_read(name) ? stat(name, st) : -1;
}

static void add_pattern(
	struct packages *packages, const char *root, const char *pattern, enum manifest_kind kind)
{
	_cleanup_free_ char *whole = mem_printf("%s/%s", root, pattern);
	glob_t found = {.gl_opendir = ready_opendir,
		.gl_readdir = read_folder,
		.gl_closedir = close_folder,
		.gl_stat = ready_stat,
		.gl_lstat = ready_stat};

	if (*pattern == '!' || glob(whole, GLOB_NOSORT | GLOB_ALTDIRFUNC, NULL, &found) != 0) {
		globfree(&found);
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_free_ char *real = ready_realpath(found.gl_pathv[i]);
		struct manifest manifest;

		if (real && !strstr(real, "/node_modules/") && packages->count < PACKAGES_MAX &&
			read_package(real, kind, &manifest)) {
			packages_add(packages, real, manifest.name);
			manifest_clear(&manifest);
		}
	}
	globfree(&found);
}

/* The members of the nearest workspace that contains both; false if there is none. */
static bool find_workspace(struct packages *packages, enum manifest_kind kind, const char *root,
	const char *part, const char *other)
{
	_cleanup_free_ char *folder = mem_strdup(part);
	bool more = true;

	while (more) {
		struct manifest manifest;

		more = go_up(folder, root);
		read_package(folder, kind, &manifest);
		for (size_t i = 0; i < manifest.members.count; i++) {
			const char *pattern = manifest.members.items[i];
			const char *stars = strstr(pattern, "**");

			add_pattern(packages, folder, pattern, kind);
			if (stars) { /* glob(3) does not know "**"; two levels are enough in practice */
				_cleanup_free_ char *deeper = mem_printf(
					"%.*s*/%s", (int)(stars - pattern), pattern, stars);

				add_pattern(packages, folder, deeper, kind);
			}
		}
		manifest_clear(&manifest);
		if (packages_folder(packages, part) && packages_folder(packages, other)) {
			return true;
		}
	}
	return false;
}

/* Names of Python and Cargo packages can be written in several ways. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		bool mark = strchr("-_.", *a) && strchr("-_.", *b);

		if (!mark && strncasecmp(a, b, 1) != 0) {
			return false;
		}
	}
	return *a == *b;
}

/* Adds the folders of the packages that a package needs. */
static void follow(struct packages *reached, const struct packages *members, const char *folder,
	const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->paths.count; i++) {
		_cleanup_free_ char *name = mem_printf("%s/%s", folder, manifest->paths.items[i]);
		_cleanup_free_ char *real = ready_realpath(name);

		if (real) {
			packages_add(reached, real, NULL);
		}
	}
	for (size_t i = 0; i < manifest->needs.count; i++) {
		for (size_t k = 0; k < members->count; k++) {
			if (members->names[k] &&
				same_name(members->names[k], manifest->needs.items[i])) {
				packages_add(reached, members->folders[k], NULL);
			}
		}
	}
}

/*
 * Adds the members that the folder's tsconfig.json maps, or one that it extends. `left`: what remains
 * of TS_CONFIG_WORK_MAX; false if that is not enough.
 */
static bool follow_ts_config(struct packages *reached, const struct packages *members,
	const char *folder, size_t *left)
{
	_cleanup_free_ char *file = mem_printf("%s/tsconfig.json", folder);

	for (unsigned i = 0; file && i < TS_CONFIGS_MAX; i++) {
		_cleanup_free_ char *text = NULL, *copy = NULL;
		_cleanup_free_ char *name = mem_steal(file);
		_cleanup_free_ char *real = ready_realpath(name);
		size_t length;

		if (!real || file_read(real, MANIFEST_BYTES_MAX, &text, &length) < 0) {
			return true;
		}
		if (length * members->count > *left) {
			return false;
		}
		*left -= length * members->count;
		copy = mem_strndup(text, length);
		*strrchr(real, '/') = '\0';
		for (size_t k = 0; k < members->count; k++) {
			if (ts_config_names(copy, real, members->folders[k], i > 0)) {
				packages_add(reached, members->folders[k], NULL);
			}
		}
		file = ts_config_base(copy, real);
	}
	return true;
}

static enum workspace_need needs_of_kind(
	enum manifest_kind kind, const char *root, const char *part, const char *other)
{
	struct packages *members = mem_new(struct packages), *reached = mem_new(struct packages);
	bool known = find_workspace(members, kind, root, part, other);
	size_t left = TS_CONFIG_WORK_MAX;
	bool needs;

	packages_add(reached, part, NULL);
	for (size_t i = 0; i < reached->count; i++) {
		struct manifest manifest;

		read_package(reached->folders[i], kind, &manifest);
		follow(reached, members, reached->folders[i], &manifest);
		manifest_clear(&manifest);
		if (kind == MANIFEST_NPM) {
			known &= follow_ts_config(reached, members, reached->folders[i], &left);
		}
	}
	needs = packages_folder(reached, other);
	packages_clear(members);
	packages_clear(reached);
	return needs ? WORKSPACE_NEEDS
		/* In a workspace, Go needs no line to import another module. */
		: known && kind != MANIFEST_GO ? WORKSPACE_NEEDS_NOT
					       : WORKSPACE_UNKNOWN;
}

enum workspace_need workspace_disk_needs(const char *root, const char *part, const char *other)
{
	enum workspace_need need = WORKSPACE_UNKNOWN;

	for (enum manifest_kind kind = 0; kind < MANIFEST_KINDS; kind++) {
		if (has_file(part, manifest_file(kind))) {
			enum workspace_need one = needs_of_kind(kind, root, part, other);

			if (one == WORKSPACE_NEEDS) {
				return one;
			}
			need = one == WORKSPACE_UNKNOWN ? need : one;
		}
	}
	return need;
}
