/* SPDX-License-Identifier: MIT */
#include "server/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

enum { PROCFS_TEXT_MAX = 16 * 1024, PROCFS_ENVIRONMENT_MAX = 128 * 1024 };
enum { PROCFS_MOUNTS_MAX = 1024 * 1024 };

int procfs_open_any(pid_t pid)
{
	char path[32];
	int process;

	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	process = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return process < 0 ? -errno : process;
}

int procfs_open(pid_t pid)
{
	struct stat st;
	int process = procfs_open_any(pid);

	if (process < 0) {
		return process;
	}
	if (fstat(process, &st) < 0 || st.st_uid != geteuid()) {
		close(process);
		return -EPERM;
	}
	return process;
}

pid_t procfs_find(procfs_pid_fn *is_it, void *userdata)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && is_it(pid, userdata)) {
			found = pid;
		}
	}
	if (proc) {
		closedir(proc);
	}
	return found;
}

ssize_t procfs_read(int process, const char *name, char *text, size_t size)
{
	int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	ssize_t used = 0, n = 0;

	if (fd < 0) {
		return -errno;
	}
	while ((size_t)used < size - 1 &&
		(n = read(fd, text + used, size - 1 - (size_t)used)) > 0) {
		used += n;
	}
	close(fd);
	text[used] = '\0';
	return n < 0 ? -EIO : used;
}

int procfs_parse_stat(const char *text, struct procfs_stat *stat)
{
	const char *name = strchr(text, '(');
	const char *end = strrchr(text, ')');
	uint64_t ticks, image = 0;
	int parent, session, terminal, status = 0;
	char state;

	/* proc(5): the fields from 3 on. */
	if (!name || !end || end < name ||
		sscanf(end + 1,
			" %c %d %*s %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			"%*s %" SCNu64 " %*s %*s %*s %*s %*s %" SCNu64
			" %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			"%*s %*s %*s %*s %*s %*s %d",
			&state, &parent, &session, &terminal, &ticks, &image, &status) < 5) {
		return -EINVAL;
	}
	*stat = (struct procfs_stat){
		.parent = parent,
		.session = session,
		.has_terminal = terminal != 0,
		.zombie = state == 'Z',
		.image = image,
		.status = status,
		.started_usec = ticks * (CLOCK_USEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK)),
	};
	snprintf(stat->name, sizeof stat->name, "%.*s", (int)(end - name - 1), name + 1);
	return 0;
}

int procfs_stat(int process, struct procfs_stat *stat)
{
	char text[1024];
	ssize_t n = procfs_read(process, "stat", text, sizeof text);

	return n < 0 ? (int)n : procfs_parse_stat(text, stat);
}

char *procfs_folder(int process)
{
	char folder[PATH_MAX];
	ssize_t n = readlinkat(process, "cwd", folder, sizeof folder);

	/* The link of a removed folder reads "... (deleted)", a name that does not exist. */
	return n > 0 && folder[0] == '/' ? mem_strndup(folder, (size_t)n) : NULL;
}

static char *procfs_strings(int process, const char *name, size_t max, size_t *length)
{
	char *text = mem_alloc(max + 1);
	ssize_t n = procfs_read(process, name, text, max + 1);

	*length = n > 0 ? (size_t)n : 0;
	text[*length] = '\0';
	return text;
}

char *procfs_command_line(int process, size_t *length)
{
	return procfs_strings(process, "cmdline", PROCFS_TEXT_MAX - 1, length);
}

char *procfs_mounts(int process)
{
	size_t length;

	return procfs_strings(process, "mountinfo", PROCFS_MOUNTS_MAX, &length);
}

char *procfs_environment(int process, size_t *length)
{
	return procfs_strings(process, "environ", PROCFS_ENVIRONMENT_MAX, length);
}

uint32_t procfs_socket(int process, int fd)
{
	char name[32], link[64];
	uint32_t inode;
	ssize_t n;

	snprintf(name, sizeof name, "fd/%d", fd);
	n = readlinkat(process, name, link, sizeof link - 1);
	link[n > 0 ? n : 0] = '\0';
	return sscanf(link, "socket:[%" SCNu32 "]", &inode) == 1 ? inode : 0;
}

/*
 * Begins with this descriptor: after "." and "..", a position in the folder is the number of a
 * descriptor.
 */
static void each_fd_from(int process, int first, procfs_fd_fn *told, void *userdata)
{
	int fds = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fds < 0 ? NULL : fdopendir(fds);
	struct dirent *entry;

	if (!folder) {
		if (fds >= 0) {
			close(fds);
		}
		return;
	}
	if (first > 0) {
		seekdir(folder, first + 2);
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] != '.' &&
			!told(process, (int)strtol(entry->d_name, NULL, 10), userdata)) {
			break;
		}
	}
	closedir(folder);
}

