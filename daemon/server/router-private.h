/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/hosts-file.h"
#include "server/router.h"
#include "server/url.h"

/* What router.c and router-server.c share, and nobody else. */

struct router {
	struct registry *registry;
	struct servers *servers;
	struct hosts_file *hosts;
};

/* One URL to be answered. */
struct restart_sample {
	struct router *router;
	struct url url;
	enum loopback_order order;
	struct route_answer *answer;
};

/*
 * The answer is what the server of the URL's port tells. `host` is an address, or a
 * name that stands for both loopback addresses.
 */
void question_ask_server(struct restart_sample *question, const char *host);

/*
 * The answer is that the project cannot be seen, as `what` says, and the one line of
 * settings that says which it is.
 */
void question_advise(struct restart_sample *question, const char *what);
