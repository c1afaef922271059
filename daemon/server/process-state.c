/* SPDX-License-Identifier: MIT */
#include "server/process.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

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

enum procfs_waits process_waits(pid_t pid)
{
	int process = procfs_open(pid);
	enum procfs_waits waits = PROCFS_WAITS_UNSEEN;

	if (process >= 0) {
		waits = procfs_waits(process);
		close(process);
	}
	return waits;
}

bool process_is_runnable(pid_t pid)
{
	int process = procfs_open(pid);
	bool runnable = process >= 0 && procfs_is_runnable(process);

	if (process >= 0) {
		close(process);
	}
	return runnable;
}

/* For this long after its start, a process counts as running even if it sleeps. */
#define BEGINS_USEC (300 * CLOCK_USEC_PER_MSEC)

static bool is_one_of(const pid_t *pids, size_t count, pid_t pid)
{
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		found |= pids[i] == pid;
	}
	return found;
}

bool process_family_works(
	pid_t root, const pid_t *workers, size_t worker_count, uint64_t since_boot)
{
	pid_t family[DESCENDANTS_MAX] = {root};
	uint64_t now = clock_usec(CLOCK_BOOTTIME);
	size_t count = 1;
	bool works = false;

	for (size_t i = 0; i < count && !works; i++) {
		int process = procfs_open(family[i]);
		struct procfs_stat stat;

		if (process < 0) {
			continue;
		}
		if (!is_one_of(workers, worker_count, family[i])) {
			works = procfs_stat(process, &stat) == 0 && !stat.zombie &&
				stat.started_usec >= since_boot &&
				(now - stat.started_usec < BEGINS_USEC || procfs_is_runnable(process));
			count += procfs_children(process, &family[count], DESCENDANTS_MAX - count);
		}
		close(process);
	}
	return works;
}

char *process_program(pid_t pid)
{
	int process = procfs_open(pid);
	char file[PATH_MAX];
	const char *slash;
	ssize_t n;

	if (process < 0) {
		return NULL;
	}
	n = readlinkat(process, "exe", file, sizeof file - 1);
	close(process);
	if (n <= 0) {
		return NULL;
	}
	file[n] = '\0';
	slash = strrchr(file, '/');
	return mem_strdup(slash ? slash + 1 : file);
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
