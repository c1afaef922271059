/* SPDX-License-Identifier: MIT */
#include "readiness/readiness.h"

#include "browser/audience.h"
#include "readiness/server-gate.h"
#include "server/router.h"
#include "util/clock.h"
#include "util/mem.h"

enum { READINESS_EVENT_SERVERS_MAX = SERVERS_MAX + 1 }; /* and one entry for "no server" */

struct readiness *readiness_new(struct loop *loop, struct ledger *ledger, struct browsers *browsers,
	readiness_history_fn *history, void *userdata)
{
	struct readiness *readiness = mem_new(struct readiness);

	*readiness = (struct readiness){
		.loop = loop,
		.ledger = ledger,
		.browsers = browsers,
		.history_changed = history,
		.userdata = userdata,
	};
	return readiness;
}

void readiness_free(struct readiness *readiness)
{
	if (readiness) {
		restart_history_clear(&readiness->lessons);
		free(readiness);
	}
}

struct restart_history *readiness_history(struct readiness *readiness)
{
	return &readiness->lessons;
}

void readiness_server_changed(struct readiness *readiness, struct server *server)
{
	struct server_gate *gate = server_data(server);

	if (server_visibility(server) == SERVER_FOREIGN ||
		server_visibility(server) == SERVER_OPAQUE) {
		readiness_server_gone(readiness, server); /* the server cannot be inspected */
		return;
	}
	if (gate) {
		server_gate_look(gate);
		return;
	}
	gate = server_gate_new(readiness, server);
	gate->next = readiness->first;
	readiness->first = gate;
	server_set_data(server, gate);
}

void readiness_process_exited(struct readiness *readiness, struct server *server)
{
	struct server_gate *gate = server_data(server);

	if (!gate) {
		server_look(server);
		return;
	}
	gate_watch_closely(&gate->machine, clock_now_usec());
	server_gate_look(gate);
}

void readiness_server_gone(struct readiness *readiness, struct server *server)
{
	struct server_gate *gate = server_data(server);
	struct server_gate **at = &readiness->first;

	if (!gate) {
		return;
	}
	server_gate_drop_event(gate, STEP_GONE,
		"the server can no longer be inspected, or its last tab was closed");
	while (*at != gate) {
		at = &(*at)->next;
	}
	*at = gate->next;
	server_set_data(server, NULL);
	server_gate_free(gate);
}

void readiness_project_removed(struct readiness *readiness, const struct project *project)
{
	for (struct server_gate *gate = readiness->first; gate; gate = gate->next) {
		if (gate->project == project) {
			server_gate_drop_event(gate, STEP_SKIPPED, "the project was untracked");
			gate->project = NULL;
		}
	}
}

/*
 * The tabs of the project that show the same server; one of them represents all. That
 * tab may be gone when its server is checked.
 */
struct addressee {
	struct server *server; /* a reference; NULL for tabs without a server */
	enum audience audience;
	bool aside; /* the server reloads its pages itself, without a restart */
	char *why; /* unless AUDIENCE_TOLD */
};

/* The tab that represents all tabs of its server: if possible, one that is notified of saves. */
static const struct tab *representative_of(const struct tab *first)
{
	const struct tab *tab = first;

	while (tab && (tab->server != first->server || audience_is_aside(tab))) {
		tab = tab->next;
	}
	return tab ? tab : first;
}

static size_t addressees_of(const struct project *project, const struct fileset *files,
	struct addressee addressees[READINESS_EVENT_SERVERS_MAX])
{
	bool whole = !files || files->count > files->kept;
	size_t count = 0;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		if (tab_is_first_of_server(tab)) {
			struct addressee *one = &addressees[count++];
			const struct tab *representative = representative_of(tab);

			one->server = tab->server ? server_ref(tab->server) : NULL;
			one->aside = files && audience_aside(representative);
			one->audience = audience_of(representative, files ? files->names : NULL,
				whole ? 0 : files->kept, &one->why);
		}
	}
	return count;
}

/* Adds a step that says why tabs are skipped; if no tab was notified, it ends the event. */
static void pass_over(struct readiness *readiness, uint64_t serial, const char *why)
{
	ledger_await(readiness->ledger, serial, 1);
	ledger_arrived(readiness->ledger, serial);
	ledger_step(readiness->ledger, serial, clock_now_usec(), STEP_SKIPPED, NULL, "%s", why);
}

void readiness_event(struct readiness *readiness, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	struct addressee addressees[READINESS_EVENT_SERVERS_MAX];
	size_t count;

	if (!project->tabs) {
		ledger_close(readiness->ledger, serial);
		ledger_step(readiness->ledger, serial, clock_now_usec(), STEP_NO_TAB, NULL, "%s",
			browsers_demand(readiness->browsers)
				? "no tab of this project is switched on"
				: "no browser is connected");
		return;
	}
	/* Collected first: inspecting a server may move tabs to another project. */
	count = addressees_of(project, files, addressees);
	for (size_t i = 0; i < count; i++) {
		struct server *server = addressees[i].server;
		struct server_gate *gate = server ? server_data(server) : NULL;

		if (addressees[i].audience != AUDIENCE_TOLD) {
			continue;
		}
		if (gate && server_main(server) && !addressees[i].aside) {
			server_gate_event(gate, project, serial, files);
		} else {
			browsers_send(readiness->browsers, project, server, serial,
				&(struct browsers_how){0});
		}
	}
	/* These come last: if no other tab was notified, the event ends here. */
	for (size_t i = 0; i < count; i++) {
		if (addressees[i].why) {
			pass_over(readiness, serial, addressees[i].why);
		}
		server_unref(addressees[i].server);
		free(addressees[i].why);
	}
}
