/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "config/setting.h"
#include "project/finder.h"
#include "server/choices.h"
#include "server/router-private.h"
#include "util/mem.h"

/*
 * What a tab is told about a page of an application server while the daemon finds out whether that has the
 * page from a server of another project. What the daemon knows at each moment is set by the test: this file
 * replaces server.h and finder.h.
 */

struct server {
	enum server_visibility visibility;
	struct server_main main;
};

static struct {
	struct server own, other;
	struct server *behind[1];
	struct upstream upstream;
	int decided; /* -1: not yet, otherwise whether requests are sent */
} world;

static struct registry *registry;
static struct project *alpha, *beta;
static struct project_settings settings;

struct server *servers_get(struct servers *servers, const char *host, uint16_t port,
	enum loopback_order order, bool far)
{
	return &world.own;
}

struct server *server_ref(struct server *server)
{
	return server;
}

void server_unref(struct server *server)
{
}

enum server_visibility server_visibility(const struct server *server)
{
	return server->visibility;
}

const struct server_main *server_main(const struct server *server)
{
	return server->visibility == SERVER_SEEN ? &server->main : NULL;
}

char *server_place(const struct server *server)
{
	return mem_strdup("a port");
}

char *server_socket(const struct server *server)
{
	return NULL;
}

uint16_t server_port(const struct server *server)
{
	return 8000;
}

uid_t server_uid(const struct server *server)
{
	return 0;
}

const char *server_forwarder(const struct server *server)
{
	return NULL;
}

uint16_t server_forwarder_target(const struct server *server)
{
	return 0;
}

bool server_is_behind_tunnel(const struct server *server)
{
	return false;
}

const struct upstream *server_upstream(
	struct server *server, const struct url *url, bool cautious, struct server *const **behind)
{
	assert_true(cautious);
	*behind = world.behind;
	return &world.upstream;
}

void server_decide_upstream(struct server *server, const struct url *url, bool ask)
{
	world.decided = ask;
}

struct project *finder_find(struct registry *projects, const char *name, char **why)
{
	return registry_find(projects, name);
}

char *finder_folder(const char *name)
{
	return NULL;
}

char *finder_advice(const char *name)
{
	return NULL;
}

char *finder_resolve(const char *name)
{
	return mem_strdup(name);
}

/* An application server of alpha that has a connection to a server, of which this is known. */
static void set_up(enum server_visibility other, const char *folder)
{
	static char uvicorn[] = "uvicorn", python[] = "python3", own_folder[] = "/alpha";
	static char other_folder[16];

	strcpy(other_folder, folder);
	world.own = (struct server){
		.visibility = SERVER_SEEN,
		.main = {.pid = 1,
			.name = uvicorn,
			.folder = own_folder,
			.command_line = uvicorn,
			.command_line_length = sizeof uvicorn,
			.traits.proxying = PROXY_RARELY},
	};
	world.other = (struct server){
		.visibility = other,
		.main = {.pid = 2,
			.name = python,
			.folder = other_folder,
			.command_line = python,
			.command_line_length = sizeof python},
	};
	world.behind[0] = &world.other;
	world.upstream = (struct upstream){
		.result = UPSTREAM_UNASKED, .ends = {{"127.0.0.1", 9000}}, .count = 1};
	world.decided = -1;
}

/* Asks which project the page shows, and expects it; returns whether that may still change. */
static bool expect(const struct project *project)
{
	struct router router = {.registry = registry, .choices = choices_new()};
	struct route_answer answer;
	bool looking;

	router_answer(&router, "http://127.0.0.1:8000/", LOOPBACK_V4_FIRST, false, &answer);
	assert_ptr_equal(answer.project, project);
	assert_ptr_equal(answer.server, &world.own);
	looking = answer.looking;
	route_answer_clear(&answer);
	choices_free(router.choices);
	return looking;
}

static void its_tab_keeps_its_project_while_the_other_server_is_not_known(void **state)
{
	set_up(SERVER_LOOKING, "");
	assert_true(expect(alpha));
	assert_int_equal(world.decided, -1);
}

static void its_tab_keeps_its_project_while_requests_are_sent(void **state)
{
	set_up(SERVER_SEEN, "/beta");
	assert_true(expect(alpha));
	assert_int_equal(world.decided, true);
}

static void no_request_is_sent_because_of_a_server_of_its_own_project(void **state)
{
	set_up(SERVER_SEEN, "/alpha");
	assert_false(expect(alpha));
	assert_int_equal(world.decided, false);
}

static int begin(void **state)
{
	registry = registry_new();
	alpha = registry_add(registry, "/alpha", true, 0);
	beta = registry_add(registry, "/beta", true, 0);
	alpha->settings = beta->settings = &settings;
	return 0;
}

static int end(void **state)
{
	registry_free(registry);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_tab_keeps_its_project_while_the_other_server_is_not_known),
		cmocka_unit_test(its_tab_keeps_its_project_while_requests_are_sent),
		cmocka_unit_test(no_request_is_sent_because_of_a_server_of_its_own_project),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
