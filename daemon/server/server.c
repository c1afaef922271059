/* SPDX-License-Identifier: MIT */
#include "server/server-private.h"

#include <unistd.h>

#include "server/command-line.h"
#include "server/process-command.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/utf8.h"

/* All processes are searched at most this often, for servers that were started elsewhere. */
#define LOOK_AGAIN_USEC (250 * CLOCK_USEC_PER_MSEC)

struct servers *servers_new(
	struct loop *loop, const struct servers_callbacks *callbacks, void *userdata)
{
	struct servers *servers = mem_new(struct servers);

	*servers = (struct servers){.loop = loop, .callbacks = *callbacks, .userdata = userdata};
	return servers;
}

void servers_free(struct servers *servers)
{
	if (servers) {
		socket_owners_cancel(servers->look);
		free(servers);
	}
}

static void server_on_end(void *userdata)
{
	server_recheck(userdata);
}

struct server *servers_get(
	struct servers *servers, const char *host, uint16_t port, enum loopback_order order)
{
	struct server *server;

	order = listen_host_is_name(host) ? order : LOOPBACK_V6_FIRST;
	for (server = servers->first; server; server = server->next) {
		if (server->port == port && server->order == order &&
			strcmp(server->host, host) == 0) {
			return server_ref(server);
		}
	}
	if (servers->count == SERVERS_MAX) {
		return NULL;
	}
	servers->count++;
	server = mem_new(struct server);
	server->servers = servers;
	server->host = mem_strdup(host);
	server->port = port;
	server->order = order;
	server->refs = 1;
	server->probe = ACCEPT_PROBE_NONE;
	server_processes_init(&server->processes, servers->loop, server_on_end, server);
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
	free(server->main.package);
	free(server->main.key);
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
	server->servers->count--;
	if (server->servers->looked == server) {
		server->servers->looked = NULL;
	}
	server_processes_clear(&server->processes);
	accept_probe_close(&server->probe);
	server_clear_main(server);
	free(server->health_reason);
	free(server->forwarder);
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

enum server_visibility server_visibility(const struct server *server)
{
	return server->visibility;
}

uid_t server_uid(const struct server *server)
{
	return server->uid;
}

uint16_t server_forwarder_target(const struct server *server)
{
	return server->forwarder_target;
}

const char *server_forwarder(const struct server *server)
{
	return server->forwarder;
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

uint64_t server_awaited_by(const struct server *server)
{
	return server->awaited_by;
}

void server_set_awaited_by(struct server *server, uint64_t event)
{
	server->awaited_by = event;
}

bool server_listens(const struct server *server)
{
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];

	return listen_sockets_of(
		       server->host, server->port, server->order, sockets, LISTEN_SOCKETS_MAX) > 0;
}

void server_recheck(struct server *server)
{
	server->servers->callbacks.process_exited(server, server->servers->userdata);
}

/* FNV-1a. */
static uint32_t hash_bytes(uint32_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
	}
	return hash;
}

static char *server_key(const struct server_main *main)
{
	uint32_t hash = hash_bytes(2166136261u, main->command_line, main->command_line_length);

	hash = hash_bytes(hash, main->folder, strlen(main->folder));
	return mem_printf("%s %08x", main->name, (unsigned)hash);
}

/* Finds out what it does by itself, and what the processes that started it do to it. */
static void server_note_traits(struct server_main *main, const struct holder *holder)
{
	struct program_traits *traits = &main->traits, starter;
	/* Next renames its process; the parent has the command line. */
	bool renamed = strncmp(main->command_line, "next-server", 11) == 0;

	program_traits_of(main->command_line, main->command_line_length, main->package, traits);
	if (!traits->known) {
		_cleanup_free_ char *file = process_program(holder->pid);

		program_traits_of_file(
			file, main->command_line, main->command_line_length, traits);
	}
	for (size_t i = 0; i < ANCESTORS_MAX && holder->ancestors[i]; i++) {
		_cleanup_(process_command_clear) struct process_command command;

		process_command_read(holder->ancestors[i], &holder->ancestors[i + 1],
			ANCESTORS_MAX - i - 1, &command);
		program_traits_of(command.line, command.length, command.package, &starter);
		if (!renamed || i > 0) {
			starter.livereload = NULL;
		}
		program_traits_add(traits, &starter);
	}
	if (traits->restarts == RESTARTS_UNKNOWN) {
		_cleanup_free_ char *bytes = NULL;
		size_t length;

		bytes = process_environment(holder->pid, &length);
		program_traits_add_environment(traits, bytes, length);
	}
	if (traits->restarts == RESTARTS_UNKNOWN && holder->script_reloads) {
		program_traits_add_reloader(traits, traits->notice_usec);
	}
}

