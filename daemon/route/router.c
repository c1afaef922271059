/* SPDX-License-Identifier: MIT */
#include "route/router.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/pathname.h"
#include "base/utf8.h"
#include "project/finder.h"
#include "route/command-line.h"
#include "route/hosts.h"
#include "route/url-rule.h"
#include "route/url.h"

struct router {
	struct registry *registry;
	struct servers *servers;
};

struct router *router_new(struct registry *registry, struct servers *servers)
{
	struct router *router = mem_new(struct router);

	*router = (struct router){.registry = registry, .servers = servers};
	return router;
}

void router_free(struct router *router)
{
	free(router);
}

void route_answer_clear(struct route_answer *answer)
{
	server_unref(answer->server);
	free(answer->reason);
	*answer = (struct route_answer){0};
}

static void answer_file(struct router *router, const struct url *url, struct route_answer *answer)
{
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *name = pathname_to_text(url->path);

	answer->project = finder_find(router->registry, url->path, &why);
	answer->reason = mem_printf("%s%s%s", name,
		answer->project ? " is the file itself" : ": ", answer->project ? "" : why);
}

/* A server that was started elsewhere may name its folder on its command line. */
static struct project *find_by_command_line(
	struct router *router, const struct server_main *main, char **found)
{
	char *folders[COMMAND_LINE_FOLDERS_MAX];
	size_t count = command_line_folders(
		main->command_line, main->command_line_length, main->folder, folders);
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

static void answer_seen(struct router *router, struct route_answer *answer)
{
	const struct server_main *main = server_main(answer->server);
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *named = NULL;
	_cleanup_free_ char *folder = NULL;

	answer->project = finder_find(router->registry, main->folder, &why);
	if (!answer->project) {
		answer->project = find_by_command_line(router, main, &named);
	}
	folder = pathname_to_text(named ? named : main->folder);
	answer->reason = mem_printf("port %u is served by %s (pid %d) from %s%s%s%s",
		server_port(answer->server), main->name, (int)main->pid, folder,
		named ? ", which its command line names" : "", answer->project ? "" : ": ",
		answer->project ? "" : why);
}

#define ADVICE "git config -f .savecast --add savecast.url 'http://%s:%u/*' in the project says it"

static void answer_server(struct router *router, const char *host, unsigned port,
	struct route_answer *answer)
{
	answer->server = servers_get(router->servers, host, (uint16_t)port);
	switch (server_sight(answer->server)) {
	case SERVER_LOOKING:
		answer->looking = true;
		answer->reason = mem_printf("looking for the server of port %u", port);
		break;
	case SERVER_NONE:
		answer->reason = mem_printf(
			"nothing listens on port %u of %s: start the server", port, host);
		break;
	case SERVER_FOREIGN:
		answer->reason = mem_printf(
			"port %u is served by another user (uid %u), whose folders cannot be "
			"seen: " ADVICE,
			port, (unsigned)server_uid(answer->server), host, port);
		break;
	case SERVER_OPAQUE:
		answer->reason = mem_printf(
			"port %u is served by a process that cannot be looked into: " ADVICE, port,
			host, port);
		break;
	case SERVER_SEEN:
		answer_seen(router, answer);
		break;
	}
}

/* Names of /etc/hosts; no other way to ask for a name stays on this machine and waits for none. */
static void answer_name(struct router *router, const struct url *url, struct route_answer *answer)
{
	struct hosts_address addresses[HOSTS_ADDRESSES_MAX];
	_cleanup_free_ char *text = NULL;
	size_t length, count = 0;

	if (file_read("/etc/hosts", HOSTS_BYTES_MAX, &text, &length) == 0) {
		count = hosts_loopback(text, url->host, addresses);
	}
	if (count) {
		answer_server(router, addresses[0].text, url->port, answer);
	} else {
		answer->reason = mem_printf("%.200s is not on this machine: " ADVICE, url->host,
			url->host, url->port);
	}
}

static void answer_url(struct router *router, const struct url *url, const char *text,
	struct route_answer *answer)
{
	struct url_rule rule;

	if (url_rule_find(router->registry, url, &rule)) {
		answer->project = rule.project;
		answer->reason = mem_printf("savecast.url: %s", rule.pattern->text);
		/* Its server, if that can be seen, tells when the new code serves. */
		if (url->kind == URL_HTTP && url_is_loopback(url)) {
			answer->server = servers_get(router->servers, url->host, url->port);
		}
	} else if (url->kind == URL_FILE) {
		answer_file(router, url, answer);
	} else if (url->kind == URL_OTHER) {
		answer->reason = mem_printf("%.200s: is no page of a project", text);
	} else if (url_is_loopback(url)) {
		answer_server(router, url->host, url->port, answer);
	} else {
		answer_name(router, url, answer);
	}
}

void router_answer(struct router *router, const char *text, struct route_answer *answer)
{
	_cleanup_free_ char *raw = NULL;
	struct url url;
	const char *why = NULL;

	*answer = (struct route_answer){0};
	if (url_parse(text, &url, &why) < 0) {
		answer->reason = mem_printf("%.200s: %s", text, why);
	} else {
		answer_url(router, &url, text, answer);
	}
	raw = mem_steal(answer->reason);
	answer->reason = utf8_dup(raw); /* a value may have been cut within a character */
	url_clear(&url);
}
