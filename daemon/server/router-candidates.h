/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/router-private.h"

/* The servers that a page may come from, if it comes through a proxy. For router-proxy.c only. */

/* A server that may have the page, and its answer. */
struct candidate {
	struct server *server; /* borrowed */
	struct route_answer answer;
};

struct candidates {
	struct candidate list[SERVER_BEHIND_MAX + 1];
	size_t count;
	bool looking;
};

/* Adds the server, unless it is NULL, and its answer to the question. */
void candidates_add(
	struct candidates *candidates, struct route_question *question, struct server *server);
/* The same for one at a Unix socket, unless it is no server of pages. */
void candidates_add_unix(
	struct candidates *candidates, struct route_question *question, struct server *server);
/* Not the candidates themselves, which are not allocated. */
void candidates_clear(struct candidates *candidates);

/*
 * The last one that has a project, if no other has another project; otherwise NULL. They are in the
 * order in which they were sent something, so it probably is the last of a chain. `certain`:
 * one of them was sent all requests. `front`: the one that passes requests on, which may be the last
 * in the list, too; `proxy`: that is what its program is for.
 */
struct candidate *candidates_agree(
	struct candidates *candidates, bool certain, const struct server *front, bool proxy);
/* Whether none of them can pass a request on to yet another server. */
bool candidates_are_last(const struct candidates *candidates);

/* "port 4001 (alpha), the Unix socket /run/app.sock (beta)": the caller frees it. */
char *candidates_text(const struct candidates *candidates);
/* Makes them the choices of the answer, each project once. `chosen` may be NULL. */
void candidates_offer(const struct candidates *candidates, const struct candidate *chosen,
	struct route_answer *answer);
/* The one of the project that the user has chosen for this site, or NULL. */
struct candidate *candidates_chosen(
	struct candidates *candidates, const struct route_question *question);