void server_note_main(struct server *server)
{
	const struct holder *oldest = server_processes_oldest(&server->processes);
	struct process_command command;
	_cleanup_free_ char *name = NULL;

	if (!oldest || oldest->pid == server->main.pid) {
		return;
	}
	server_clear_main(server);
	server->main = (struct server_main){
		.pid = oldest->pid,
		.folder = mem_strdup(oldest->folder),
		.elsewhere = oldest->elsewhere,
	};
	process_command_read(oldest->pid, oldest->ancestors, ANCESTORS_MAX, &command);
	server->main.command_line = mem_steal(command.line);
	server->main.command_line_length = command.length;
	server->main.package = mem_steal(command.package);
	name = command_line_name(
		oldest->name, server->main.command_line, server->main.command_line_length);
	server->main.name = utf8_dup(name);
	server->main.key = server_key(&server->main);
	server_note_traits(&server->main, oldest);
	server->family[0] = oldest->pid;
	memcpy(&server->family[1], oldest->ancestors, sizeof oldest->ancestors);
}

static enum server_visibility visibility_of(
	const struct server *server, const struct socket_owners *result)
{
	if (result->socket_count && result->sockets[0].uid != geteuid()) {
		return SERVER_FOREIGN;
	}
	/*
	 * Once seen, a server stays known: its old process may be ending and its new one
	 * not running yet.
	 */
	if (server->main.folder) {
		return SERVER_SEEN;
	}
	return result->socket_count ? SERVER_OPAQUE : SERVER_NONE;
}

static void server_take_look(struct server *server, struct socket_owners *result)
{
	bool first = server->visibility == SERVER_LOOKING;

	server_processes_drop_ended(&server->processes);
	for (size_t i = 0; i < result->holder_count; i++) {
		server_processes_add(&server->processes, &result->holders[i], first);
	}
	server_note_main(server);
	server->visibility = visibility_of(server, result);
	free(server->forwarder);
	server->forwarder = mem_steal(result->forwarder);
	server->forwarder_target = result->forwarder_target;
	server->uid = result->socket_count ? result->sockets[0].uid : 0;
	server_ref(server); /* releasing its last tab may free it */
	server->servers->callbacks.changed(server, server->servers->userdata);
	server_unref(server);
}

static void servers_look_next(struct servers *servers);

static void servers_on_look(struct socket_owners *result, void *userdata)
{
	struct servers *servers = userdata;
	struct server *server = mem_steal(servers->looked);

	servers->look = NULL;
	if (server) {
		server_take_look(server, result);
	}
	servers_look_next(servers);
}

/* Starts the search for the server that has waited the longest. */
static void servers_look_next(struct servers *servers)
{
	struct server *oldest = NULL;

	for (struct server *server = servers->first; server; server = server->next) {
		oldest = server->wants_look ? server : oldest;
	}
	if (oldest && !servers->look) {
		oldest->wants_look = false;
		oldest->look_after_usec = clock_now_usec() + LOOK_AGAIN_USEC;
		servers->looked = oldest;
		servers->look = socket_owners_find(servers->loop, oldest->host, oldest->port,
			oldest->order, servers_on_look, servers);
	}
}

void server_look(struct server *server)
{
	struct servers *servers = server->servers;

	if (servers->looked != server && clock_now_usec() >= server->look_after_usec) {
		server->wants_look = true;
		servers_look_next(servers);
	}
}
