/* SPDX-License-Identifier: MIT */
#include "server/server-private.h"

#include "server/command-line.h"
#include "server/process-command.h"
#include "util/mem.h"
#include "util/utf8.h"

/* What is recorded of the server's oldest process, and stays known after that has ended. */

const struct server_main *server_main(const struct server *server)
{
	return server->main.folder ? &server->main : NULL;
}

void server_clear_main(struct server *server)
{
	free(server->main.name);
	free(server->main.folder);
	free(server->main.command_line);
	free(server->main.package);
	free(server->main.key);
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
	server_doubt_routes(server);
	server->proxies = server->passes = false;
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
