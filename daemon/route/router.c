/* SPDX-License-Identifier: MIT */
#include "route/router.h"

#include "base/mem.h"
#include "base/pathname.h"
#include "project/finder.h"
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

static void answer_seen(struct router *router, struct route_answer *answer)
{
	const struct server_main *main = server_main(answer->server);
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *folder = pathname_to_text(main->folder);

	answer->project = finder_find(router->registry, main->folder, &why);
	answer->reason = mem_printf("port %u is served by %s (pid %d) from %s%s%s",
		server_port(answer->server), main->name, (int)main->pid, folder,
		answer->project ? "" : ": ", answer->project ? "" : why);
}

static void answer_server(struct router *router, const struct url *url, struct route_answer *answer)
{
	unsigned port = url->port;

	answer->server = servers_get(router->servers, url->host, url->port);
	switch (server_sight(answer->server)) {
	case SERVER_LOOKING:
		answer->looking = true;
		answer->reason = mem_printf("looking for the server of port %u", port);
		break;
	case SERVER_NONE:
		answer->reason = mem_printf(
			"nothing listens on port %u of %s: start the server", port, url->host);
		break;
	case SERVER_FOREIGN:
		answer->reason = mem_printf(
			"port %u is served by another user (uid %u), whose folders cannot be seen",
			port, (unsigned)server_uid(answer->server));
		break;
	case SERVER_OPAQUE:
		answer->reason = mem_printf(
			"port %u is served by a process that cannot be looked into", port);
		break;
	case SERVER_SEEN:
		answer_seen(router, answer);
		break;
	}
}

void router_answer(struct router *router, const char *text, struct route_answer *answer)
{
	struct url url;
	const char *why = NULL;

	*answer = (struct route_answer){0};
	if (url_parse(text, &url, &why) < 0) {
		answer->reason = mem_printf("%.200s: %s", text, why);
	} else if (url.kind == URL_FILE) {
		answer_file(router, &url, answer);
	} else if (url.kind == URL_OTHER) {
		answer->reason = mem_printf("%.200s: is no page of a project", text);
	} else if (!url_is_loopback(&url)) {
		answer->reason = mem_printf("%.200s: is not on this machine", url.host);
	} else {
		answer_server(router, &url, answer);
	}
	url_clear(&url);
}
