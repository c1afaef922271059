/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "server/probe.h"

/* A whole walk is not started again before: it is for servers that come from elsewhere. */
#define LOOK_AGAIN_USEC (250 * CLOCK_USEC_PER_MSEC)

/* A holder of the socket, watched until it ends. */
struct member {
	struct holder holder;
	bool trusted;	 /* it was seen to accept, or was there when the server was first seen */
	bool supervisor; /* another holder was seen to be its child: it does not accept */
	int pidfd;
	struct loop_fd *watch;
	struct server *server;
};

struct server {
	struct servers *servers;
	char *host;
	uint16_t port;
	unsigned refs;
	enum server_sight sight;
	uid_t uid;
	struct server_main main; /* no folder: never seen */
	enum server_health health;
	char *health_reason;
	struct member *members[HOLDERS_MAX];
	size_t member_count;
	pid_t family[ANCESTORS_MAX + 1]; /* where newcomers are looked for: nearest first */
	bool uses_epoll;		 /* its workers were seen to */
	bool newcomer;			 /* one was seen since the server last served */
	pid_t lingering; /* has let go of the socket while it lived, or 0 */
	struct probe probe;
	struct look *look; /* under way */
	uint64_t look_after_usec;
	void *data;
	struct server *next;
};

struct servers {
	struct loop *loop;
	struct servers_callbacks callbacks;
	void *userdata;
	struct server *first;
};

/* A walk over all processes: what the worker thread works with. */
struct look {
	struct server *server; /* NULL once that is gone */
	char *host;
	uint16_t port;
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	struct holder holders[HOLDERS_MAX];
	size_t holder_count;
};

struct servers *servers_new(
	struct loop *loop, const struct servers_callbacks *callbacks, void *userdata)
{
	struct servers *servers = mem_new(struct servers);

	*servers = (struct servers){
		.loop = loop, .callbacks = *callbacks, .userdata = userdata};
	return servers;
}

void servers_free(struct servers *servers)
{
	free(servers);
}

struct server *servers_get(struct servers *servers, const char *host, uint16_t port)
{
	struct server *server;

	for (server = servers->first; server; server = server->next) {
		if (server->port == port && strcmp(server->host, host) == 0) {
			return server_ref(server);
		}
	}
	server = mem_new(struct server);
	server->servers = servers;
	server->host = mem_strdup(host);
	server->port = port;
	server->refs = 1;
	server->probe = PROBE_NONE;
	server->next = servers->first;
	servers->first = server;
	server_look(server);
	return server;
}

struct server *server_ref(struct server *server)
{
	server->refs++;
	return server;
}

