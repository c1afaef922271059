/* SPDX-License-Identifier: MIT */
#include "util/mount.h"

#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/mount-call.h"
#include "util/mounts.h"

static void mount_free(struct mount_list *list, struct mount *mount)
{
	loop_timer_free(mount->timer);
	loop_fd_free(mount->looks.fd);
	loop_fd_free(mount->work.fd);
	if (mount->jobs == 0) {
		mount_calls_drop(mount);
		worker_free(mount->looks.worker);
		worker_free(mount->work.worker);
	} /* otherwise a thread hangs, and still uses them */
	free(mount->folder);
	free(mount->name);
	free(mount);
	list->count--;
}

static void on_worker(uint32_t events, void *userdata)
{
	struct lane *lane = userdata;

	worker_collect(lane->worker);
}

/* The lane's worker, which is started if necessary; NULL if it cannot be started. */
static struct worker *lane_worker(
	struct mount_list *list, struct lane *lane, struct worker *(*start)(void))
{
	if (!lane->worker) {
		lane->worker = start();
	}
	if (lane->worker && !lane->fd) {
		lane->fd =
			loop_fd_new(list->loop, worker_fd(lane->worker), EPOLLIN, on_worker, lane);
	}
	return lane->fd ? lane->worker : NULL;
}

/* Makes room: frees the worker of a mount that is not in use. */
static void drop_idle(struct mount_list *list)
{
	for (struct mount **at = &list->first; *at; at = &(*at)->next) {
		struct mount *mount = *at;

		if (!mount->jobs && !mount->wanted) {
			*at = mount->next;
			mount_free(list, mount);
			return;
		}
	}
}

struct mount *mount_get(struct mount_list *list, const char *folder)
{
	struct mount *mount = list->first;

	while (mount && strcmp(mount->folder, folder) != 0) {
		mount = mount->next;
	}
	if (mount) {
		return mount;
	}
	if (list->count == MOUNT_WORKERS_MAX) {
		drop_idle(list);
	}
	if (list->count == MOUNT_WORKERS_MAX) {
		return NULL;
	}
	mount = mem_new(struct mount);
	if (!lane_worker(list, &mount->looks, worker_new_apart)) {
		worker_free(mount->looks.worker);
		free(mount);
		return NULL;
	}
	mount->folder = mem_strdup(folder);
	mount->timer = loop_timer_new(list->loop, list->due, mount);
	mount->next = list->first;
	list->first = mount;
	list->count++;
	return mount;
}

struct worker *mount_worker(struct mount_list *list, struct mount *mount)
{
	return lane_worker(list, &mount->work, worker_new);
}

void mount_each_said(struct mount_list *list, mounts_told_fn *told, void *userdata)
{
	struct mount *next;

	for (struct mount *mount = list->first; mount; mount = next) {
		mount->jobs++; /* so that it is not freed while told() runs */
		if (mount->said) {
			told(mount->folder, MOUNT_WAITS, userdata);
		}
		next = mount->next;
		mount->jobs--;
	}
}

void mount_drop_first(struct mount_list *list)
{
	struct mount *mount = list->first;

	list->first = mount->next;
	mount_free(list, mount);
}

void mount_finish_all(struct mount_list *list, uint64_t until)
{
	uint64_t now;

	for (struct mount *mount = list->first; mount; mount = mount->next) {
		while (mount->jobs && !mount->said && (now = clock_now_usec()) < until) {
			const struct lane *lanes[] = {&mount->looks, &mount->work};
			struct pollfd fds[] = {
				{.fd = worker_fd(mount->looks.worker), .events = POLLIN},
				{.fd = mount->work.worker ? worker_fd(mount->work.worker) : -1,
					.events = POLLIN},
			};

			poll(fds, COUNT_OF(fds), (int)((until - now) / 1000) + 1);
			for (size_t i = 0; i < COUNT_OF(lanes); i++) {
				if (fds[i].revents) {
					worker_collect(lanes[i]->worker);
				}
			}
		}
	}
}
