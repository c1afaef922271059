/* SPDX-License-Identifier: MIT */
#include "server/router-private.h"

#include "config/withheld.h"
#include "project/finder.h"
#include "server/choices.h"
#include "server/hosts.h"
#include "server/url-rule.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

struct router *router_new(struct loop *loop, struct registry *registry, struct servers *servers,
	void (*changed)(void *userdata), void *userdata)
{
	struct router *router = mem_new(struct router);

	*router = (struct router){
		.registry = registry,
		.servers = servers,
		.hosts = hosts_file_new(loop, changed, userdata),
		.choices = choices_new(),
	};
	return router;
}

void router_free(struct router *router)
{
	if (router) {
		hosts_file_free(router->hosts);
		choices_free(router->choices);
		free(router);
	}
}

void route_answer_clear(struct route_answer *answer)
{
	server_unref(answer->server);
	server_unref(answer->front);
	free(answer->reason);
	free(answer->advice);
	free(answer->folder);
	free(answer->part);
	for (size_t i = 0; i < answer->choice_count; i++) {
		free(answer->choices[i].socket);
	}
	*answer = (struct route_answer){0};
}

static void answer_file(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *name = pathname_to_text(question->url.path);

	answer->project = finder_find(question->router->registry, question->url.path, &why);
	if (!answer->project) {
		answer->folder = finder_folder(question->url.path);
	}
	answer->reason = mem_printf("%s%s%s", name, answer->project ? " is the file itself" : ": ",
		answer->project ? "" : why);
}

/* The address that browsers use if a name has several: in the order for localhost. */
static const char *one_of(const struct hosts_address *addresses, size_t count)
{
	bool v4 = false, v6 = false;

	for (size_t i = 0; i < count; i++) {
		v4 |= strcmp(addresses[i].text, "127.0.0.1") == 0;
		v6 |= strcmp(addresses[i].text, "::1") == 0;
	}
	return v4 && v6 ? "localhost" : addresses[0].text;
}

/*
 * The URL's host on this machine: an address or "localhost"; NULL if it is elsewhere. If
 * /etc/hosts cannot be read, `why` says so. Every other way to resolve a name may send a
 * packet or block.
 */
static const char *host_here(
	struct route_question *question, struct hosts_address *addresses, const char **why)
{
	const struct url *url = &question->url;
	size_t count;

	*why = NULL;
	if (url->kind != URL_HTTP) {
		return NULL;
	}
	if (url_is_loopback(url)) {
		return url->host;
	}
	count = hosts_loopback(hosts_file_text(question->router->hosts, why), url->host, addresses);
	return count ? one_of(addresses, count) : NULL;
}

static void answer_host(struct route_question *question)
{
	struct hosts_address addresses[HOSTS_ADDRESSES_MAX];
	const char *name = question->url.host, *why;
	const char *host = host_here(question, addresses, &why);
	_cleanup_free_ char *what = NULL;

	if (host) {
		route_question_ask_server(question, host);
		return;
	}
	what = why ? mem_printf("%.200s: /etc/hosts cannot be read: %s", name, why)
		   : mem_printf("%.200s is not on this machine", name);
	route_question_advise(question, what);
}

static void answer_rule(struct route_question *question, const struct url_rule *rule)
{
	struct route_answer *answer = question->answer;
	struct hosts_address addresses[HOSTS_ADDRESSES_MAX];
	const char *why, *host = host_here(question, addresses, &why);

	answer->project = rule->project;
	answer->reason = mem_printf("savecast.url: %s", rule->pattern->text);
	/* If the daemon can inspect the server, it knows when the new code is serving. */
	if (host) {
		answer->server = servers_get(question->router->servers, host, question->url.port,
			question->order, question->far);
		answer->part = route_part(answer->project, answer->server);
	}
}

static void answer_url(struct route_question *question, const char *text)
{
	const struct url *url = &question->url;
	struct url_rule rule;

	if (url_rule_find(question->router->registry, url, false, &rule)) {
		answer_rule(question, &rule);
	} else if (url->kind == URL_FILE) {
		answer_file(question);
	} else if (url->kind == URL_HTTP) {
		answer_host(question);
	} else {
		question->answer->reason = mem_printf("%.200s: is not a page of a project", text);
	}
}

/* If a rule that the user has not trusted has the answer, the advice is to trust it. */
static void answer_withheld(struct route_question *question)
{
	struct route_answer *answer = question->answer;
	struct url_rule rule;

	if (answer->project) {
		const struct withheld *withheld = answer->project->withheld;

		answer->withholding = withheld && withheld->rules.include.count ? answer->project : NULL;
		return;
	}
	if (answer->looking ||
		!url_rule_find(question->router->registry, &question->url, true, &rule)) {
		return;
	}
	answer->withholding = rule.project;
	/* What the user can do about the server itself comes first. */
	if (answer->advice && !answer->folder) {
		free(answer->advice);
		free(answer->reason);
		answer->advice = withheld_advice(rule.project);
		answer->reason = withheld_reason(rule.project, "url", rule.pattern->text);
	}
}

void router_answer(struct router *router, const char *text, enum loopback_order order, bool far,
	struct route_answer *answer)
{
	struct route_question question = {
		.router = router, .order = order, .far = far, .answer = answer};
	_cleanup_free_ char *raw = NULL;
	const char *why = NULL;

	*answer = (struct route_answer){0};
	if (url_parse(text, &question.url, &why) < 0) {
		answer->reason = mem_printf("%.200s: %s", text, why);
	} else {
		answer_url(&question, text);
		answer_withheld(&question);
	}
	raw = mem_steal(answer->reason);
	answer->reason = utf8_dup(raw); /* a value may have been cut within a character */
	url_clear(&question.url);
}

struct choices *router_choices(struct router *router)
{
	return router->choices;
}

bool router_choose(struct router *router, const char *text, enum loopback_order order, bool far,
	uint16_t port)
{
	struct route_question question = {.router = router};
	struct route_answer answer;
	const char *root = NULL, *why;

	router_answer(router, text, order, far, &answer);
	for (size_t i = 0; i < answer.choice_count && !root; i++) {
		root = answer.choices[i].port == port ? answer.choices[i].project->root : NULL;
	}
	if (root && url_parse(text, &question.url, &why) == 0) {
		_cleanup_free_ char *site = route_question_site(&question);

		choices_set(router->choices, site, root);
		url_clear(&question.url);
	}
	route_answer_clear(&answer);
	return root != NULL;
}
