/* SPDX-License-Identifier: MIT */
#include "server/server-private.h"

#include <string.h>
#include <sys/wait.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/utf8.h"

/* A server that does not accept a connection within this time is busy. */
#define BUSY_USEC (200 * CLOCK_USEC_PER_MSEC)
/* It is probed at most this often. */
#define PROBE_AGAIN_USEC (500 * CLOCK_USEC_PER_MSEC)
/*
 * Of several workers, one that is replaced usually is within this time. After that, a new one is searched
 * for at intervals of this time: there may be one less.
 */
#define REPLACED_USEC (10 * CLOCK_USEC_PER_SEC)

static void find_newcomers(struct server *server, const struct listen_socket *sockets, size_t count)
{
	struct holder found[HOLDERS_MAX];
	size_t n = 0;

	server->searched_boot = clock_usec(CLOCK_BOOTTIME);
	for (size_t i = 0; i < COUNT_OF(server->family) && server->family[i]; i++) {
		if (process_lives(server->family[i])) {
			n = processes_holding_below(
				server->family[i], sockets, count, found, HOLDERS_MAX);
			break;
		}
	}
	for (size_t i = 0; i < n; i++) {
		server_processes_add(&server->processes, &found[i], false);
	}
	if (n) {
		server_note_main(server);
		server->visibility = server->main.folder ? SERVER_SEEN : server->visibility;
	}
}

/*
 * A single holder without epoll may be a supervisor whose worker was not running at the last
 * search. Several workers that have gone may be replaced one after another.
 */
static bool may_have_newcomers(
	const struct server *server, const struct server_processes_view *seen)
{
	const struct server_processes *processes = &server->processes;
	uint64_t now = clock_usec(CLOCK_BOOTTIME);
	bool lost = processes->lost &&
		(now < processes->lost_boot + REPLACED_USEC ||
			now >= server->searched_boot + REPLACED_USEC);

	return !seen->serving || lost || (!processes->uses_epoll && processes->count == 1);
}

/*
 * Whether the serving process does not accept an empty connection; not checked if it uses
 * epoll.
 */
static bool is_busy(struct server *server, const struct listen_socket *sockets, size_t count)
{
	struct accept_probe *probe = &server->probe;
	uint64_t now = clock_now_usec();

	if (accept_probe_sees_accept(probe, sockets, count)) {
		accept_probe_close(probe);
	}
	if (probe->fd < 0 && now >= server->probe_after_usec) {
		server->probe_after_usec = now + PROBE_AGAIN_USEC;
		accept_probe_connect(probe, &sockets[0], server->host, server->port);
	}
	return probe->fd >= 0 && now + PROBE_AGAIN_USEC >= server->probe_after_usec + BUSY_USEC;
}

/* Whether there is a socket now that was not there at the last view. */
static bool has_appeared(
	struct server *server, const struct listen_socket *sockets, size_t count)
{
	uint32_t before = server->inode;

	server->inode = count ? sockets[0].inode : 0;
	return count && before != server->inode;
}

void server_view(struct server *server, bool closely, struct server_view *view)
{
	struct server_processes *processes = &server->processes;
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t count = listen_sockets_of(
		server->host, server->port, server->order, sockets, LISTEN_SOCKETS_MAX);
	struct server_processes_view seen;

	server_processes_drop_ended(processes);
	server_processes_view(processes, &seen);
	if (count && may_have_newcomers(server, &seen)) {
		/*
		 * This comes first: a worker that is not known yet may be the one that
		 * accepted.
		 */
		find_newcomers(server, sockets, count);
		if (accept_probe_sees_accept(&server->probe, sockets, count)) {
			server_processes_trust(processes);
			accept_probe_close(&server->probe);
		}
		server_processes_view(processes, &seen);
	}
	*view = (struct server_view){
		.listens = count > 0,
		.appeared = has_appeared(server, sockets, count),
		.serving = seen.serving,
		.died = seen.died,
		.ended = !count && server_processes_have_ended(processes),
		.by_itself = seen.by_itself,
		.in_place = seen.in_place,
		.lingers = !seen.serving && process_lives(processes->lingering),
		.worker = seen.worker,
		.generation = seen.generation,
		.newest = seen.newest,
		.coming = seen.coming,
	};
	if (view->serving) {
		processes->lingering = 0;
		if (closely && count && !processes->uses_epoll) {
			view->busy = is_busy(server, sockets, count);
		} else {
			accept_probe_close(&server->probe);
		}
	} else if (count && !processes->count) {
		/* If it has just appeared, the last search was for another server: search now. */
		server->look_after_usec = view->appeared ? 0 : server->look_after_usec;
		server_look(server);
	} else if (count) {
		accept_probe_connect(&server->probe, &sockets[0], server->host, server->port);
	} else {
		accept_probe_close(&server->probe);
	}
}

bool server_watches(const struct server *server, const char *file)
{
	return family_watch_sees(&server->processes.watch, file);
}

uint64_t server_run_delay(const struct server *server)
{
	return server_processes_run_delay(&server->processes);
}

bool server_is_supervised(const struct server *server)
{
	return server_processes_are_supervised(&server->processes);
}

bool server_begins_work(const struct server *server, uint64_t since_boot)
{
	return server_processes_begin_work(&server->processes, since_boot);
}

char *server_end_text(const struct server *server)
{
	const struct server_end *end = &server->processes.end;
	_cleanup_free_ char *name = utf8_dup(end->name);

	if (!*end->name) {
		return NULL;
	}
	if (end->status >= 0 && WIFSIGNALED(end->status)) {
		return mem_printf("%s was ended by SIG%s", name,
			sigabbrev_np(WTERMSIG(end->status)) ?: "NAL");
	}
	if (end->status >= 0) {
		return mem_printf("%s ended with status %d", name, WEXITSTATUS(end->status));
	}
	return mem_printf("%s ended", name);
}

void server_view_end(struct server *server)
{
	accept_probe_close(&server->probe);
}