void procfs_each_fd(int process, procfs_fd_fn *told, void *userdata)
{
	each_fd_from(process, 0, told, userdata);
}

struct search {
	pid_t pid;
	int fd;
	struct procfs_polling *polling;
	size_t left; /* how many more descriptors to check */
};

/*
 * Whether the text is in the fdinfo of the descriptor; a busy server has thousands of lines
 * there.
 */
static bool procfs_info_has(int process, int fd, const char *wanted)
{
	char name[32], text[PROCFS_TEXT_MAX + 1];
	size_t used = 0, keep = strlen(wanted) - 1; /* it may be cut in two */
	bool found = false;
	int info;
	ssize_t n;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	info = openat(process, name, O_RDONLY | O_CLOEXEC);
	while (info >= 0 && !found && (n = read(info, text + used, PROCFS_TEXT_MAX - used)) > 0) {
		used += (size_t)n;
		found = memmem(text, used, wanted, strlen(wanted)) != NULL;
		if (used > keep) {
			memmove(text, text + used - keep, keep);
			used = keep;
		}
	}
	if (info >= 0) {
		close(info);
	}
	return found;
}

static bool procfs_links_to(int process, int fd, const char *target)
{
	char name[32], link[64];
	ssize_t n;

	snprintf(name, sizeof name, "fd/%d", fd);
	n = readlinkat(process, name, link, sizeof link - 1);
	link[n > 0 ? n : 0] = '\0';
	return strcmp(link, target) == 0;
}

/*
 * Whether the epoll set has the descriptor. The kernel compares them without writing the set out
 * as text, which takes microseconds for each descriptor in it; but the kernel may refuse that.
 */
static bool procfs_set_has(int process, pid_t pid, int epoll_fd, int fd)
{
	struct kcmp_epoll_slot slot = {.efd = (unsigned)epoll_fd, .tfd = (unsigned)fd};
	char wanted[32]; /* "tfd:        6 events:       19 data: ..." */

	if (syscall(SYS_kcmp, pid, pid, KCMP_EPOLL_TFD, fd, &slot) == 0) {
		return true;
	}
	if (errno == ENOENT || errno == EINVAL || errno == EBADF) {
		return false; /* EINVAL: it is not an epoll set */
	}
	snprintf(wanted, sizeof wanted, "tfd: %8d ", fd);
	return procfs_links_to(process, epoll_fd, "anon_inode:[eventpoll]") &&
		procfs_info_has(process, epoll_fd, wanted);
}

static bool procfs_check_epoll(int process, int fd, void *userdata)
{
	struct search *search = userdata;

	if (!search->left--) {
		search->polling->next = fd;
		return false;
	}
	if (procfs_set_has(process, search->pid, fd, search->fd)) {
		search->polling->epoll_fd = fd;
	}
	return search->polling->epoll_fd < 0;
}

bool procfs_polls(int process, pid_t pid, int fd, struct procfs_polling *polling)
{
	struct search search = {
		.pid = pid, .fd = fd, .polling = polling, .left = PROCFS_POLLS_MAX};
	int first = polling->next;

	if (polling->epoll_fd >= 0 && !procfs_set_has(process, pid, polling->epoll_fd, fd)) {
		polling->epoll_fd = -1;
	}
	polling->next = 0;
	if (polling->epoll_fd < 0) {
		each_fd_from(process, first, procfs_check_epoll, &search);
	}
	return polling->epoll_fd >= 0;
}

#define INOTIFY_LINK "anon_inode:inotify"

struct watching {
	ino_t inode;
	size_t left;
	bool found;
};

/* "inotify wd:1 ino:2d0f sdev:800002 mask:fc6 ..." */
static bool procfs_check_inotify(int process, int fd, void *userdata)
{
	struct watching *watching = userdata;
	char wanted[40];

	snprintf(wanted, sizeof wanted, " ino:%jx ", (uintmax_t)watching->inode);
	watching->found =
		procfs_links_to(process, fd, INOTIFY_LINK) && procfs_info_has(process, fd, wanted);
	return !watching->found;
}

bool procfs_watches(int process, ino_t inode)
{
	struct watching watching = {.inode = inode};

	procfs_each_fd(process, procfs_check_inotify, &watching);
	return watching.found;
}

static bool procfs_check_any_inotify(int process, int fd, void *userdata)
{
	struct watching *watching = userdata;

	watching->found = procfs_links_to(process, fd, INOTIFY_LINK);
	return !watching->found && --watching->left;
}

bool procfs_has_inotify(int process, size_t most)
{
	struct watching watching = {.left = most};

	procfs_each_fd(process, procfs_check_any_inotify, &watching);
	return watching.found;
}
