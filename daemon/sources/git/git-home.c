/* SPDX-License-Identifier: MIT */
#include "sources/git/git-home.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>

#include "sources/git/git-library.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/worker.h"

#define LOG_MODULE "git"
#include "util/log.h"

/* Of the excludes file and of the copy of the configuration. */
enum { COPY_BYTES_MAX = 1024 * 1024 };
enum { INCLUDES_MAX = 10 };
#define REFRESH_USEC CLOCK_USEC_PER_SEC

static struct {
	struct loop *loop;
	git_home_told_fn *told;
	void *userdata;
	pthread_t thread; /* the loop's */
	_Atomic(char *) folder; /* NULL: there is no copy */
	char *name; /* a file of the user on the mount */
	pthread_mutex_t lock; /* guards `wanted` */
	char *wanted; /* a `name` that another thread has found; NULL: none */
	bool copying, again;
	uint64_t next_usec;
} git_home = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct copy {
	char *folder, *home, *xdg;
	FILE *text; /* of the configuration */
	char *excludes;
	unsigned includes;
};

static struct copy *copy_new(void)
{
	struct copy *copy = mem_new(struct copy);
	const char *home = getenv("HOME");

	copy->folder = mem_strdup(git_home.folder);
	copy->home = home ? mem_strdup(home) : NULL;
	copy->xdg = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	return copy;
}

static void copy_drop(void *data)
{
	struct copy *copy = data;

	free(copy->folder);
	free(copy->home);
	free(copy->xdg);
	free(copy->excludes);
	free(copy);
}

/* A value that names a file; NULL if it cannot be found. */
static char *file_named(const struct copy *copy, const char *value)
{
	if (value && value[0] == '~' && value[1] == '/' && copy->home) {
		return mem_printf("%s%s", copy->home, value + 1);
	}
	return value && value[0] == '/' ? mem_strdup(value) : NULL;
}

static void write_value(FILE *to, const char *value)
{
	fputs(" = \"", to);
	for (; *value; value++) {
		if (*value == '\n') {
			fputs("\\n", to);
			continue;
		}
		if (*value == '"' || *value == '\\') {
			fputc('\\', to);
		}
		fputc(*value, to);
	}
	fputc('"', to);
}

static void copy_config(struct copy *copy, const char *name);

static void copy_entry(struct copy *copy, const git_config_entry *entry)
{
	const char *dot = strchr(entry->name, '.');
	_cleanup_free_ char *named = NULL;

	if (strcmp(entry->name, "core.excludesfile") == 0) {
		free(copy->excludes);
		copy->excludes = file_named(copy, entry->value);
	} else if (strcmp(entry->name, "include.path") == 0) {
		/* libgit2 follows other includes itself, but searches for this one in the copy. */
		named = entry->value && entry->value[0] == '~' ? file_named(copy, entry->value)
							       : NULL;
		if (named && copy->includes++ < INCLUDES_MAX) {
			copy_config(copy, named);
		}
	} else if (dot && !strchr(dot + 1, '.') &&
		strcmp(entry->name, "core.attributesfile") != 0 &&
		(strncmp(entry->name, "core.", 5) == 0 || strncmp(entry->name, "safe.", 5) == 0)) {
		fprintf(copy->text, "[%.*s]\n\t%s", (int)(dot - entry->name), entry->name, dot + 1);
		if (entry->value) {
			write_value(copy->text, entry->value);
		}
		fputc('\n', copy->text);
	}
}

static void copy_config(struct copy *copy, const char *name)
{
	git_config *config = NULL;
	git_config_iterator *iterator = NULL;
	git_config_entry *entry;

	if (git_config_open_ondisk(&config, name) == 0 &&
		git_config_iterator_new(&iterator, config) == 0) {
		while (git_config_next(&entry, iterator) == 0) {
			copy_entry(copy, entry);
		}
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
}

/* Leaves a file that is the same as it is: a new one would count as changed. */
static void store(const char *folder, const char *file, const char *text, size_t length)
{
	_cleanup_free_ char *name = mem_printf("%s/%s", folder, file);
	_cleanup_free_ char *before = NULL;
	size_t before_length;
	int r;

	if (file_read_own(name, COPY_BYTES_MAX, &before, &before_length) == 0 &&
		before_length == length && memcmp(before, text, length) == 0) {
		return;
	}
	r = file_replace(name, text, length);
	if (r < 0) {
		log_warning("%s: %s: changes of git's configuration have no effect", name,
			strerror(-r));
	}
}

static void copy_excludes(struct copy *copy)
{
	_cleanup_free_ char *usual = copy->xdg ? mem_printf("%s/git/ignore", copy->xdg) : NULL;
	_cleanup_free_ char *text = NULL;
	const char *name = copy->excludes ? copy->excludes : usual;
	size_t length = 0;
	int r = name ? file_read(name, COPY_BYTES_MAX, &text, &length) : -ENOENT;

	if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
		log_warning("%s: %s: git's excludes file is not used", name, strerror(-r));
	}
	store(copy->folder, "ignore", text ? text : "", length);
}

