/* SPDX-License-Identifier: MIT */
#include "sources/git/git-library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include <git2.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define LOG_MODULE "git"
#include "util/log.h"

#define LIBRARY "libgit2.so." LIBGIT2_SOVERSION

/* The functions that we call. */
#define FUNCTIONS(X)                                                                               \
	X(git_config_delete_multivar)                                                              \
	X(git_config_free)                                                                         \
	X(git_config_get_string)                                                                   \
	X(git_config_iterator_free)                                                                \
	X(git_config_iterator_new)                                                                 \
	X(git_config_multivar_iterator_new)                                                        \
	X(git_config_next)                                                                         \
	X(git_config_open_ondisk)                                                                  \
	X(git_config_set_multivar)                                                                 \
	X(git_config_set_string)                                                                   \
	X(git_error_last)                                                                          \
	X(git_ignore_path_is_ignored)                                                              \
	X(git_libgit2_init)                                                                        \
	X(git_libgit2_opts)                                                                        \
	X(git_object_free)                                                                         \
	X(git_odb_hash)                                                                            \
	X(git_odb_hashfile)                                                                        \
	X(git_repository_commondir)                                                                \
	X(git_repository_config_snapshot)                                                          \
	X(git_repository_free)                                                                     \
	X(git_repository_open_ext)                                                                 \
	X(git_repository_path)                                                                     \
	X(git_repository_workdir)                                                                  \
	X(git_revparse_single)                                                                     \
	X(git_tree_entry_name)                                                                     \
	X(git_tree_entry_type)                                                                     \
	X(git_tree_walk)

#define MEMBER(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(MEMBER)
} library;

#ifdef SAVECAST_STATIC

/* The build has given libgit2's functions these names: see daemon/static/. */
#define DECLARE(name) extern __typeof__(name) static_##name;
FUNCTIONS(DECLARE)

static void library_find_all(void)
{
#define TAKE(name) library.name = static_##name;
	FUNCTIONS(TAKE)
}

#else

static void library_missing(const char *why)
{
	log_error("%s: %s: savecast needs it: install libgit2", LIBRARY, why);
	exit(1);
}

static void *library_find(void *handle, const char *name)
{
	void *function = dlsym(handle, name);

	if (!function) {
		library_missing(name);
	}
	return function;
}

static void library_find_all(void)
{
	void *handle = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (!handle) {
		library_missing(dlerror());
	}
#define FIND(name) *(void **)&library.name = library_find(handle, #name);
	FUNCTIONS(FIND)
}

#endif

/* libgit2 reads its search paths without a lock: they change only while no thread uses them. */
static struct {
	pthread_mutex_t lock;
	const char *folder; /* NULL: the usual places */
	bool loaded;
	bool pending; /* `folder` is not used yet */
	unsigned users; /* threads in a function that searches for the user's configuration */
} home = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void library_use_home(void)
{
	static const int levels[] = {GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG};

	home.pending = false;
	for (size_t i = 0; i < COUNT_OF(levels); i++) {
		library.git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], home.folder);
	}
#if LIBGIT2_VER_MAJOR > 1 || LIBGIT2_VER_MINOR >= 7
	library.git_libgit2_opts(GIT_OPT_SET_HOMEDIR, home.folder);
#endif
}

void git_library_set_home(const char *folder)
{
	pthread_mutex_lock(&home.lock);
	home.folder = folder;
	home.pending = home.loaded;
	if (home.pending && home.users == 0) {
		library_use_home();
	}
	pthread_mutex_unlock(&home.lock);
}

bool git_library_waits_for_home(void)
{
	bool pending;

	pthread_mutex_lock(&home.lock);
	pending = home.pending;
	pthread_mutex_unlock(&home.lock);
	return pending;
}

static void library_enter(void)
{
	pthread_mutex_lock(&home.lock);
	home.users++;
	pthread_mutex_unlock(&home.lock);
}

static void library_leave(void)
{
	pthread_mutex_lock(&home.lock);
	if (--home.users == 0 && home.pending) {
		library_use_home();
	}
	pthread_mutex_unlock(&home.lock);
}

static void library_load(void)
{
	/* We read the index ourselves; libgit2 only finds the git dir and checks its owner. */
	static const char *harmless[] = {
		"objectformat", "worktreeconfig", "partialclone", "refstorage", "preciousobjects"};

	library_find_all();
	library.git_libgit2_init();
	library.git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless, (size_t)COUNT_OF(harmless));
	pthread_mutex_lock(&home.lock);
	home.loaded = true;
	if (home.folder) {
		library_use_home();
	}
	pthread_mutex_unlock(&home.lock);
}

static void library_use(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, library_load);
}

