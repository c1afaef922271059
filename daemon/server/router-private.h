/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/hosts.h"
#include "server/router.h"
#include "server/url.h"

/* Shared by router.c, router-server.c, router-proxy.c and router-candidates.c only. */

struct router {
	struct registry *registry;
	struct servers *servers;
	struct hosts_file *hosts;
	struct choices *choices;
};

/* A URL whose project is wanted. */
struct route_question {
	struct router *router;
	struct url url;
	enum loopback_order order;
	bool far;
	struct route_answer *answer;
};

/*
 * Answers from the server at the URL's port. `host` is an address, or a name for both loopback
 * addresses.
 */
void route_question_ask_server(struct route_question *question, const char *host);

/* The same for `answer->server`, even if it is a proxy. */
void route_question_answer_server(struct route_question *question);
/*
 * The same for the server behind `answer->server`, which is SERVER_SEEN; false, without an answer,
 * if that is no proxy.
 */
bool route_question_ask_behind(struct route_question *question);

/* "http://localhost:8080": a choice is for all pages of it. The caller frees it. */
char *route_question_site(const struct route_question *question);

/*
 * Answers that the project cannot be found, for the reason `what`, and with the command that sets
 * it.
 */
void route_question_advise(struct route_question *question, const char *what);

/* The folder below the project's root that the server serves; NULL: all of it, or not known. */
char *route_part(const struct project *project, const struct server *server);
