/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "server/server.h"

/*
 * Which project does a URL show, and how is that known? In this order: a url rule
 * of the settings (url-rule.h); a file: URL's own path; for a loopback URL the
 * process that listens on its port, its working folder, then the folders that its
 * command line names (command-line.h); a name that /etc/hosts gives a loopback
 * address likewise.
 */

struct router;

struct route_answer {
	struct project *project; /* NULL if there is none */
	struct server *server; /* who serves it, a reference; NULL for a file or no answer */
	bool looking; /* not known yet: servers_callbacks.changed() tells when */
	char *reason; /* how it was found, or why not and what to do; UTF-8 */
	char *advice; /* of that, the command that settles it; NULL if there is none */
};

/* `changed` tells that names may mean something else now: look all URLs up again. */
struct router *router_new(struct loop *loop, struct registry *registry, struct servers *servers,
	void (*changed)(void *userdata), void *userdata);
void router_free(struct router *router);

/* `order` is that of the browser which shows the URL. */
void router_answer(struct router *router, const char *url, enum loopback_order order,
	struct route_answer *answer);
/* Whether the server reloads its pages by itself, and the project leaves that to it. */
bool stands_aside(const struct project *project, const struct server *server);
void route_answer_clear(struct route_answer *answer);
