/* SPDX-License-Identifier: MIT */
#include "server/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/command-line.h"
#include "server/program-script.h"
#include "server/program-traits.h"
#include "util/mem.h"
#include "util/mount-table.h"
#include "util/mounts-leads.h"

struct search {
	const struct listen_socket *sockets;
	size_t socket_count;
	struct holder *holders;
	size_t count, max;
	bool on_worker; /* the disk may be looked at */
	/* The process that is being inspected: */
	int fd;
	uint32_t inode;
};

static bool search_check_fd(int process, int fd, void *userdata)
{
	struct search *search = userdata;
	uint32_t inode = procfs_socket(process, fd);

	for (size_t i = 0; inode && i < search->socket_count; i++) {
		if (search->sockets[i].inode == inode) {
			search->fd = fd;
			search->inode = inode;
			return false;
		}
	}
	return true;
}

/* Whether it is a shell in which the user types commands and may start the server. */
static bool is_login_shell(pid_t pid, const struct procfs_stat *stat)
{
	static const char *const shells[] = {
		"sh", "bash", "dash", "zsh", "fish", "ksh", "tcsh", "nu", "xonsh"};

	for (size_t i = 0; stat->session == pid && stat->has_terminal && i < COUNT_OF(shells);
		i++) {
		if (strcmp(stat->name, shells[i]) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * Whether it has a session of its own, but its parent, a Node program, keeps a channel to it: PM2 starts
 * each worker like that.
 */
static bool is_kept_by_parent(pid_t pid, const struct procfs_stat *stat)
{
	static const char variable[] = "NODE_CHANNEL_FD=";
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (stat->session != pid) {
		return false;
	}
	bytes = process_environment(pid, &length);
	return environment_find(bytes, length, variable, strlen(variable));
}

/* Whether the program restarts others, which may have a session and a terminal of their own: Reflex. */
static bool is_reloader(int process)
{
	size_t length;
	_cleanup_free_ char *bytes = procfs_command_line(process, &length);
	struct program_traits traits;

	program_traits_of(bytes, length, NULL, &traits);
	return traits.restarts == RESTARTS_ITSELF;
}

static void holder_find_ancestors(struct holder *holder, const struct procfs_stat *own)
{
	bool kept = is_kept_by_parent(holder->pid, own);
	pid_t parent = own->parent, session = own->session;
	bool together = true;

	for (size_t i = 0; i < ANCESTORS_MAX && parent > 1; i++) {
		struct procfs_stat stat = {0};
		int process = procfs_open(parent);

		if (process < 0) {
			return; /* another user's: for example the sshd of a login shell */
		}
		holder->ancestors[i] = parent;
		if (procfs_stat(process, &stat) < 0) {
			stat = (struct procfs_stat){0};
		}
		if ((kept && i == 0) ||
			(together && stat.session != session && is_reloader(process))) {
			session = stat.session;
		}
		together = together && stat.session == session && !is_login_shell(parent, &stat);
		holder->supervisors += together;
		parent = stat.parent;
		close(process);
	}
}

/* Whether the process sees this folder on a file system that may not answer. */
static bool sees_remote(int process, const char *folder)
{
	_cleanup_free_ char *text = procfs_mounts(process);
	struct mount_table table = {0};
	bool remote;

	mount_table_read(&table, text);
	remote = mount_table_find(&table, folder) != NULL;
	mount_table_clear(&table);
	return remote;
}

/*
 * Whether the name of the process's working folder is that of another folder, or of none, for the
 * daemon, because the two have different mounts: one of them may be in a container. Checks the
 * folder only if the mounts differ, and if that cannot block.
 */
static bool folder_is_elsewhere(int process, const char *folder)
{
	int self = procfs_open(getpid());
	struct stat theirs, ours;
	bool own_mounts = self >= 0 && fstatat(process, "ns/mnt", &theirs, 0) == 0 &&
		fstatat(self, "ns/mnt", &ours, 0) == 0 && theirs.st_ino != ours.st_ino;
	bool may_look = own_mounts && !sees_remote(process, folder) && mounts_may_read(folder);

	if (self >= 0) {
		close(self);
	}
	return may_look && fstatat(process, "cwd", &theirs, 0) == 0 &&
		(stat(folder, &ours) < 0 || ours.st_dev != theirs.st_dev ||
			ours.st_ino != theirs.st_ino);
}

static bool script_reloads(int process, const char *folder)
{
	size_t length;
	_cleanup_free_ char *bytes = procfs_command_line(process, &length);
	_cleanup_free_ char *script = program_script_name(bytes, length, folder);

	return script && !sees_remote(process, script) && mounts_may_read(script) &&
		program_script_reloads(script);
}

/*
 * A process that ends releases its memory before its descriptors. It is a process whose descriptors we
 * may read, so its image is not hidden from us.
 */
static bool is_ending(const struct procfs_stat *stat)
{
	return !stat->image;
}

static void search_process(struct search *search, pid_t pid)
{
	struct procfs_stat stat;
	int process;

	if (search->count == search->max || (process = procfs_open(pid)) < 0) {
		return; /* it has just ended, or belongs to another user */
	}
	search->inode = 0;
	procfs_each_fd(process, search_check_fd, search);
	if (search->inode && procfs_stat(process, &stat) == 0 && !is_ending(&stat)) {
		struct holder *holder = &search->holders[search->count++];

		*holder = (struct holder){
			.pid = pid,
			.started_usec = stat.started_usec,
			.image = stat.image,
			.generation = stat.started_usec,
			.fd = search->fd,
			.inode = search->inode,
			.polling = {.epoll_fd = -1},
			.folder = procfs_folder(process),
		};
		if (search->on_worker && holder->folder) {
			holder->elsewhere = folder_is_elsewhere(process, holder->folder);
			holder->script_reloads =
				!holder->elsewhere && script_reloads(process, holder->folder);
		}
		memcpy(holder->name, stat.name, sizeof holder->name);
		holder->accepts = procfs_polls(process, pid, search->fd, &holder->polling);
		holder_find_ancestors(holder, &stat);
	}
	close(process);
}

/* Inspects all processes, as long as there is room in the result. */
static bool search_next(pid_t pid, void *userdata)
{
	struct search *search = userdata;

	search_process(search, pid);
	return search->count == search->max;
}

size_t processes_holding(const struct listen_socket *sockets, size_t socket_count,
	struct holder *holders, size_t max)
{
	struct search search = {
		.sockets = sockets,
		.socket_count = socket_count,
		.holders = holders,
		.max = max,
		.on_worker = true,
	};

	procfs_find(search_next, &search);
	return search.count;
}

static bool search_below(int process, pid_t pid, void *userdata)
{
	search_process(userdata, pid);
	return true;
}

size_t processes_holding_below(pid_t ancestor, const struct listen_socket *sockets,
	size_t socket_count, struct holder *holders, size_t max)
{
	struct search search = {
		.sockets = sockets, .socket_count = socket_count, .holders = holders, .max = max};

	procfs_each_below(ancestor, search_below, &search);
	return search.count;
}

bool holder_still_holds(struct holder *holder)
{
	int process = procfs_open(holder->pid);
	struct procfs_stat stat;
	bool holds;

	if (process < 0) {
		return false;
	}
	holds = procfs_socket(process, holder->fd) == holder->inode &&
		procfs_stat(process, &stat) == 0 && !is_ending(&stat) &&
		stat.started_usec == holder->started_usec;
	holder->execed = holds && stat.image != holder->image;
	holder->image = holds ? stat.image : holder->image;
	holder->accepts = holds && procfs_polls(process, holder->pid, holder->fd, &holder->polling);
	close(process);
	return holds;
}

void holder_clear(struct holder *holder)
{
	free(holder->folder);
	*holder = (struct holder){0};
}
