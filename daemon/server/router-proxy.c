/* SPDX-License-Identifier: MIT */
#include "server/router-private.h"

#include "server/choices.h"
#include "server/forwarder.h"
#include "util/mem.h"
#include "util/utf8.h"

/* Answers for a page that comes through a proxy: the project is that of the server behind it. */

/* A server that may have the page, and its answer. */
struct candidate {
	struct server *server; /* borrowed */
	struct route_answer answer;
};

struct candidates {
	struct candidate list[UPSTREAM_ENDS_MAX + 1];
	size_t count;
	bool looking;
};

/* `cautious`: it is probably none, see server_upstream(). */
static bool may_be_proxy(const struct route_question *question, bool *cautious)
{
	const struct server_main *main = server_main(question->answer->server);
	const char *host = question->url.host;

	/* Names below localhost distinguish sites that share a port: that needs a proxy. */
	*cautious = main->traits.proxying == PROXY_MAYBE &&
		(!listen_host_is_name(host) || strcmp(host, "localhost") == 0);
	return main->traits.proxying != PROXY_NO && !main->elsewhere &&
		!forwarder_is_one(main->name, main->command_line, main->command_line_length);
}

/* Such a server makes the pages of the one that passes requests on to it. */
static bool is_backend_of_site(const struct server *server)
{
	const struct server_main *main = server ? server_main(server) : NULL;

	return main && main->traits.backend;
}

/* A server that is probably no proxy may not know HEAD requests, or be out of service itself. */
static bool is_own_failure(const struct server_main *main, const struct upstream *found)
{
	return found->result == UPSTREAM_FAILED && main->traits.proxying == PROXY_MAYBE &&
		(!found->status || found->status == 503);
}

static void candidates_add(
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

static void candidates_clear(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		route_answer_clear(&candidates->list[i].answer);
	}
}

/*
 * The last one that has a project, if no other has another project; otherwise NULL. They are in the
 * order in which they were sent something, so it probably is the last of a chain. `certain`:
 * one of them was sent all requests. `front`: the one that passes requests on, which may be the last
 * in the list, too; `proxy`: that is what its program is for.
 */
static struct candidate *candidates_agree(
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

/* Whether none of them can pass a request on to yet another server. */
static bool candidates_are_last(const struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct server_main *main = server_main(candidates->list[i].server);

		if (!main || main->traits.proxying != PROXY_NO) {
			return false;
		}
	}
	return true;
}

/* "port 4001 (alpha), port 4002 (beta)" */
static char *candidates_text(const struct candidates *candidates)
{
	char *text = mem_strdup("");

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->list[i];
		_cleanup_free_ char *before = text;

		text = mem_printf("%s%sport %u (%s)", before, *before ? ", " : "",
			(unsigned)server_port(one->server),
			one->answer.project ? one->answer.project->label : "no project");
	}
	return text;
}

/* Each project once. */
static void add_choices(struct route_answer *answer, const struct candidates *candidates,
	const struct candidate *chosen)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->list[i];
		bool is_new = one->answer.project;

		for (size_t k = 0; k < answer->choice_count; k++) {
			is_new &= answer->choices[k].project != one->answer.project;
		}
		if (is_new) {
			answer->choices[answer->choice_count++] = (struct route_choice){
				.project = one->answer.project,
				.port = server_port(one->server),
				.chosen = chosen && chosen->answer.project == one->answer.project,
			};
		}
	}
}

/* The one of the project that the user has chosen for this site, or NULL. */
static struct candidate *find_chosen(
	const struct route_question *question, struct candidates *candidates)
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

/* The page may come from a server at a Unix socket, or from the proxy itself. */
static bool passes_by_unix(const struct upstream *found)
{
	return found->result == UPSTREAM_SELF && *found->unix_name;
}

/* Says where the proxy passes requests on to. */
static char *passes_text(const struct upstream *found)
{
	if (found->refused && found->count) {
		return mem_printf("tries to pass this request on to port %u, where nothing listens "
				  "(start that server and load the page again)",
			(unsigned)found->ends[0].port);
	}
	if (found->refused) {
		return mem_strdup("tries to pass this request on to a server that does not run "
				  "(start that server and load the page again)");
	}
	if (found->mute) {
		return mem_strdup("answers no request of savecast by https (it may ask for a "
				  "certificate)");
	}
	if (found->status) {
		return mem_printf(
			"answers with %u (load the page again when it does not)", found->status);
	}
	if (passes_by_unix(found)) {
		_cleanup_free_ char *name = utf8_dup(found->unix_name);

		return mem_printf("passes requests on to a server at the Unix socket %s", name);
	}
	return mem_strdup("passes requests on to other servers");
}

static void answer_unsure(struct route_question *question, const struct server_main *proxy,
	const struct candidates *candidates, const struct upstream *found)
{
	_cleanup_free_ char *list = candidates_text(candidates);
	_cleanup_free_ char *passes = passes_text(found);
	_cleanup_free_ char *what =
		mem_printf("%s (pid %d) %s, and it cannot be seen which one has this page: %s",
			proxy->name, (int)proxy->pid, passes, list);

	route_question_advise(question, what);
	add_choices(question->answer, candidates, NULL);
}

