/* SPDX-License-Identifier: MIT */
#include "server/server-processes-private.h"

#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

#define SEEN_CLOSELY_USEC (200 * CLOCK_USEC_PER_MSEC) /* between two checks; see gate.h */

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

bool server_processes_are_supervised(const struct server_processes *processes)
{
	bool supervised = false;

	for (size_t i = 0; i < processes->count; i++) {
		supervised |= processes->items[i]->supervisor;
	}
	return supervised;
}
