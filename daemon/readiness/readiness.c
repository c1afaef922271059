/* SPDX-License-Identifier: MIT */
#include "readiness/readiness.h"

#include "util/clock.h"
#include "util/mem.h"
#include "readiness/server-gate.h"
#include "server/router.h"

enum { KEEPER_EVENT_SERVERS_MAX = SERVERS_MAX + 1 }; /* and none */

struct keeper *keeper_new(struct loop *loop, struct ledger *ledger, struct browsers *browsers,
	keeper_learned_fn *learned, void *userdata)
{
	struct keeper *keeper = mem_new(struct keeper);

	*keeper = (struct keeper){
		.loop = loop,
		.ledger = ledger,
		.browsers = browsers,
		.learned = learned,
		.userdata = userdata,
	};
	return keeper;
}

void keeper_free(struct keeper *keeper)
{
	if (keeper) {
		learned_clear(&keeper->lessons);
		free(keeper);
	}
}

struct learned *keeper_lessons(struct keeper *keeper)
{
	return &keeper->lessons;
}

void keeper_server_changed(struct keeper *keeper, struct server *server)
{
	struct kept *kept = server_data(server);

	if (server_sight(server) == SERVER_FOREIGN || server_sight(server) == SERVER_OPAQUE) {
		keeper_server_gone(keeper, server); /* nothing of it can be seen */
		return;
	}
	if (kept) {
		kept_look(kept);
		return;
	}
	kept = kept_new(keeper, server);
	kept->next = keeper->first;
	keeper->first = kept;
	server_set_data(server, kept);
}

void keeper_server_stirred(struct keeper *keeper, struct server *server)
{
	struct kept *kept = server_data(server);

	if (!kept) {
		server_look(server);
		return;
	}
	gate_stir(&kept->gate, clock_now_usec());
	kept_look(kept);
}

void keeper_server_gone(struct keeper *keeper, struct server *server)
{
	struct kept *kept = server_data(server);
	struct kept **at = &keeper->first;

	if (!kept) {
		return;
	}
	kept_let_go(
		kept, STEP_GONE, "the server can no longer be seen, or its last tab was closed");
	while (*at != kept) {
		at = &(*at)->next;
	}
	*at = kept->next;
	server_set_data(server, NULL);
	kept_free(kept);
}

void keeper_project_removed(struct keeper *keeper, const struct project *project)
{
	for (struct kept *kept = keeper->first; kept; kept = kept->next) {
		if (kept->project == project) {
			kept_let_go(kept, STEP_SKIPPED, "the project was untracked");
			kept->project = NULL;
		}
	}
}

/* Each server that the project's tabs show, once, with a reference; NULL for tabs without one. */
static size_t servers_of(
	const struct project *project, struct server *servers[KEEPER_EVENT_SERVERS_MAX])
{
	size_t count = 0;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		if (tab_is_first_of_server(tab)) {
			servers[count++] = tab->server ? server_ref(tab->server) : NULL;
		}
	}
	return count;
}

void keeper_event(struct keeper *keeper, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	struct server *servers[KEEPER_EVENT_SERVERS_MAX];
	const struct server *aside = NULL;
	size_t count;

	if (!project->tabs) {
		ledger_close(keeper->ledger, serial);
		ledger_step(keeper->ledger, serial, clock_now_usec(), STEP_NO_TAB, NULL, "%s",
			browsers_count(keeper->browsers) ? "no tab of this project is switched on"
							 : "no browser is connected");
		return;
	}
	/* Not tab by tab: what is seen of one server may give tabs to another project. */
	count = servers_of(project, servers);
	for (size_t i = 0; i < count; i++) {
		struct server *server = servers[i];
		struct kept *kept = server ? server_data(server) : NULL;

		if (files && stands_aside(project, server)) {
			aside = server;
		} else if (kept && server_main(server)) {
			kept_event(kept, project, serial, files);
		} else {
			browsers_cast(keeper->browsers, project, server, serial, false);
		}
	}
	if (aside) {
		/* The last: if no other tab was told, the story ends here. */
		ledger_await(keeper->ledger, serial, 1);
		ledger_arrived(keeper->ledger, serial);
		ledger_step(keeper->ledger, serial, clock_now_usec(), STEP_SKIPPED, NULL,
			"%s speaks to its pages itself; savecast.stand-aside is true",
			server_main(aside)->livereload);
	}
	for (size_t i = 0; i < count; i++) {
		server_unref(servers[i]);
	}
}