static void server_clear_main(struct server *server)
{
	free(server->main.name);
	free(server->main.folder);
	free(server->main.command_line);
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

void server_unref(struct server *server)
{
	struct server **at;

	if (!server || --server->refs) {
		return;
	}
	server->servers->callbacks.gone(server, server->servers->userdata);
	for (at = &server->servers->first; *at != server; at = &(*at)->next) {
	}
	*at = server->next;
	if (server->look) {
		server->look->server = NULL;
	}
	for (size_t i = 0; i < server->member_count; i++) {
		member_free(server->members[i]);
	}
	probe_close(&server->probe);
	server_clear_main(server);
	free(server->health_reason);
	free(server->host);
	free(server);
}

const char *server_host(const struct server *server)
{
	return server->host;
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

enum server_sight server_sight(const struct server *server)
{
	return server->sight;
}

uid_t server_uid(const struct server *server)
{
	return server->uid;
}

void server_set_data(struct server *server, void *data)
{
	server->data = data;
}

void *server_data(const struct server *server)
{
	return server->data;
}

const struct server_main *server_main(const struct server *server)
{
	return server->main.folder ? &server->main : NULL;
}

enum server_health server_health(const struct server *server)
{
	return server->health;
}

const char *server_health_reason(const struct server *server)
{
	return server->health_reason;
}

void server_set_health(struct server *server, enum server_health health, const char *reason)
{
	free(server->health_reason);
	server->health = health;
	server->health_reason = reason ? mem_strdup(reason) : NULL;
}

void server_stir(struct server *server)
{
	server->servers->callbacks.stirred(server, server->servers->userdata);
}

static void member_on_end(uint32_t events, void *userdata)
{
	struct member *member = userdata;
	struct server *server = member->server;

	loop_fd_free(mem_steal(member->watch));
	server_stir(server);
}

static void server_mark_supervisors(struct server *server)
{
	for (size_t i = 0; i < server->member_count; i++) {
		const pid_t *ancestors = server->members[i]->holder.ancestors;

		for (size_t k = 0; k < server->member_count; k++) {
			for (size_t n = 0; n < ANCESTORS_MAX; n++) {
				server->members[k]->supervisor |=
					ancestors[n] == server->members[k]->holder.pid;
			}
		}
	}
}

/* Takes the holder over, or clears it if it is known already. */
static void server_add(struct server *server, struct holder *holder, bool trusted)
{
	struct member *member;

	for (size_t i = 0; i < server->member_count; i++) {
		const struct holder *known = &server->members[i]->holder;

		if (known->pid == holder->pid && known->started_usec == holder->started_usec) {
			holder_clear(holder);
			return;
		}
	}
	if (server->member_count == HOLDERS_MAX) {
		holder_clear(holder);
		return;
	}
	member = mem_new(struct member);
	member->holder = *holder;
	member->trusted = trusted;
	member->server = server;
	member->pidfd = pidfd_open(holder->pid, 0);
	if (member->pidfd >= 0) {
		member->watch = loop_fd_new(server->servers->loop, member->pidfd, EPOLLIN,
			member_on_end, member);
	}
	server->members[server->member_count++] = member;
	server->newcomer |= !trusted;
	*holder = (struct holder){0};
	server_mark_supervisors(server);
}

/* A supervisor and its workers hold the same socket; the oldest was started by the user. */
static const struct holder *server_oldest(const struct server *server)
{
	const struct holder *oldest = NULL;

	for (size_t i = 0; i < server->member_count; i++) {
		const struct holder *holder = &server->members[i]->holder;

		if (holder->folder && (!oldest || holder->started_usec < oldest->started_usec)) {
			oldest = holder;
		}
	}
	return oldest;
}

/* Remembers who the server is and where its processes come from, for when they are gone. */
static void server_note_main(struct server *server)
{
	const struct holder *oldest = server_oldest(server);

	if (!oldest || oldest->pid == server->main.pid) {
		return;
	}
	server_clear_main(server);
	server->main = (struct server_main){
		.pid = oldest->pid,
		.name = utf8_dup(oldest->name),
		.folder = mem_strdup(oldest->folder),
	};
	server->main.command_line =
		process_command_line(oldest->pid, &server->main.command_line_length);
	server->family[0] = oldest->pid;
	memcpy(&server->family[1], oldest->ancestors, sizeof oldest->ancestors);
}

static void server_drop_ended(struct server *server)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->member_count; i++) {
		struct member *member = server->members[i];

		if (holder_still_holds(&member->holder)) {
			server->members[kept++] = member;
			continue;
		}
		if (member->watch && process_lives(member->holder.pid)) {
			server->lingering = member->holder.pid;
		}
		member_free(member);
	}
	server->member_count = kept;
}

static size_t keep_for_host(struct listen_socket *sockets, int count, const char *host)
{
	size_t kept = 0;

	for (int i = 0; i < count; i++) {
		if (listen_socket_takes(&sockets[i], host)) {
			sockets[kept++] = sockets[i];
		}
	}
	return kept;
}

static void look_work(void *userdata)
{
	struct look *look = userdata;
	int count = listen_sockets_on_port(look->port, look->sockets, LISTEN_SOCKETS_MAX);

	look->socket_count = keep_for_host(look->sockets, count, look->host);
	if (look->socket_count) {
		look->holder_count = processes_holding(
			look->sockets, look->socket_count, look->holders, HOLDERS_MAX);
	}
}

static enum server_sight look_sight(const struct look *look, const struct server *server)
{
	if (look->socket_count && look->sockets[0].uid != geteuid()) {
		return SERVER_FOREIGN;
	}
	/* One that was seen stays so: its old process may be ending, its new one not be there. */
	if (server->main.folder) {
		return SERVER_SEEN;
	}
	return look->socket_count ? SERVER_OPAQUE : SERVER_NONE;
}