const char *git_library_why(const char *otherwise)
{
	const git_error *error = git_error_last();

	return error && error->message ? error->message : otherwise;
}

/*
 * Functions with libgit2's own names, so that its header checks the declarations, and callers
 * use them as usual.
 */
#define FORWARD(result, name, parameters, arguments)                                               \
	result name parameters                                                                     \
	{                                                                                          \
		library_use();                                                                     \
		return library.name arguments;                                                     \
	}

/* The same for those that search for the user's configuration. */
#define FORWARD_HOME(type, name, parameters, arguments)                                            \
	type name parameters                                                                       \
	{                                                                                          \
		type r;                                                                            \
                                                                                                   \
		library_use();                                                                     \
		library_enter();                                                                   \
		r = library.name arguments;                                                        \
		library_leave();                                                                   \
		return r;                                                                          \
	}

/* Freeing nothing does not load the library. */
#define FORWARD_FREE(name, type)                                                                   \
	void name(type *object)                                                                    \
	{                                                                                          \
		if (object) {                                                                      \
			library_use();                                                             \
			library.name(object);                                                      \
		}                                                                                  \
	}

/* clang-format off: it mistakes these types for products. */
FORWARD_FREE(git_config_free, git_config)
FORWARD_FREE(git_config_iterator_free, git_config_iterator)
FORWARD_FREE(git_object_free, git_object)
FORWARD_FREE(git_repository_free, git_repository)

FORWARD(int, git_config_delete_multivar,
	(git_config *config, const char *name, const char *pattern), (config, name, pattern))
FORWARD(int, git_config_get_string,
	(const char **value, const git_config *config, const char *name), (value, config, name))
FORWARD(int, git_config_iterator_new, (git_config_iterator **iterator, const git_config *config),
	(iterator, config))
FORWARD(int, git_config_multivar_iterator_new,
	(git_config_iterator **iterator, const git_config *config, const char *name,
		const char *pattern),
	(iterator, config, name, pattern))
FORWARD(int, git_config_next, (git_config_entry **entry, git_config_iterator *iterator),
	(entry, iterator))
FORWARD(int, git_config_open_ondisk, (git_config **config, const char *path), (config, path))
FORWARD(int, git_config_set_multivar,
	(git_config *config, const char *name, const char *pattern, const char *value),
	(config, name, pattern, value))
FORWARD(int, git_config_set_string, (git_config *config, const char *name, const char *value),
	(config, name, value))
FORWARD(const git_error *, git_error_last, (void), ())
FORWARD_HOME(int, git_ignore_path_is_ignored,
	(int *ignored, git_repository *repository, const char *path), (ignored, repository, path))
FORWARD(int, git_odb_hash, (git_oid *oid, const void *data, size_t length, git_object_t type),
	(oid, data, length, type))
FORWARD(int, git_odb_hashfile, (git_oid *oid, const char *path, git_object_t type),
	(oid, path, type))
FORWARD(const char *, git_repository_commondir, (const git_repository *repository), (repository))
FORWARD_HOME(int, git_repository_config_snapshot,
	(git_config **config, git_repository *repository), (config, repository))
FORWARD_HOME(int, git_repository_open_ext,
	(git_repository **repository, const char *path, unsigned flags, const char *ceilings),
	(repository, path, flags, ceilings))
FORWARD(const char *, git_repository_path, (const git_repository *repository), (repository))
FORWARD(const char *, git_repository_workdir, (const git_repository *repository), (repository))
FORWARD(int, git_revparse_single,
	(git_object **object, git_repository *repository, const char *spec),
	(object, repository, spec))
FORWARD(const char *, git_tree_entry_name, (const git_tree_entry *entry), (entry))
FORWARD(git_object_t, git_tree_entry_type, (const git_tree_entry *entry), (entry))
FORWARD(int, git_tree_walk,
	(const git_tree *tree, git_treewalk_mode mode, git_treewalk_cb told, void *payload),
	(tree, mode, told, payload))

_Static_assert(GIT_HASH_SIZE == GIT_OID_RAWSZ, "libgit2's object names are SHA-1");

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE])
{
	git_oid oid;

	if (git_odb_hash(&oid, bytes, length, GIT_OBJECT_BLOB) < 0) {
		return -EIO;
	}
	memcpy(hash, oid.id, GIT_HASH_SIZE);
	return 0;
}

int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE])
{
	char path[64];
	git_oid oid;

	snprintf(path, sizeof path, "/proc/thread-self/fd/%d", fd);
	if (git_odb_hashfile(&oid, path, GIT_OBJECT_BLOB) < 0) {
		return -EIO;
	}
	memcpy(hash, oid.id, GIT_HASH_SIZE);
	return 0;
}
