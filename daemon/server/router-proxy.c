/* SPDX-License-Identifier: MIT */
#include "server/router-private.h"

#include <unistd.h>

#include "server/forwarder.h"
#include "server/router-candidates.h"
#include "util/mem.h"

/* Answers for a page that comes through a proxy: the project is that of the server behind it. */

/* `cautious`: it is probably none, see server_upstream(). */
static bool may_be_proxy(const struct route_question *question, bool *cautious)
{
	const struct server_main *main = server_main(question->answer->server);
	const char *host = question->url.host;

	/* Names below localhost distinguish sites that share a port: that needs a proxy. */
	*cautious = main->traits.proxying == PROXY_RARELY ||
		(main->traits.proxying == PROXY_MAYBE &&
			(!listen_host_is_name(host) || strcmp(host, "localhost") == 0));
	return main->traits.proxying != PROXY_NO && !main->elsewhere &&
		!forwarder_is_one(main->name, main->command_line, main->command_line_length);
}

/* Such a server makes the pages of the one that passes requests on to it. */
static bool is_backend_of_site(const struct server *server)
{
	const struct server_main *main = server ? server_main(server) : NULL;

	return main && main->traits.backend;
}

/*
 * A server that is probably no proxy may not know HEAD requests, or be out of service itself; or so may
 * one at a Unix socket that it has passed the request on to.
 */
