/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "server/server-processes-private.h"
#include "util/clock.h"

/* Which of a server's processes serves, and since when with its present code. */

/* Of a process that uses epoll, we see whether it accepts; of others, only that they once did. */
static bool member_accepts(
	const struct server_processes *processes, const struct server_process *member)
{
	return (member->holder.accepts && !member->passes) ||
		(!processes->uses_epoll && !member->supervisor && member->trusted);
}

static bool is_supervisor(const struct server_worker *last, pid_t pid)
{
	bool found = pid == last->pid;

	for (size_t i = 0; i < last->supervisor_count; i++) {
		found |= last->supervisors[i] == pid;
	}
	return found;
}

/* Whether the same supervisor, or the last worker itself, has started it. */
static bool came_by_itself(const struct server_worker *last, const struct holder *worker)
{
	bool by_itself = worker->pid == last->pid;

	for (size_t i = 0; i < worker->supervisors; i++) {
		by_itself |= is_supervisor(last, worker->ancestors[i]);
	}
	return by_itself;
}

/* The farthest process that may have started the worker, or the worker itself; 0: none. */
static pid_t root_of(const struct server_worker *last)
{
	return last->supervisor_count ? last->supervisors[last->supervisor_count - 1] : last->pid;
}

static void note_worker(struct server_processes *processes, const struct holder *worker)
{
	struct server_worker *last = &processes->last;
	bool is_new = last->pid != worker->pid || last->generation != worker->generation;

	if (is_new) {
		processes->by_itself = came_by_itself(last, worker);
	}
	*last = (struct server_worker){
		.pid = worker->pid,
		.started_usec = worker->started_usec,
		.generation = worker->generation,
		.seen_boot = clock_usec(CLOCK_BOOTTIME),
		.supervisor_count = worker->supervisors,
	};
	memcpy(last->supervisors, worker->ancestors, sizeof worker->ancestors);
	if (is_new) {
		family_watch_note(&processes->watch, root_of(last), worker->pid);
	}
}

uint64_t server_processes_run_delay(const struct server_processes *processes)
{
	const struct server_worker *last = &processes->last;
	uint64_t delay = last->pid ? process_run_delay(last->pid) : 0;

	for (size_t i = 0; i < last->supervisor_count; i++) {
		delay += process_run_delay(last->supervisors[i]);
	}
	return delay;
}

bool server_processes_begin_work(const struct server_processes *processes, uint64_t since_boot)
{
	pid_t root = root_of(&processes->last), workers[HOLDERS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < processes->count; i++) {
		if (!processes->items[i]->supervisor) {
			workers[count++] = processes->items[i]->holder.pid;
		}
	}
	return root && process_family_works(root, workers, count, since_boot);
}

bool server_processes_have_ended(const struct server_processes *processes)
{
	const struct server_worker *last = &processes->last;
	bool lives = processes->count || (last->pid && process_lives(last->pid));

	for (size_t i = 0; i < last->supervisor_count && !lives; i++) {
		lives = process_runs_others(last->supervisors[i]);
	}
	return !lives;
}

/*
 * A supervisor may have put the socket into an epoll set before it forked its workers, which share the
 * set, as morbo does with EV. Then only who waits for the set accepts. While a process runs, that
 * is not seen.
 */
static void find_passing(struct server_processes *processes)
{
	bool worker_polls = false;

	for (size_t i = 0; i < processes->count; i++) {
		const struct server_process *member = processes->items[i];

		worker_polls |= !member->supervisor && member->holder.accepts;
	}
	for (size_t i = 0; i < processes->count; i++) {
		struct server_process *member = processes->items[i];
		enum procfs_waits waits;

		if (!member->supervisor || !member->holder.accepts) {
			continue;
		}
		waits = process_waits(member->holder.pid);
		if (waits == PROCFS_WAITS_EPOLL) {
			member->passes = false;
		} else if (waits == PROCFS_WAITS_ELSEWHERE) {
			member->passes |= worker_polls;
		}
	}
}

void server_processes_view(struct server_processes *processes, struct server_processes_view *view)
{
	const struct holder *chosen = NULL;
	uint64_t silent = 0; /* the youngest that was not seen to accept */
	bool worker = false;

	*view = (struct server_processes_view){0};
	find_passing(processes);
	for (size_t i = 0; i < processes->count; i++) {
		const struct server_process *member = processes->items[i];

		worker |= !member->supervisor;
		processes->uses_epoll |= member->holder.accepts;
		if (!member_accepts(processes, member)) {
			uint64_t generation = member->supervisor ? 0 : member->holder.generation;

			silent = generation > silent ? generation : silent;
			continue;
		}
		if (!chosen || member->holder.generation < chosen->generation) {
			chosen = &member->holder;
		}
		if (member->holder.generation > view->newest) {
			view->newest = member->holder.generation;
		}
	}
	view->coming = chosen && silent > view->newest ? silent : 0;
	if (chosen) {
		view->serving = true;
		view->worker = chosen->pid;
		view->generation = chosen->generation;
		note_worker(processes, chosen);
		view->by_itself = processes->by_itself;
		view->in_place = chosen->generation != chosen->started_usec;
	}
	processes->gone_boot = chosen ? 0 : processes->gone_boot ?: clock_usec(CLOCK_BOOTTIME);
	view->died = !view->serving && !worker && processes->newcomer;
	processes->newcomer &= !view->serving;
}
