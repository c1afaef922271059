/* SPDX-License-Identifier: MIT */
#include "server/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"

/* Reads in /proc about the threads of a process. Each has a folder in "task". */

enum { TASK_TEXT_MAX = 16 * 1024 };

/* Calls told() with the text of this file of each thread until it returns false. */
typedef bool task_fn(const char *text, void *userdata);

static void each_task(int process, const char *file, task_fn *told, void *userdata)
{
	int tasks = openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = tasks < 0 ? NULL : fdopendir(tasks);
	struct dirent *entry;
	bool goes_on = true;

	while (folder && goes_on && (entry = readdir(folder))) {
		char name[300], text[TASK_TEXT_MAX];

		snprintf(name, sizeof name, "%s/%s", entry->d_name, file);
		if (entry->d_name[0] != '.' && procfs_read(tasks, name, text, sizeof text) > 0) {
			goes_on = told(text, userdata);
		}
	}
	if (folder) {
		closedir(folder);
	} else if (tasks >= 0) {
		close(tasks);
	}
}

static bool add_run_delay(const char *text, void *userdata)
{
	uint64_t *sum = userdata, delay;

	if (sscanf(text, "%*u %" SCNu64, &delay) == 1) {
		*sum += delay / 1000;
	}
	return true;
}

uint64_t procfs_run_delay(int process)
{
	uint64_t sum = 0;

	each_task(process, "schedstat", add_run_delay, &sum);
	return sum;
}

static bool check_runnable(const char *text, void *userdata)
{
	const char *end = strrchr(text, ')');
	bool *runnable = userdata;

	*runnable = end && (strncmp(end, ") R", 3) == 0 || strncmp(end, ") D", 3) == 0);
	return !*runnable;
}

bool procfs_is_runnable(int process)
{
	bool runnable = false;

	each_task(process, "stat", check_runnable, &runnable);
	return runnable;
}

struct waits {
	bool epoll, unseen;
	size_t threads;
};

/* The kernel's function that the thread sleeps in; "0" if it runs, or if we may not know. */
static bool check_wait(const char *text, void *userdata)
{
	struct waits *waits = userdata;

	waits->threads++;
	/* ep_poll, or do_epoll_wait if the compiler has merged the two */
	waits->epoll = strncmp(text, "ep_poll", 7) == 0 || strstr(text, "epoll");
	waits->unseen |= text[0] == '0';
	return !waits->epoll;
}

enum procfs_waits procfs_waits(int process)
{
	struct waits waits = {0};

	each_task(process, "wchan", check_wait, &waits);
	return waits.epoll                       ? PROCFS_WAITS_EPOLL
		: waits.unseen || !waits.threads ? PROCFS_WAITS_UNSEEN
						 : PROCFS_WAITS_ELSEWHERE;
}

struct children {
	pid_t *pids;
	size_t count, max;
};

static bool take_children(const char *text, void *userdata)
{
	struct children *children = userdata;
	char *end;

	for (long pid = strtol(text, &end, 10); end != text && children->count < children->max;
		text = end, pid = strtol(text, &end, 10)) {
		children->pids[children->count++] = (pid_t)pid;
	}
	return true;
}

size_t procfs_children(int process, pid_t *children, size_t max)
{
	struct children found = {.pids = children, .max = max};

	each_task(process, "children", take_children, &found);
	return found.count;
}

bool procfs_each_below(pid_t root, procfs_process_fn *told, void *userdata)
{
	pid_t family[DESCENDANTS_MAX] = {root};
	size_t count = 1;
	bool goes_on = true;

	for (size_t i = 0; i < count && goes_on; i++) {
		int process = procfs_open(family[i]);

		if (process >= 0) {
			goes_on = told(process, family[i], userdata);
			count += procfs_children(process, &family[count], DESCENDANTS_MAX - count);
			close(process);
		}
	}
	return goes_on;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123" */
static uint64_t pressure_total(const char *file)
{
	int proc = open("/proc/pressure", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char text[256];
	const char *total;
	uint64_t usec = 0;

	if (proc < 0) {
		return 0;
	}
	if (procfs_read(proc, file, text, sizeof text) > 0 && (total = strstr(text, "total="))) {
		usec = strtoull(total + strlen("total="), NULL, 10);
	}
	close(proc);
	return usec;
}

uint64_t procfs_pressure(void)
{
	return pressure_total("cpu") + pressure_total("io");
}
