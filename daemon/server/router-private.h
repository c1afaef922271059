/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/hosts-file.h"
#include "server/router.h"
#include "server/url.h"

/* Shared by router.c and router-server.c only. */

struct router {
	struct registry *registry;
	struct servers *servers;
	struct hosts_file *hosts;
};

/* One URL for which an answer is wanted. */
struct route_question {
	struct router *router;
	struct url url;
	enum loopback_order order;
	struct route_answer *answer;
};

/*
 * Answers with what is known of the server at the URL's port. `host` is an address, or a
 * name for both loopback addresses.
 */
void route_question_ask_server(struct route_question *question, const char *host);

/*
 * Answers that the project cannot be found out, as `what` says, and with the line of
 * settings that solves it.
 */
void route_question_advise(struct route_question *question, const char *what);
