/* SPDX-License-Identifier: MIT */
#include "server/server-processes.h"

#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

#define SEEN_CLOSELY_USEC (200 * CLOCK_USEC_PER_MSEC) /* between two checks; see gate.h */

struct server_process {
	struct holder holder;
	bool trusted; /* it was seen to accept, or ran when the server was first seen */
	bool supervisor; /* another holder is its child, so it does not accept */
	int pidfd;
	struct loop_fd *watch; /* NULL once the process has ended */
	struct server_processes *processes;
};

void server_processes_init(struct server_processes *processes, struct loop *loop,
	void (*ended)(void *userdata), void *userdata)
{
	*processes = (struct server_processes){.loop = loop, .ended = ended, .userdata = userdata};
}

static void member_free(struct server_process *member)
{
	if (!member) {
		return;
	}
	loop_fd_free(member->watch);
	if (member->pidfd >= 0) {
		close(member->pidfd);
	}
	holder_clear(&member->holder);
	free(member);
}

void server_processes_clear(struct server_processes *processes)
{
	member_free(mem_steal(processes->leaving));
	for (size_t i = 0; i < processes->count; i++) {
		member_free(processes->items[i]);
	}
	processes->count = 0;
}

static void note_end(const struct server_process *member, int status)
{
	struct server_end *end = &member->processes->end;

	memcpy(end->name, member->holder.name, sizeof end->name);
	end->status = status;
}

static void member_on_end(uint32_t events, void *userdata)
{
	struct server_process *member = userdata;

	note_end(member, process_status(member->holder.pid, member->pidfd));
	loop_fd_free(mem_steal(member->watch));
	member->processes->ended(member->processes->userdata);
}

static void mark_supervisors(struct server_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		const pid_t *ancestors = processes->items[i]->holder.ancestors;

		for (size_t k = 0; k < processes->count; k++) {
			for (size_t n = 0; n < ANCESTORS_MAX; n++) {
				processes->items[k]->supervisor |=
					ancestors[n] == processes->items[k]->holder.pid;
			}
		}
	}
}

static bool is_last(const struct server_processes *processes, const struct holder *holder)
{
	return holder->pid == processes->last.pid &&
		holder->started_usec == processes->last.started_usec;
}

/*
 * When the last worker, with another program or socket, has read its code at the earliest. If it was
 * not checked for a while before, that is when the change was seen.
 */
static uint64_t changed_boot(const struct server_processes *processes)
{
	uint64_t seen = processes->last.seen_boot;
	uint64_t change = processes->gone_boot ?: clock_usec(CLOCK_BOOTTIME);

	return change - seen < SEEN_CLOSELY_USEC ? seen : change;
}

void server_processes_add(struct server_processes *processes, struct holder *holder, bool trusted)
{
	struct server_process *member;

	for (size_t i = 0; i < processes->count; i++) {
		const struct holder *known = &processes->items[i]->holder;

		if (known->pid == holder->pid && known->started_usec == holder->started_usec) {
			holder_clear(holder);
			return;
		}
	}
	if (processes->count == HOLDERS_MAX) {
		holder_clear(holder);
		return;
	}
	holder->generation =
		is_last(processes, holder) ? changed_boot(processes) : holder->generation;
	member = mem_new(struct server_process);
	member->holder = *holder;
	member->trusted = trusted;
	member->processes = processes;
	member->pidfd = pidfd_open(holder->pid, 0);
	if (member->pidfd >= 0) {
		member->watch =
			loop_fd_new(processes->loop, member->pidfd, EPOLLIN, member_on_end, member);
	}
	processes->items[processes->count++] = member;
	processes->newcomer |= !trusted;
	processes->lost -= processes->lost > 0;
	*holder = (struct holder){0};
	mark_supervisors(processes);
}

/*
 * It no longer holds the socket. If it has not ended yet, it still does, perhaps within
 * microseconds: a process that ends closes its descriptors first.
 */
static void member_leave(struct server_process *member)
{
	struct server_processes *processes = member->processes;
	int status = process_status(member->holder.pid, member->pidfd);

	processes->lost++;
	processes->lost_boot = clock_usec(CLOCK_BOOTTIME);
	if (status >= 0 || !process_lives(member->holder.pid)) {
		note_end(member, status); /* its descriptor reports nothing from now on */
		member_free(member);
		return;
	}
	processes->lingering = member->watch ? member->holder.pid : processes->lingering;
	member_free(processes->leaving);
	processes->leaving = member;
}

void server_processes_drop_ended(struct server_processes *processes)
{
	size_t kept = 0;

	for (size_t i = 0; i < processes->count; i++) {
		struct server_process *member = processes->items[i];

		if (!holder_still_holds(&member->holder)) {
			member_leave(member);
			continue;
		}
		processes->items[kept++] = member;
		/*
		 * After an exec, the last worker counts as serving only when it is seen to accept.
		 * For a new process, the exec is part of its start.
		 */
		if (member->holder.execed && is_last(processes, &member->holder)) {
			member->holder.generation = changed_boot(processes);
			member->trusted = false;
		}
	}
	processes->count = kept;
}

void server_processes_trust(struct server_processes *processes)
{
	bool any = false;

	for (size_t i = 0; i < processes->count; i++) {
		struct server_process *member = processes->items[i];

		member->trusted |= !member->supervisor;
		any |= !member->supervisor;
	}
	for (size_t i = 0; !any && processes->doubted && i < processes->count; i++) {
		processes->items[i]->supervisor = false;
		processes->items[i]->trusted = true;
	}
	processes->doubted = !any;
}

const struct holder *server_processes_oldest(const struct server_processes *processes)
{
	const struct holder *oldest = NULL;

	for (size_t i = 0; i < processes->count; i++) {
		const struct holder *holder = &processes->items[i]->holder;

		if (holder->folder && (!oldest || holder->started_usec < oldest->started_usec)) {
			oldest = holder;
		}
	}
	return oldest;
}

/* Of a process that uses epoll, we see whether it accepts; of others, only that they once did. */
static bool member_accepts(
	const struct server_processes *processes, const struct server_process *member)
{
	return member->holder.accepts ||
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

bool server_processes_are_supervised(const struct server_processes *processes)
{
	bool supervised = false;

	for (size_t i = 0; i < processes->count; i++) {
		supervised |= processes->items[i]->supervisor;
	}
	return supervised;
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

void server_processes_view(struct server_processes *processes, struct server_processes_view *view)
{
	const struct holder *chosen = NULL;
	uint64_t silent = 0; /* the youngest that was not seen to accept */
	bool worker = false;

	*view = (struct server_processes_view){0};
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
	processes->gone_boot =
		chosen ? 0 : processes->gone_boot ?: clock_usec(CLOCK_BOOTTIME);
	view->died = !view->serving && !worker && processes->newcomer;
	processes->newcomer &= !view->serving;
}
