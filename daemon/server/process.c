/* SPDX-License-Identifier: MIT */
#include "server/process.h"

#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"

struct search {
	const struct listen_socket *sockets;
	size_t socket_count;
	struct holder *holders;
	size_t count, max;
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

static void holder_find_ancestors(struct holder *holder, pid_t parent)
{
	for (size_t i = 0; i < ANCESTORS_MAX && parent > 1; i++) {
		struct procfs_stat stat;
		int process = procfs_open(parent);

		if (process < 0) {
			return; /* another user's: for example the sshd of a login shell */
		}
		holder->ancestors[i] = parent;
		parent = procfs_stat(process, &stat) == 0 ? stat.parent : 0;
		close(process);
	}
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
	if (search->inode && procfs_stat(process, &stat) == 0) {
		struct holder *holder = &search->holders[search->count++];

		*holder = (struct holder){
			.pid = pid,
			.started_usec = stat.started_usec,
			.fd = search->fd,
			.inode = search->inode,
			.accepts = procfs_polls(process, search->fd),
			.folder = procfs_folder(process),
		};
		memcpy(holder->name, stat.name, sizeof holder->name);
		holder_find_ancestors(holder, stat.parent);
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
		.sockets = sockets, .socket_count = socket_count, .holders = holders, .max = max};

	procfs_find(search_next, &search);
	return search.count;
}

size_t processes_holding_below(pid_t ancestor, const struct listen_socket *sockets,
	size_t socket_count, struct holder *holders, size_t max)
{
	struct search search = {
		.sockets = sockets, .socket_count = socket_count, .holders = holders, .max = max};
	pid_t family[DESCENDANTS_MAX] = {ancestor};
	size_t count = 1;

	for (size_t i = 0; i < count; i++) {
		int process = procfs_open(family[i]);

		if (process >= 0) {
			count += procfs_children(
				process, &family[count], DESCENDANTS_MAX - count);
			close(process);
		}
		search_process(&search, family[i]);
	}
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
		procfs_stat(process, &stat) == 0 && stat.started_usec == holder->started_usec;
	holder->accepts = holds && procfs_polls(process, holder->fd);
	close(process);
	return holds;
}

bool process_lives(pid_t pid)
{
	int process = procfs_open(pid);

	if (process >= 0) {
		close(process);
	}
	return process >= 0;
}

typedef char *read_strings_fn(int process, size_t *length);

static char *process_strings(pid_t pid, read_strings_fn *read_strings, size_t *length)
{
	int process = procfs_open(pid);
	char *text;

	if (process < 0) {
		*length = 0;
		return mem_strdup("");
	}
	text = read_strings(process, length);
	close(process);
	return text;
}

char *process_command_line(pid_t pid, size_t *length)
{
	return process_strings(pid, procfs_command_line, length);
}

char *process_environment(pid_t pid, size_t *length)
{
	return process_strings(pid, procfs_environment, length);
}

void holder_clear(struct holder *holder)
{
	free(holder->folder);
	*holder = (struct holder){0};
}