/* In git's order: of two values, the later one counts. */
static void copy_work(void *data)
{
	struct copy *copy = data;
	_cleanup_free_ char *xdg = copy->xdg ? mem_printf("%s/git/config", copy->xdg) : NULL;
	_cleanup_free_ char *home = copy->home ? mem_printf("%s/.gitconfig", copy->home) : NULL;
	_cleanup_free_ char *text = NULL;
	size_t length;

	copy->text = open_memstream(&text, &length);
	if (xdg) {
		copy_config(copy, xdg);
	}
	if (home) {
		copy_config(copy, home);
	}
	fclose(copy->text);
	store(copy->folder, ".gitconfig", text, length);
	copy_excludes(copy);
}

/* Daemons of the same home share a copy. */
static char *folder_of_copy(const char *home, const char *xdg)
{
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *private = file_private_folder(true, &why);
	_cleanup_free_ char *both = mem_printf("%s\n%s", home ? home : "", xdg ? xdg : "");
	char digits[FILE_CHECKSUM_DIGITS + 1];

	if (!private) {
		log_warning("%s: the user's git configuration is not used", why);
		return mem_strdup("/dev/null"); /* nothing is found in it */
	}
	file_checksum(both, strlen(both), digits);
	return mem_printf("%s/git-%s", private, digits);
}

static bool take_if_remote(const char *folder, const char *file)
{
	_cleanup_free_ char *name = folder ? mem_printf("%s/%s", folder, file) : NULL;

	if (!name || !mounts_is_remote(name)) {
		return false;
	}
	git_home.name = mem_steal(name);
	return true;
}

/* A thread that hangs in libgit2 keeps all others from opening a repository until its job ends. */
static void on_worker_ended(void)
{
	if (!git_library_waits_for_home()) {
		worker_on_ended(NULL);
		if (git_home.told) {
			git_home.told(git_home.userdata);
		}
	}
}

static void begin(void)
{
	_cleanup_free_ char *xdg = file_xdg_folder("XDG_CONFIG_HOME", ".config");

	git_home.folder = folder_of_copy(getenv("HOME"), xdg);
	git_library_set_home(git_home.folder);
	if (git_library_waits_for_home()) {
		worker_on_ended(on_worker_ended);
	}
}

static bool find_remote(void)
{
	_cleanup_free_ char *xdg = file_xdg_folder("XDG_CONFIG_HOME", ".config");

	return take_if_remote(getenv("HOME"), ".gitconfig") || take_if_remote(xdg, "git/config") ||
		take_if_remote(xdg, "git/ignore");
}

void git_home_new(struct loop *loop, git_home_told_fn *told, void *userdata)
{
	static const struct mount_try what = {.work = copy_work, .drop = copy_drop};
	struct copy *copy;

	git_home.loop = loop;
	git_home.told = told;
	git_home.userdata = userdata;
	git_home.thread = pthread_self();
	if (!find_remote()) {
		return;
	}
	begin();
	copy = mounts_try_own(git_home.name, &what, copy_new());
	if (copy) {
		copy_drop(copy);
	}
}

const char *git_home_copy(void)
{
	return git_home.folder;
}

static void copy_done(void *data)
{
	copy_drop(data);
	git_home.copying = false;
	if (git_home.again) {
		git_home.again = false;
		git_home_mount_changed();
	}
}

static void take_wanted(void)
{
	pthread_mutex_lock(&git_home.lock);
	if (!git_home.folder && git_home.wanted) {
		git_home.name = mem_steal(git_home.wanted);
		begin();
	}
	pthread_mutex_unlock(&git_home.lock);
}

void git_home_want(const char *name)
{
	pthread_mutex_lock(&git_home.lock);
	if (!git_home.wanted) {
		git_home.wanted = mem_strdup(name);
	}
	pthread_mutex_unlock(&git_home.lock);
	if (git_home.loop && pthread_equal(pthread_self(), git_home.thread)) {
		git_home_refresh();
	}
}

void git_home_mount_changed(void)
{
	if (!git_home.folder && find_remote()) {
		begin();
	}
	git_home.again = git_home.copying;
	git_home.next_usec = 0;
	git_home_refresh();
}

void git_home_refresh(void)
{
	uint64_t now;

	if (!git_home.folder) {
		take_wanted();
	}
	if (!git_home.folder || git_home.copying) {
		return;
	}
	now = clock_now_usec();
	if (now >= git_home.next_usec) {
		git_home.next_usec = now + REFRESH_USEC;
		git_home.copying = true;
		mounts_look(git_home.loop, git_home.name, copy_work, copy_done, copy_new());
	}
}
