/* SPDX-License-Identifier: MIT */
#include "server/router-candidates.h"

#include "server/choices.h"
#include "util/mem.h"

void candidates_add(
	struct candidates *candidates, struct route_question *question, struct server *server)
{
	struct candidate *one = &candidates->list[candidates->count];
	struct route_question asked = *question;

	if (!server) {
		return;
	}
	*one = (struct candidate){.server = server, .answer = {.server = server_ref(server)}};
	asked.answer = &one->answer;
	route_question_answer_server(&asked);
	candidates->looking |= one->answer.looking;
	candidates->count++;
}

/*
 * A program of the site can be connected to a database or the desktop, too, which have no project:
 * what is connected to a program that only passes requests on is a server of pages.
 */
void candidates_add_unix(
	struct candidates *candidates, struct route_question *question, struct server *server)
{
	const struct server_main *main = server_main(question->answer->server);

	candidates_add(candidates, question, server);
	if (server && main->traits.proxying != PROXY_YES) {
		struct candidate *one = &candidates->list[candidates->count - 1];

		if (!one->answer.project && !one->answer.looking) {
			route_answer_clear(&one->answer);
			candidates->count--;
		}
	}
}

void candidates_clear(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		route_answer_clear(&candidates->list[i].answer);
	}
}

struct candidate *candidates_agree(
	struct candidates *candidates, bool certain, const struct server *front, bool proxy)
{
	struct candidate *only = NULL;

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *one = &candidates->list[i];

		if (!one->answer.project && !certain && !(proxy && one->server == front)) {
			return NULL; /* the page may be its, and in no project */
		}
		if (only && one->answer.project && one->answer.project != only->answer.project) {
			return NULL;
		}
		only = one->answer.project && (!only || one->server != front) ? one : only;
	}
	return only;
}

bool candidates_are_last(const struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct server_main *main = server_main(candidates->list[i].server);

		if (!main || main->traits.proxying == PROXY_YES ||
			main->traits.proxying == PROXY_MAYBE) {
			return false;
		}
	}
	return true;
}

char *candidates_text(const struct candidates *candidates)
{
	char *text = mem_strdup("");

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->list[i];
		_cleanup_free_ char *before = text;
		_cleanup_free_ char *place = server_place(one->server);

		text = mem_printf("%s%s%s (%s)", before, *before ? ", " : "", place,
			one->answer.project ? one->answer.project->label : "no project");
	}
	return text;
}

void candidates_offer(const struct candidates *candidates, const struct candidate *chosen,
	struct route_answer *answer)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->list[i];
		uint16_t port = server_port(one->server);
		bool is_new = one->answer.project;

		for (size_t k = 0; k < answer->choice_count; k++) {
			is_new &= answer->choices[k].project != one->answer.project;
		}
		if (is_new && answer->choice_count < ROUTE_CHOICES_MAX) {
			answer->choices[answer->choice_count++] = (struct route_choice){
				.project = one->answer.project,
				/* Of one without a port, a number that no server of pages listens on. */
				.port = port ? port : (uint16_t)(i + 1),
				.socket = server_socket(one->server),
				.chosen = chosen && chosen->answer.project == one->answer.project,
			};
		}
	}
}

struct candidate *candidates_chosen(
	struct candidates *candidates, const struct route_question *question)
{
	_cleanup_free_ char *site = route_question_site(question);
	const char *root = choices_find(question->router->choices, site);

	for (size_t i = 0; root && i < candidates->count; i++) {
		const struct project *project = candidates->list[i].answer.project;

		if (project && strcmp(project->root, root) == 0) {
			return &candidates->list[i];
		}
	}
	return NULL;
}
