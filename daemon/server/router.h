/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "server/server.h"

/*
 * Which project a URL shows, and how that was found. These are tried in order: a url rule
 * of the settings (url-rule.h); the path of a file: URL; for a loopback URL, the process
 * that listens on its port: its working folder, then the folders that its command line
 * names (command-line.h). A name that has a loopback address in /etc/hosts counts as
 * loopback.
 */

struct choices;
struct router;

/* A server behind a proxy that may have the page. */
struct route_choice {
	struct project *project;
	uint16_t port; /* identifies it; of a server at a Unix socket, no port */
	char *socket; /* the path of that socket, UTF-8, or NULL */
	bool chosen; /* by the user */
};

enum { ROUTE_CHOICES_MAX = UPSTREAM_ENDS_MAX + 1 };

struct route_answer {
	struct project *project; /* NULL if none was found */
	/* the server of the page, a reference; NULL for a file, or if it is not known */
	struct server *server;
	struct server *front; /* the proxy that the page comes through, a reference; or NULL */
	char *part; /* the folder of the project that the server serves, raw bytes; NULL: all of it */
	bool looking; /* not known yet: servers_callbacks.changed() is called when it is */
	char *reason; /* how it was found, or why not and what to do; UTF-8 */
	char *advice; /* the command that solves that; NULL if there is none */
	char *folder; /* without a project, the one that could become it: raw bytes, or NULL */
	uint16_t forwarded; /* to this port at the other end of a tunnel or container; 0: not known */
	/*
	 * a project whose own file has rules for this URL (or, if the answer is a project, any
	 * rules) that have no effect, because the user has not trusted them; NULL: none
	 */
	struct project *withholding;
	/* if it cannot be seen which server has the page: those that the user can choose */
	struct route_choice choices[ROUTE_CHOICES_MAX];
	size_t choice_count;
	bool no_server; /* there is no project because no server answers at this URL */
};

/* `changed` is called when /etc/hosts has changed: the caller looks up all URLs again. */
struct router *router_new(struct loop *loop, struct registry *registry, struct servers *servers,
	void (*changed)(void *userdata), void *userdata);
void router_free(struct router *router);

/*
 * `order` is that of the browser which shows the URL; `far`: it runs on another machine, so ports in
 * the URL are those of that machine.
 */
void router_answer(struct router *router, const char *url, enum loopback_order order, bool far,
	struct route_answer *answer);
/*
 * The user has chosen the server on this port, one of the answer's choices, for the site of this URL.
 * False if it is none of them.
 */
bool router_choose(struct router *router, const char *url, enum loopback_order order, bool far,
	uint16_t port);
/* What was chosen; the caller stores it on disk. */
struct choices *router_choices(struct router *router);
/* Whether the server reloads its pages itself, and the project's settings let it do so. */
bool router_stands_aside(const struct project *project, const struct server *server);
void route_answer_clear(struct route_answer *answer);