/*
 * Makes the answer of the server behind the proxy that of the page. `others`: there are other
 * candidates of the same project.
 */
static void answer_take(struct route_question *question, const struct server_main *proxy,
	struct candidate *candidate, bool others)
{
	struct route_answer *answer = question->answer, behind = candidate->answer;
	const char *or_others = others ? " or to another server of this project" : "";
	struct server *front = mem_steal(answer->server);
	unsigned port = server_port(candidate->server);
	_cleanup_free_ char *own = mem_steal(behind.reason);

	candidate->answer = (struct route_answer){0};
	if (candidate->server == front) {
		behind.reason = mem_steal(own);
		server_unref(front);
		*answer = behind;
		return;
	}
	behind.reason = behind.no_server
		? mem_printf("%s (pid %d) passes port %u on to port %u, where nothing listens: "
			     "start the server",
			  proxy->name, (int)proxy->pid, (unsigned)question->url.port, port)
		: mem_printf("%s (pid %d) passes port %u on to port %u%s; %s", proxy->name,
			  (int)proxy->pid, (unsigned)question->url.port, port, or_others, own);
	behind.front = front;
	*answer = behind;
}

/* The user has chosen it, because it cannot be seen which one it is. */
static void answer_chosen(struct route_question *question, const struct server_main *proxy,
	struct candidates *candidates, struct candidate *chosen)
{
	struct route_answer choices = {.choice_count = 0};
	struct route_answer *answer = question->answer;
	_cleanup_free_ char *reason = NULL;

	add_choices(&choices, candidates, chosen);
	answer_take(question, proxy, chosen, false);
	reason = answer->reason;
	answer->reason = mem_printf("%s (chosen in the popup)", reason);
	memcpy(answer->choices, choices.choices, sizeof answer->choices);
	answer->choice_count = choices.choice_count;
}

static void answer_looking(struct route_question *question, const struct server_main *proxy)
{
	question->answer->looking = true;
	question->answer->reason = mem_printf("looking for the server behind %s on port %u",
		proxy->name, (unsigned)question->url.port);
}

static void answer_failed(struct route_question *question, const struct server_main *proxy,
	const struct upstream *found)
{
	_cleanup_free_ char *status =
		found->status ? mem_printf("answers with %u", found->status) : NULL;

	question->answer->reason = mem_printf(
		"%s (pid %d) on port %u %s, so the server behind it cannot be found: reload the "
		"page when that server is running",
		proxy->name, (int)proxy->pid, (unsigned)question->url.port,
		status ? status : "does not answer");
}

/* `behind`: the servers that it may come from, as in `found`. */
static void answer_behind(struct route_question *question, const struct server_main *proxy,
	const struct upstream *found, struct server *const *behind)
{
	bool by_unix = passes_by_unix(found), sure = found->result == UPSTREAM_FOUND;
	struct candidates candidates = {.count = 0};
	struct candidate *agreed = NULL, *chosen;

	for (unsigned i = 0; i < found->count; i++) {
		candidates_add(&candidates, question, behind[i]);
	}
	if (found->maybe_self || by_unix) {
		candidates_add(&candidates, question, question->answer->server);
	}
	chosen = find_chosen(question, &candidates);
	if (sure) {
		agreed = candidates.count ? &candidates.list[0] : NULL;
	} else if (!found->incomplete && !by_unix &&
		(!found->deeper || candidates_are_last(&candidates))) {
		agreed = candidates_agree(&candidates, !found->maybe_self, question->answer->server,
			proxy->traits.proxying == PROXY_YES);
	}
	if (candidates.looking && !sure) {
		answer_looking(question, proxy);
	} else if (agreed) {
		answer_take(question, proxy, agreed, !sure && candidates.count > 1);
	} else if (chosen) {
		answer_chosen(question, proxy, &candidates, chosen);
	} else {
		answer_unsure(question, proxy, &candidates, found);
	}
	candidates_clear(&candidates);
}

bool route_question_ask_behind(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	const struct server_main *proxy = server_main(answer->server);
	const struct upstream *found;
	struct server *const *behind;
	bool cautious;

	if (!may_be_proxy(question, &cautious)) {
		return false;
	}
	found = server_upstream(answer->server, &question->url, cautious, &behind);
	if (!found) {
		answer_looking(question, proxy);
		return true;
	}
	if ((found->result == UPSTREAM_SELF && !passes_by_unix(found)) ||
		is_own_failure(proxy, found) ||
		(found->result == UPSTREAM_FOUND && is_backend_of_site(behind[0]))) {
		return false;
	}
	if (found->result == UPSTREAM_FAILED) {
		answer_failed(question, proxy, found);
	} else {
		answer_behind(question, proxy, found, behind);
	}
	return true;
}