static void look_done(void *userdata)
{
	struct look *look = userdata;
	struct server *server = look->server;
	bool first = server && server->sight == SERVER_LOOKING;

	if (server) {
		server->look = NULL;
		server_drop_ended(server);
	}
	for (size_t i = 0; i < look->holder_count; i++) {
		if (server) {
			server_add(server, &look->holders[i], first);
		} else {
			holder_clear(&look->holders[i]);
		}
	}
	if (server) {
		server_note_main(server);
		server->sight = look_sight(look, server);
		server->uid = look->socket_count ? look->sockets[0].uid : 0;
		server->servers->callbacks.changed(server, server->servers->userdata);
	}
	free(look->host);
	free(look);
}

void server_look(struct server *server)
{
	uint64_t now = clock_now_usec();

	if (server->look || now < server->look_after_usec) {
		return;
	}
	server->look_after_usec = now + LOOK_AGAIN_USEC;
	server->look = mem_new(struct look);
	server->look->server = server;
	server->look->host = mem_strdup(server->host);
	server->look->port = server->port;
	loop_job(server->servers->loop, look_work, look_done, server->look);
}

static void server_find_newcomers(
	struct server *server, const struct listen_socket *sockets, size_t count)
{
	struct holder found[HOLDERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(server->family) && server->family[i]; i++) {
		if (process_lives(server->family[i])) {
			n = processes_holding_below(
				server->family[i], sockets, count, found, HOLDERS_MAX);
			break;
		}
	}
	for (size_t i = 0; i < n; i++) {
		server_add(server, &found[i], false);
	}
	if (n) {
		server_note_main(server);
		server->sight = server->main.folder ? SERVER_SEEN : server->sight;
	}
}

/* Who accepts by epoll shows it; of others we know only that they did. */
static bool member_accepts(const struct server *server, const struct member *member)
{
	return member->holder.accepts ||
		(!server->uses_epoll && !member->supervisor && member->trusted);
}

/* The queue was emptied while nobody was known to accept: it was one of these. */
static void server_trust(struct server *server)
{
	bool any = false;

	for (size_t i = 0; i < server->member_count; i++) {
		struct member *member = server->members[i];

		member->trusted |= !member->supervisor;
		any |= !member->supervisor;
	}
	for (size_t i = 0; !any && i < server->member_count; i++) {
		server->members[i]->supervisor = false;
		server->members[i]->trusted = true;
	}
}

/* Takes the accepting workers into the view. */
static void server_view_workers(struct server *server, struct server_view *view)
{
	bool worker = false;

	for (size_t i = 0; i < server->member_count; i++) {
		const struct member *member = server->members[i];

		worker |= !member->supervisor;
		server->uses_epoll |= member->holder.accepts;
		if (member_accepts(server, member) &&
			(!view->serving || member->holder.started_usec < view->generation)) {
			view->serving = true;
			view->worker = member->holder.pid;
			view->generation = member->holder.started_usec;
		}
	}
	view->died = !view->serving && !worker && server->newcomer;
	server->newcomer &= !view->serving;
}

void server_view(struct server *server, struct server_view *view)
{
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	int count = listen_sockets_on_port(server->port, sockets, LISTEN_SOCKETS_MAX);
	size_t kept = keep_for_host(sockets, count, server->host);

	*view = (struct server_view){.listens = kept > 0};
	server_drop_ended(server);
	if (probe_sees_accept(&server->probe, sockets, kept)) {
		server_trust(server);
	}
	server_view_workers(server, view);
	if (!view->serving && kept) {
		server_find_newcomers(server, sockets, kept);
		server_view_workers(server, view);
	}
	view->lingers = !view->serving && server->lingering && process_lives(server->lingering);
	if (view->serving) {
		probe_close(&server->probe);
		server->lingering = 0;
	} else if (kept && !server->member_count) {
		server_look(server);
	} else if (kept) {
		probe_connect(&server->probe, &sockets[0], server->port);
	} else {
		probe_close(&server->probe);
	}
}

void server_view_end(struct server *server)
{
	probe_close(&server->probe);
}
