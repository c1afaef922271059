/* SPDX-License-Identifier: MIT */
#include "server/server-processes.h"

#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "util/mem.h"

struct member {
	struct holder holder;
	bool trusted; /* it was seen to accept, or was there when the server was first seen */
	bool supervisor; /* another holder was seen to be its child: it does not accept */
	int pidfd;
	struct loop_fd *watch; /* NULL once it has ended */
	struct members *members;
};

void members_init(
	struct members *members, struct loop *loop, void (*ended)(void *userdata), void *userdata)
{
	*members = (struct members){.loop = loop, .ended = ended, .userdata = userdata};
}

static void member_free(struct member *member)
{
	loop_fd_free(member->watch);
	if (member->pidfd >= 0) {
		close(member->pidfd);
	}
	holder_clear(&member->holder);
	free(member);
}

void members_clear(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		member_free(members->items[i]);
	}
	members->count = 0;
}

static void member_on_end(uint32_t events, void *userdata)
{
	struct member *member = userdata;

	loop_fd_free(mem_steal(member->watch));
	member->members->ended(member->members->userdata);
}

static void mark_supervisors(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		const pid_t *ancestors = members->items[i]->holder.ancestors;

		for (size_t k = 0; k < members->count; k++) {
			for (size_t n = 0; n < ANCESTORS_MAX; n++) {
				members->items[k]->supervisor |=
					ancestors[n] == members->items[k]->holder.pid;
			}
		}
	}
}

void members_add(struct members *members, struct holder *holder, bool trusted)
{
	struct member *member;

	for (size_t i = 0; i < members->count; i++) {
		const struct holder *known = &members->items[i]->holder;

		if (known->pid == holder->pid && known->started_usec == holder->started_usec) {
			holder_clear(holder);
			return;
		}
	}
	if (members->count == HOLDERS_MAX) {
		holder_clear(holder);
		return;
	}
	member = mem_new(struct member);
	member->holder = *holder;
	member->trusted = trusted;
	member->members = members;
	member->pidfd = pidfd_open(holder->pid, 0);
	if (member->pidfd >= 0) {
		member->watch =
			loop_fd_new(members->loop, member->pidfd, EPOLLIN, member_on_end, member);
	}
	members->items[members->count++] = member;
	members->newcomer |= !trusted;
	*holder = (struct holder){0};
	mark_supervisors(members);
}

void members_drop_ended(struct members *members)
{
	size_t kept = 0;

	for (size_t i = 0; i < members->count; i++) {
		struct member *member = members->items[i];

		if (holder_still_holds(&member->holder)) {
			members->items[kept++] = member;
			continue;
		}
		if (member->watch && process_lives(member->holder.pid)) {
			members->lingering = member->holder.pid;
		}
		member_free(member);
	}
	members->count = kept;
}

void members_trust(struct members *members)
{
	bool any = false;

	for (size_t i = 0; i < members->count; i++) {
		struct member *member = members->items[i];

		member->trusted |= !member->supervisor;
		any |= !member->supervisor;
	}
	for (size_t i = 0; !any && members->doubted && i < members->count; i++) {
		members->items[i]->supervisor = false;
		members->items[i]->trusted = true;
	}
	members->doubted = !any;
}

const struct holder *members_oldest(const struct members *members)
{
	const struct holder *oldest = NULL;

	for (size_t i = 0; i < members->count; i++) {
		const struct holder *holder = &members->items[i]->holder;

		if (holder->folder && (!oldest || holder->started_usec < oldest->started_usec)) {
			oldest = holder;
		}
	}
	return oldest;
}

/* Who accepts by epoll shows it; of others we know only that they did. */
static bool member_accepts(const struct members *members, const struct member *member)
{
	return member->holder.accepts ||
		(!members->uses_epoll && !member->supervisor && member->trusted);
}

void members_view(struct members *members, struct members_view *view)
{
	bool worker = false;

	*view = (struct members_view){0};
	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = members->items[i];

		worker |= !member->supervisor;
		members->uses_epoll |= member->holder.accepts;
		if (member_accepts(members, member) &&
			(!view->serving || member->holder.started_usec < view->generation)) {
			view->serving = true;
			view->worker = member->holder.pid;
			view->generation = member->holder.started_usec;
		}
	}
	view->died = !view->serving && !worker && members->newcomer;
	members->newcomer &= !view->serving;
}
