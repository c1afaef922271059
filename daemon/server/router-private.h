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
struct restart_sample {
	struct router *router;
	struct url url;
	enum loopback_order order;
	struct route_answer *answer;
};

/*
 * Answers with what is known of the server at the URL's port. `host` is an address, or a
 * name for both loopback addresses.
 */
void question_ask_server(struct restart_sample *question, const char *host);

/*
 * Answers that the project cannot be found out, as `what` says, and with the line of
 * settings that solves it.
 */
void question_advise(struct restart_sample *question, const char *what);
