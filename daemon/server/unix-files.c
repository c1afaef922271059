/* SPDX-License-Identifier: MIT */
#include "server/unix-files.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "util/mem.h"
#include "util/mounts-leads.h"

/* A socket's file whose access time is an early one now, for one search or for several at once. */
struct watched_socket {
	char name[UNIX_NAME_MAX];
	struct timespec original, early; /* access times: before, and as it was set */
	unsigned users;
	unsigned connections; /* so many times, something was seen to have connected */
	struct watched_socket *next;
};

/* Searches run in threads of their own; each must see the connections made while another begins. */
static struct {
	pthread_mutex_t lock;
	struct watched_socket *first;
} watched = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool socket_set(const struct watched_socket *socket, const struct timespec *accessed)
{
	struct timespec times[2] = {*accessed, {.tv_nsec = UTIME_OMIT}};

	return utimensat(AT_FDCWD, socket->name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The first time, or if anything has connected since the last time, sets the early time. */
static bool socket_look(struct watched_socket *socket)
{
	struct stat stat;

	if (!mounts_may_read(socket->name) || lstat(socket->name, &stat) < 0 ||
		!S_ISSOCK(stat.st_mode)) {
		return false;
	}
	if (socket->users && stat.st_atim.tv_sec == socket->early.tv_sec &&
		stat.st_atim.tv_nsec == socket->early.tv_nsec) {
		return true;
	}
	socket->connections++;
	socket->original = stat.st_atim;
	/* One second before the file was made: no connection's time, even in the same tick. */
	socket->early = (struct timespec){.tv_sec = stat.st_mtim.tv_sec - 1};
	return socket_set(socket, &socket->early);
}

/* Where the list has the socket of this name, or its end. */
static struct watched_socket **socket_find(const char *name)
{
	struct watched_socket **at = &watched.first;

	while (*at && strcmp((*at)->name, name) != 0) {
		at = &(*at)->next;
	}
	return at;
}

static void socket_drop_unused(struct watched_socket **at)
{
	struct watched_socket *socket = *at;

	if (socket->users == 0) {
		*at = socket->next;
		free(socket);
	}
}

static bool file_begin(struct unix_file *file)
{
	struct watched_socket **at;
	bool seen;

	pthread_mutex_lock(&watched.lock);
	at = socket_find(file->name);
	if (!*at) {
		*at = mem_new(struct watched_socket);
		memcpy((*at)->name, file->name, UNIX_NAME_MAX);
	}
	seen = socket_look(*at);
	(*at)->users += seen;
	file->connections = (*at)->connections;
	socket_drop_unused(at);
	pthread_mutex_unlock(&watched.lock);
	return seen;
}

/* Whether anything has connected to it. */
static bool file_end(struct unix_file *file)
{
	struct watched_socket **at;
	bool seen, connected;

	pthread_mutex_lock(&watched.lock);
	at = socket_find(file->name);
	seen = socket_look(*at);
	connected = (*at)->connections != file->connections;
	(*at)->users--;
	if (seen && (*at)->users == 0) {
		socket_set(*at, &(*at)->original);
	}
	socket_drop_unused(at);
	pthread_mutex_unlock(&watched.lock);
	return seen && connected;
}

static void take_listening(const char *name, void *userdata)
{
	struct unix_files *files = userdata;

	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->list[i].name, name) == 0) {
			return;
		}
	}
	if (files->count < UNIX_FILES_MAX) {
		struct unix_file *file = &files->list[files->count++];

		*file = (struct unix_file){.quiet = 0};
		memcpy(file->name, name, UNIX_NAME_MAX);
	}
}

/* Keeps those for which the function is true. */
static void keep(struct unix_files *files, bool (*is_kept)(struct unix_file *))
{
	size_t left = 0;

	for (size_t i = 0; i < files->count; i++) {
		if (is_kept(&files->list[i])) {
			files->list[left++] = files->list[i];
		}
	}
	files->count = left;
}

void unix_files_begin(struct unix_files *files, struct sock_diag *diag)
{
	if (files->requests++ == 0 && !files->count) {
		unix_peers_each_listening(diag, take_listening, files);
	}
	keep(files, file_begin);
	files->any |= files->count > 0;
}

void unix_files_end(struct unix_files *files, bool soon)
{
	if (soon) {
		keep(files, file_end);
		return;
	}
	files->requests--;
	for (size_t i = 0; i < files->count; i++) {
		file_end(&files->list[i]);
	}
}

void unix_files_begin_pause(struct unix_files *files)
{
	keep(files, file_begin);
}

void unix_files_end_pause(struct unix_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		files->list[i].quiet += !file_end(&files->list[i]);
	}
}

bool unix_files_are_sure(const struct unix_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].quiet < UNIX_QUIET) {
			return false;
		}
	}
	return true;
}

void unix_files_take(const struct unix_files *files, struct sock_diag *diag, const pid_t *pids,
	size_t count, struct unix_names *names)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].quiet >= UNIX_QUIET &&
			!unix_peers_listen(diag, files->list[i].name, pids, count)) {
			unix_names_add(names, files->list[i].name);
		}
	}
}