static bool may_be_own_failure(const struct server_main *main, const struct upstream *found)
{
	return found->result == UPSTREAM_FAILED && main->traits.proxying == PROXY_MAYBE &&
		(!found->status || found->status == 503);
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
	candidates_offer(candidates, NULL, question->answer);
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
	_cleanup_free_ char *place = server_place(candidate->server);
	_cleanup_free_ char *own = mem_steal(behind.reason);

	candidate->answer = (struct route_answer){0};
	if (candidate->server == front) {
		behind.reason = mem_steal(own);
		server_unref(front);
		*answer = behind;
		return;
	}
	behind.reason = behind.no_server
		? mem_printf("%s (pid %d) passes port %u on to %s, where nothing listens: "
			     "start the server",
			  proxy->name, (int)proxy->pid, (unsigned)question->url.port, place)
		: mem_printf("%s (pid %d) passes port %u on to %s%s; %s", proxy->name,
			  (int)proxy->pid, (unsigned)question->url.port, place, or_others, own);
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

	candidates_offer(candidates, chosen, &choices);
	answer_take(question, proxy, chosen, false);
	reason = answer->reason;
	answer->reason = mem_printf("%s (chosen in the popup)", reason);
	memcpy(answer->choices, choices.choices, sizeof answer->choices); /* with their texts */
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

/*
 * A server with pages of its own that has some from a backend of its own project still counts as theirs:
 * a dev server updates them. The last candidate is that server.
 */
static bool keeps_pages_of(const struct candidates *candidates)
{
	const struct candidate *behind = &candidates->list[0];

	return candidates->count > 1 && !behind->answer.looking &&
		(!behind->answer.project ||
			behind->answer.project == candidates->list[1].answer.project);
}

/* `behind`: the servers that it may come from, as in `found`. False if there is only the proxy itself. */
static bool answer_behind(struct route_question *question, const struct server_main *proxy,
	const struct upstream *found, struct server *const *behind)
{
	bool sure = found->result == UPSTREAM_FOUND;
	bool keeps = sure && (proxy->traits.livereload || proxy->traits.proxying == PROXY_RARELY);
	bool is_proxy = proxy->traits.proxying == PROXY_YES;
	bool certain = found->result == UPSTREAM_UNSURE && !found->maybe_self;
	struct candidates candidates = {.count = 0};
	struct candidate *agreed = NULL, *chosen;

	for (unsigned i = 0; i < found->count; i++) {
		candidates_add(&candidates, question, behind[i]);
	}
	for (unsigned i = found->count; i < found->count + found->unix_names.count; i++) {
		candidates_add_unix(&candidates, question, behind[i]);
	}
	if (found->maybe_self || found->result == UPSTREAM_SELF || keeps) {
		candidates_add(&candidates, question, question->answer->server);
	}
	/* What a program of the site is connected to in its own project is a database, for example. */
	agreed = candidates_agree(&candidates, false, question->answer->server, is_proxy);
	if ((found->result == UPSTREAM_SELF && (candidates.count == 1 || (agreed && !is_proxy))) ||
		(keeps && keeps_pages_of(&candidates))) {
		candidates_clear(&candidates);
		return false;
	}
	agreed = NULL;
	chosen = candidates_chosen(&candidates, question);
	if (sure) {
		agreed = candidates.count ? &candidates.list[0] : NULL;
	} else if (!found->incomplete && !(found->unix_names.more && is_proxy) &&
		(!found->deeper || candidates_are_last(&candidates))) {
		agreed = candidates_agree(&candidates, certain, question->answer->server, is_proxy);
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
	return true;
}

/*
 * Whether the server's page could be of another project if it has it from one of these servers.
 * `looking`: that is not known yet.
 */
static bool may_be_of_others(struct route_question *question, const struct upstream *found,
	struct server *const *behind, bool *looking)
{
	struct candidates candidates = {.count = 0};
	const struct project *own;
	bool others = found->incomplete;

	candidates_add(&candidates, question, question->answer->server);
	own = candidates.list[0].answer.project;
	for (unsigned i = 0; i < found->count; i++) {
		candidates_add(&candidates, question, behind[i]);
	}
	for (size_t i = 1; i < candidates.count; i++) {
		const struct project *project = candidates.list[i].answer.project;
		const struct server_main *main = server_main(candidates.list[i].server);

		/* Browsers are connected to this program, which has no pages. */
		others |= main && main->pid != getpid() &&
			((project && project != own) || main->traits.proxying == PROXY_YES);
	}
	*looking = candidates.looking;
	candidates_clear(&candidates);
	return others;
}

/*
 * For a server that makes most of its pages itself: the page counts as one of these until it is known whether
 * requests are needed, and while these show whether it is, so that no save is missed. False, without an answer, if none
 * are needed.
 */
static bool answer_unasked(
	struct route_question *question, const struct upstream *found, struct server *const *behind)
{
	struct route_answer *answer = question->answer;
	_cleanup_free_ char *own = NULL;
	bool looking, ask = may_be_of_others(question, found, behind, &looking);

	if (ask || !looking) {
		server_decide_upstream(answer->server, &question->url, ask);
	}
	if (!ask && !looking) {
		return false;
	}
	route_question_answer_server(question);
	own = mem_steal(answer->reason);
	answer->reason =
		mem_printf("%s, unless it has this page from another server: looking", own);
	answer->looking = true;
	return true;
}

bool route_question_ask_behind(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	const struct server_main *proxy = server_main(answer->server);
	const struct upstream *found;
	struct server *const *behind;
	bool cautious, own_failure;

	if (!may_be_proxy(question, &cautious)) {
		return false;
	}
	found = server_upstream(answer->server, &question->url, cautious, &behind);
	if (!found) {
		answer_looking(question, proxy);
		return true;
	}
	if (found->result == UPSTREAM_UNASKED) {
		return answer_unasked(question, found, behind);
	}
	if (proxy->traits.proxying == PROXY_RARELY && found->result != UPSTREAM_FOUND) {
		return false;
	}
	own_failure = may_be_own_failure(proxy, found);
	if (((found->result == UPSTREAM_SELF || own_failure) && !found->unix_names.count) ||
		(found->result == UPSTREAM_FOUND && is_backend_of_site(behind[0]))) {
		return false;
	}
	if (found->result == UPSTREAM_FAILED && !own_failure) {
		answer_failed(question, proxy, found);
		return true;
	}
	return answer_behind(question, proxy, found, behind);
}
