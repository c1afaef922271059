/* SPDX-License-Identifier: MIT */
#include "route/router.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pathname.h"
#include "base/utf8.h"
#include "project/finder.h"
#include "route/listen-socket.h"
#include "route/process.h"
#include "route/url-rule.h"
#include "route/url.h"

struct router {
	struct loop *loop;
	struct registry *registry;
};

/* What the worker finds about a port. */
struct served {
	struct listen_socket listeners[LISTEN_SOCKETS_MAX];
	int listener_count; /* or a negative errno */
	struct holder holders[HOLDERS_MAX];
	size_t holder_count;
};

struct route_query {
	struct router *router;
	struct url url;
	struct served served;
	route_answer_fn *answered; /* NULL once cancelled */
	void *userdata;
};

struct router *router_new(struct loop *loop, struct registry *registry)
{
	struct router *router = mem_new(struct router);

	router->loop = loop;
	router->registry = registry;
	return router;
}

void router_free(struct router *router)
{
	free(router);
}

static void query_answer(struct route_query *query, struct project *project, const char *format,
	...) __attribute__((format(printf, 3, 4)));

static void query_answer(
	struct route_query *query, struct project *project, const char *format, ...)
{
	_cleanup_free_ char *text = NULL, *reason = NULL;
	va_list args;

	if (!query->answered) {
		return;
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		abort();
	}
	va_end(args);
	reason = utf8_dup(text); /* a value may have been cut within a character */
	query->answered(&(struct route_answer){project, reason}, query->userdata);
}

static void query_free(struct route_query *query)
{
	for (size_t i = 0; i < query->served.holder_count; i++) {
		holder_clear(&query->served.holders[i]);
	}
	url_clear(&query->url);
	free(query);
}

static void query_look(void *userdata)
{
	struct route_query *query = userdata;
	struct served *served = &query->served;
	size_t kept = 0;

	served->listener_count =
		listen_sockets_on_port(query->url.port, served->listeners, LISTEN_SOCKETS_MAX);
	for (int i = 0; i < served->listener_count; i++) {
		if (listen_socket_takes(&served->listeners[i], query->url.host)) {
			served->listeners[kept++] = served->listeners[i];
		}
	}
	if (served->listener_count >= 0) {
		served->listener_count = (int)kept;
	}
	if (kept) {
		served->holder_count = processes_holding(
			served->listeners, kept, served->holders, HOLDERS_MAX);
	}
}

/* A supervisor and its workers hold the same socket; the oldest was started by the user. */
static const struct holder *served_oldest(const struct served *served)
{
	const struct holder *oldest = NULL;

	for (size_t i = 0; i < served->holder_count; i++) {
		const struct holder *holder = &served->holders[i];

		if (holder->folder && (!oldest || holder->start_time < oldest->start_time)) {
			oldest = holder;
		}
	}
	return oldest;
}

static void query_answer_unheld(struct route_query *query)
{
	const struct served *served = &query->served;
	unsigned port = query->url.port;

	if (served->listener_count < 0) {
		query_answer(query, NULL, "port %u: sock_diag: %s", port,
			strerror(-served->listener_count));
	} else if (served->listener_count == 0) {
		query_answer(query, NULL,
			"nothing listens on port %u of %s: start the server, then load the page",
			port, query->url.host);
	} else if (served->listeners[0].uid != geteuid()) {
		query_answer(query, NULL,
			"port %u is served by another user (uid %u), whose folders cannot be seen",
			port, (unsigned)served->listeners[0].uid);
	} else {
		query_answer(query, NULL,
			"port %u is served by a process that cannot be looked into", port);
	}
}

static void query_looked(void *userdata)
{
	struct route_query *query = userdata;
	const struct holder *holder = served_oldest(&query->served);

	if (!query->answered) {
		query_free(query);
		return;
	}
	if (!holder) {
		query_answer_unheld(query);
	} else {
		_cleanup_free_ char *why = NULL;
		_cleanup_free_ char *name = pathname_label(holder->name);
		_cleanup_free_ char *folder = pathname_to_text(holder->folder);
		struct project *project =
			finder_find(query->router->registry, holder->folder, &why);

		query_answer(query, project, "port %u is served by %s (pid %d) from %s%s%s",
			query->url.port, name, (int)holder->pid, folder, project ? "" : ": ",
			project ? "" : why);
	}
	query_free(query);
}

static void query_answer_file(struct route_query *query)
{
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *name = pathname_to_text(query->url.path);
	struct project *project = finder_find(query->router->registry, query->url.path, &why);

	query_answer(query, project, "%s%s%s", name, project ? " is the file itself" : ": ",
		project ? "" : why);
}

struct route_query *router_ask(
	struct router *router, const char *url, route_answer_fn *answered, void *userdata)
{
	struct route_query *query = mem_new(struct route_query);
	struct url_rule rule;
	const char *why = NULL;

	query->router = router;
	query->answered = answered;
	query->userdata = userdata;
	if (url_parse(url, &query->url, &why) < 0) {
		query_answer(query, NULL, "%.200s: %s", url, why);
	} else if (url_rule_find(router->registry, &query->url, &rule)) {
		query_answer(query, rule.project, "savecast.url: %s", rule.pattern->text);
	} else if (query->url.kind == URL_FILE) {
		query_answer_file(query);
	} else if (query->url.kind == URL_OTHER) {
		query_answer(query, NULL, "%.200s: is no page of a project", url);
	} else if (!url_is_loopback(&query->url)) {
		query_answer(query, NULL, "%.200s: is not on this machine", query->url.host);
	} else {
		loop_job(router->loop, query_look, query_looked, query);
		return query;
	}
	query_free(query);
	return NULL;
}

void route_query_cancel(struct route_query *query)
{
	if (query) {
		query->answered = NULL;
	}
}
