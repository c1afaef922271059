/* SPDX-License-Identifier: MIT */
#include "server/server-processes.h"

#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "util/mem.h"

struct server_process {
	struct holder holder;
	bool trusted; /* it was seen to accept, or was there when the server was first seen */
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
	loop_fd_free(member->watch);
	if (member->pidfd >= 0) {
		close(member->pidfd);
	}
	holder_clear(&member->holder);
	free(member);
}

void server_processes_clear(struct server_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		member_free(processes->items[i]);
	}
	processes->count = 0;
}

static void member_on_end(uint32_t events, void *userdata)
{
	struct server_process *member = userdata;

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
	*holder = (struct holder){0};
	mark_supervisors(processes);
}

void server_processes_drop_ended(struct server_processes *processes)
{
	size_t kept = 0;

	for (size_t i = 0; i < processes->count; i++) {
		struct server_process *member = processes->items[i];

		if (holder_still_holds(&member->holder)) {
			processes->items[kept++] = member;
			continue;
		}
		if (member->watch && process_lives(member->holder.pid)) {
			processes->lingering = member->holder.pid;
		}
		member_free(member);
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

/* A process that uses epoll shows whether it accepts; of others we only know that they did. */
static bool member_accepts(
	const struct server_processes *processes, const struct server_process *member)
{
	return member->holder.accepts ||
		(!processes->uses_epoll && !member->supervisor && member->trusted);
}

void server_processes_view(struct server_processes *processes, struct server_processes_view *view)
{
	bool worker = false;

	*view = (struct server_processes_view){0};
	for (size_t i = 0; i < processes->count; i++) {
		const struct server_process *member = processes->items[i];

		worker |= !member->supervisor;
		processes->uses_epoll |= member->holder.accepts;
		if (member_accepts(processes, member) &&
			(!view->serving || member->holder.started_usec < view->generation)) {
			view->serving = true;
			view->worker = member->holder.pid;
			view->generation = member->holder.started_usec;
		}
	}
	view->died = !view->serving && !worker && processes->newcomer;
	processes->newcomer &= !view->serving;
}
