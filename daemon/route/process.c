/* SPDX-License-Identifier: MIT */
#include "route/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* "pid (name) state ppid ...": the name may hold anything, also ") ". */
static void holder_read_stat(struct holder *holder, int process)
{
	char text[1024];
	int fd = openat(process, "stat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	char *open, *close_paren;

	if (fd >= 0) {
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	open = strchr(text, '(');
	close_paren = strrchr(text, ')');
	if (!open || !close_paren || close_paren < open) {
		return;
	}
	snprintf(holder->name, sizeof holder->name, "%.*s", (int)(close_paren - open - 1),
		open + 1);
	sscanf(close_paren + 1,
		" %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		"%" SCNu64,
		&holder->start_time);
}

static void holder_read(struct holder *holder, int process)
{
	char folder[PATH_MAX];
	ssize_t n = readlinkat(process, "cwd", folder, sizeof folder - 1);

	holder_read_stat(holder, process);
	if (n > 0 && folder[0] == '/') {
		folder[n] = '\0';
		holder->folder = mem_strdup(folder);
	}
}

/* Which of the listeners this process holds, by its descriptors; -1 for none. */
static int process_listener(int process, const struct listen_socket *listeners, size_t count)
{
	int fds = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fds < 0 ? NULL : fdopendir(fds);
	int found = -1;
	struct dirent *entry;

	if (!folder) {
		if (fds >= 0) {
			close(fds);
		}
		return -1;
	}
	while (found < 0 && (entry = readdir(folder))) {
		char link[64];
		ssize_t n = readlinkat(fds, entry->d_name, link, sizeof link - 1);
		uint32_t inode;

		link[n > 0 ? n : 0] = '\0';
		if (sscanf(link, "socket:[%" SCNu32 "]", &inode) != 1) {
			continue;
		}
		for (size_t i = 0; i < count && found < 0; i++) {
			if (listeners[i].inode == inode) {
				found = (int)i;
			}
		}
	}
	closedir(folder);
	return found;
}

size_t processes_holding(const struct listen_socket *listeners, size_t listener_count,
	struct holder *holders, size_t max)
{
	DIR *proc = opendir("/proc");
	uid_t own = geteuid();
	size_t count = 0;
	struct dirent *entry;

	while (proc && count < max && (entry = readdir(proc))) {
		struct stat st;
		int process, listener;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9') {
			continue;
		}
		process = openat(
			dirfd(proc), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (process < 0) {
			continue; /* it has just ended */
		}
		listener = fstat(process, &st) == 0 && st.st_uid == own
			? process_listener(process, listeners, listener_count)
			: -1;
		if (listener >= 0) {
			holders[count] = (struct holder){
				.pid = (pid_t)strtol(entry->d_name, NULL, 10),
				.listener = (size_t)listener,
			};
			holder_read(&holders[count++], process);
		}
		close(process);
	}
	if (proc) {
		closedir(proc);
	}
	return count;
}

void holder_clear(struct holder *holder)
{
	free(holder->folder);
	*holder = (struct holder){0};
}
