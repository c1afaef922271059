/* SPDX-License-Identifier: MIT */
#include "server/router-private.h"

#include "config/setting.h"
#include "project/finder.h"
#include "project/workspace.h"
#include "server/command-line.h"
#include "server/forwarder.h"
#include "util/mem.h"
#include "util/pathname.h"

char *route_question_site(const struct route_question *question)
{
	const struct url *url = &question->url;
	bool v6 = strchr(url->host, ':');
	uint16_t own_port = url->secure ? URL_HTTPS_PORT : URL_HTTP_PORT;
	_cleanup_free_ char *port =
		url->port == own_port ? mem_strdup("") : mem_printf(":%u", (unsigned)url->port);

	return mem_printf("%s://%s%.200s%s%s", url->secure ? "https" : "http", v6 ? "[" : "",
		url->host, v6 ? "]" : "", port);
}

void route_question_advise(struct route_question *question, const char *what)
{
	struct route_answer *answer = question->answer;
	_cleanup_free_ char *site = route_question_site(question);

	answer->advice = mem_printf("savecast set --project url '%s'", site);
	answer->reason =
		mem_printf("%s: to set its project, run %s in the project's folder", what, answer->advice);
}

/* The part of the project that a folder is in, even if no manifest says so; or NULL. */
static char *part_of(const struct project *project, const char *folder, bool marked)
{
	_cleanup_free_ char *real = finder_resolve(folder);
	char *part = workspace_part_of(real, project->root);

	return !part && !marked && strcmp(real, project->root) != 0 &&
			pathname_is_below(real, project->root)
		? mem_steal(real)
		: part;
}

char *route_part(const struct project *project, const struct server *server)
{
	const struct server_main *main = server ? server_main(server) : NULL;
	char *folders[COMMAND_LINE_FOLDERS_MAX], *part;
	size_t count;

	if (!main || main->elsewhere) {
		return NULL;
	}
	part = part_of(project, main->folder, false);
	if (part) {
		return part;
	}
	/* It was started for the whole project; its arguments may say which part it serves. */
	count = command_line_folders(main->command_line, main->command_line_length, main->package,
		main->folder, folders);
	for (size_t i = 0; i < count; i++) {
		part = part ? part : part_of(project, folders[i], true);
		free(folders[i]);
	}
	return part;
}

/* The command line of a server that was started elsewhere may name its folder. */
static struct project *find_by_command_line(
	struct router *router, const struct server_main *main, char **found)
{
	char *folders[COMMAND_LINE_FOLDERS_MAX];
	size_t count = command_line_folders(
		main->command_line, main->command_line_length, main->package, main->folder, folders);
	struct project *project = NULL;

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *why = NULL;

		if (!project && (project = finder_find(router->registry, folders[i], &why))) {
			*found = mem_steal(folders[i]);
		}
		free(folders[i]);
	}
	return project;
}

static void answer_forwarded(
	struct route_question *question, const char *forwarder, uint16_t target)
{
	_cleanup_free_ char *what =
		mem_printf("port %u is forwarded by %s, so the folder behind it cannot be seen",
			(unsigned)server_port(question->answer->server), forwarder);

	question->answer->forwarded = target;
	route_question_advise(question, what);
}

bool router_stands_aside(const struct project *project, const struct server *server)
{
	const struct server_main *main = server ? server_main(server) : NULL;

	return main && main->traits.livereload && project->settings->stand_aside;
}

static void answer_seen(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	struct router *router = question->router;
	const struct server_main *main = server_main(answer->server);
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *named = NULL;
	_cleanup_free_ char *folder = NULL;
	_cleanup_free_ char *aside = NULL;
	_cleanup_free_ char *place = server_place(answer->server);

	/* First, since a forwarder's working folder has nothing to do with the pages. */
	if (forwarder_is_one(main->name, main->command_line, main->command_line_length)) {
		uint16_t target = forwarder_target(main->name, main->command_line,
			main->command_line_length, server_port(answer->server));

		answer_forwarded(question, main->name,
			target ? target : server_forwarder_target(answer->server));
		return;
	}
	if (main->elsewhere) {
		_cleanup_free_ char *what = NULL;

		folder = pathname_to_text(main->folder);
		what = mem_printf("%s is served by %s (pid %d) from %s in mounts of its own (a "
				  "container, toolbox or unshare), which is not that folder here",
			place, main->name, (int)main->pid, folder);
		route_question_advise(question, what);
		return;
	}
	answer->project = finder_find(router->registry, main->folder, &why);
	if (!answer->project) {
		answer->project = find_by_command_line(router, main, &named);
	}
	if (answer->project) {
		answer->part = route_part(answer->project, answer->server);
	} else {
		answer->advice = finder_advice(main->folder);
		answer->folder = finder_folder(main->folder);
	}
	if (answer->project && router_stands_aside(answer->project, answer->server)) {
		/* Short, because narrow windows show only the end of the reason. */
		aside = mem_printf(
			"; %s reloads its pages itself (savecast.stand-aside)", main->traits.livereload);
	}
	folder = pathname_to_text(named ? named : main->folder);
	answer->reason = mem_printf("%s is served by %s (pid %d) from %s%s%s%s%s", place,
		main->name, (int)main->pid, folder, named ? ", which its command line names" : "",
		answer->project ? "" : ": ", answer->project ? "" : why, aside ? aside : "");
}

static void answer_unseen(struct route_question *question)
{
	const struct server *server = question->answer->server;
	_cleanup_free_ char *place = server_place(server);
	_cleanup_free_ char *what = NULL;

	if (server_forwarder(server)) {
		answer_forwarded(
			question, server_forwarder(server), server_forwarder_target(server));
		return;
	}
	if (server_visibility(server) == SERVER_FOREIGN) {
		what = mem_printf("%s is served by another user (uid %u), whose folders cannot "
				  "be seen",
			place, (unsigned)server_uid(server));
	} else {
		what = mem_printf("%s is served by a process that cannot be inspected", place);
	}
	route_question_advise(question, what);
}

void route_question_answer_server(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	_cleanup_free_ char *place = server_place(answer->server);

	switch (server_visibility(answer->server)) {
	case SERVER_LOOKING:
		answer->looking = true;
		answer->reason = mem_printf("looking for the server of %s", place);
		break;
	case SERVER_NONE:
		answer->no_server = true;
		answer->reason = mem_printf(
			"nothing listens on %s of %s: start the server", place, question->url.host);
		break;
	case SERVER_FOREIGN:
	case SERVER_OPAQUE:
		answer_unseen(question);
		break;
	case SERVER_SEEN:
		answer_seen(question);
		break;
	}
}

/* Says in the reason that the server listens on another port than the URL has. */
static void answer_behind_tunnel(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	const struct server *server = answer->front ? answer->front : answer->server;
	char *longer = mem_printf("ssh -R forwards port %u there to port %u here: %s",
		(unsigned)question->url.port, (unsigned)server_port(server), answer->reason);

	free(answer->reason);
	answer->reason = longer;
}

void route_question_ask_server(struct route_question *question, const char *host)
{
	struct route_answer *answer = question->answer;

	answer->server = servers_get(question->router->servers, host, question->url.port,
		question->order, question->far);
	if (!answer->server) {
		answer->reason = mem_printf(
			"%d other servers are shown already: switch off tabs that you do not need",
			SERVERS_MAX);
		return;
	}
	if (server_visibility(answer->server) != SERVER_SEEN ||
		!route_question_ask_behind(question)) {
		route_question_answer_server(question);
	}
	if (server_is_behind_tunnel(answer->front ? answer->front : answer->server)) {
		answer_behind_tunnel(question);
	}
}
