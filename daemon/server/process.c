/* SPDX-License-Identifier: MIT */
#include "server/process.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/procfs.h"
#include "util/mem.h"
#include "util/mount-table.h"

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

static void holder_find_ancestors(struct holder *holder, const struct procfs_stat *own)
{
	pid_t parent = own->parent;
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
		together =
			together && stat.session == own->session && !is_login_shell(parent, &stat);
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
 * Whether the name of the process's folder means another folder here, or none, because the process
 * has mounts of its own, as in a container. Checks the folder only if the mounts differ, since the
 * daemon may be the one in a container; and not if that could block.
 */
static bool folder_is_elsewhere(int process, const char *folder)
{
	int self = procfs_open(getpid());
	struct stat theirs, ours;
	bool own_mounts = self >= 0 && fstatat(process, "ns/mnt", &theirs, 0) == 0 &&
		fstatat(self, "ns/mnt", &ours, 0) == 0 && theirs.st_ino != ours.st_ino;
	bool may_look = own_mounts && !sees_remote(process, folder) && !sees_remote(self, folder);

	if (self >= 0) {
		close(self);
	}
	return may_look && fstatat(process, "cwd", &theirs, 0) == 0 &&
		(stat(folder, &ours) < 0 || ours.st_dev != theirs.st_dev ||
			ours.st_ino != theirs.st_ino);
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
			.image = stat.image,
			.generation = stat.started_usec,
			.fd = search->fd,
			.inode = search->inode,
			.epoll_fd = -1,
			.folder = procfs_folder(process),
		};
		holder->elsewhere = search->on_worker && holder->folder &&
			folder_is_elsewhere(process, holder->folder);
		memcpy(holder->name, stat.name, sizeof holder->name);
		holder->accepts = procfs_polls(process, search->fd, &holder->epoll_fd);
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
			count += procfs_children(process, &family[count], DESCENDANTS_MAX - count);
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
	/* A process that is ending has released its memory, but not yet its descriptors. */
	holds = holds && (stat.image || !holder->image);
	holder->execed = holds && stat.image != holder->image;
	holder->image = holds ? stat.image : holder->image;
	holder->accepts = holds && procfs_polls(process, holder->fd, &holder->epoll_fd);
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

/* linux/pidfd.h of Linux 6.15; older headers lack it, and older kernels refuse it. */
struct pidfd_exit_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};
enum { PIDFD_EXIT = 1 << 3 };

int process_status(pid_t pid, int pidfd)
{
	struct pidfd_exit_info info = {.mask = PIDFD_EXIT};
	struct procfs_stat stat;
	int process = procfs_open(pid);
	int status = -1;

	if (process >= 0) {
		status = procfs_stat(process, &stat) == 0 && stat.zombie ? stat.status : -1;
		close(process);
	}
	if (status < 0 && pidfd >= 0 &&
		ioctl(pidfd, _IOWR(0xff, 11, struct pidfd_exit_info), &info) == 0 &&
		(info.mask & PIDFD_EXIT)) {
		status = info.exit_code;
	}
	return status;
}

bool process_runs_others(pid_t pid)
{
	int process = procfs_open(pid);
	pid_t children[DESCENDANTS_MAX];
	struct procfs_stat stat;
	bool runs = false;
	size_t count;

	if (process < 0) {
		return false;
	}
	count = procfs_children(process, children, COUNT_OF(children));
	close(process);
	for (size_t i = 0; i < count && !runs; i++) {
		process = procfs_open(children[i]);
		if (process >= 0) {
			runs = procfs_stat(process, &stat) == 0 && !stat.zombie;
			close(process);
		}
	}
	return runs;
}

/* 0 if it cannot be known without waiting for a file server. */
static ino_t inode_of(const char *file)
{
	struct statx st;

	return statx(AT_FDCWD, file, AT_STATX_DONT_SYNC, STATX_INO, &st) == 0 ? st.stx_ino : 0;
}

bool process_watches(pid_t pid, const char *file)
{
	_cleanup_free_ char *folder = mem_strdup(file);
	char *slash = strrchr(folder, '/');
	int process = procfs_open(pid);
	ino_t own = inode_of(file), parent;
	bool watches;

	if (process < 0) {
		return false;
	}
	if (slash) {
		slash[slash == folder] = '\0';
	}
	parent = inode_of(folder);
	watches = (own && procfs_watches(process, own)) ||
		(parent && procfs_watches(process, parent));
	close(process);
	return watches;
}

uint64_t process_run_delay(pid_t pid)
{
	int process = procfs_open(pid);
	uint64_t delay = 0;

	if (process >= 0) {
		delay = procfs_run_delay(process);
		close(process);
	}
	return delay;
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
