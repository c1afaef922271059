/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate.h"

#include "server/router.h"
#include "util/clock.h"
#include "util/mem.h"

/* The server's name for display: "uvicorn", or "port 8000" if the process was never seen. */
static char *server_gate_name(const struct server_gate *gate)
{
	const struct server_main *main = server_main(gate->server);

	return main ? mem_strdup(main->name) : server_place(gate->server);
}

/* "uvicorn no longer serves port 8000 (python3 ended with status 1): ..." */
static char *down_reason(const struct server_gate *gate, const char *name)
{
	_cleanup_free_ char *end = server_end_text(gate->server);
	_cleanup_free_ char *place = server_place(gate->server);

	return mem_printf("%s no longer serves %s%s%s%s: fix it or start it again; the page "
			  "reloads when the server answers",
		name, place, end ? " (" : "", end ? end : "", end ? ")" : "");
}

static void server_gate_tell(struct server_gate *gate, enum server_health health)
{
	_cleanup_free_ char *name = server_gate_name(gate);
	_cleanup_free_ char *place = server_place(gate->server);
	_cleanup_free_ char *reason = NULL;

	if (health == SERVER_WAITING) {
		reason = mem_printf("%s is restarting on %s", name, place);
	} else if (health == SERVER_DOWN) {
		reason = down_reason(gate, name);
	}
	if (health == server_health(gate->server)) {
		return;
	}
	server_set_health(gate->server, health, reason);
	browsers_server_changed(gate->readiness->browsers, gate->server);
	if (gate->serial && health == SERVER_DOWN) {
		ledger_step(gate->readiness->ledger, gate->serial, clock_now_usec(), STEP_DOWN,
			NULL, "%s", reason);
	}
}

/* The event that waits from now on, or 0. */
static void server_gate_set_event(struct server_gate *gate, uint64_t serial)
{
	gate->serial = serial;
	server_set_awaited_by(gate->server, serial);
}

void server_gate_drop_event(struct server_gate *gate, enum step_kind kind, const char *text)
{
	uint64_t serial = gate->serial;

	if (serial) {
		server_gate_set_event(gate, 0);
		ledger_arrived(gate->readiness->ledger, serial);
		ledger_step(
			gate->readiness->ledger, serial, clock_now_usec(), kind, NULL, "%s", text);
	}
}

/* The serving generation and the one before: " worker 12 -> 13"; the caller frees it. */
static char *generation_text(const struct server_gate *gate, const struct server_view *view)
{
	if (view->worker != gate->worker) {
		return mem_printf(" worker %d -> %d", (int)gate->worker, (int)view->worker);
	}
	if (view->generation != gate->generation) {
		return mem_printf(" worker %d, started again", (int)view->worker);
	}
	return mem_strdup(" shows no sign of a restart");
}

static void server_gate_cast(struct server_gate *gate, const struct server_view *view)
{
	struct readiness *readiness = gate->readiness;
	uint64_t serial = gate->serial, now = clock_now_usec();
	_cleanup_free_ char *name = server_gate_name(gate);
	unsigned long waited = (unsigned long)((now - gate->waits_since) / CLOCK_USEC_PER_MSEC);
	bool renewed = view->generation != gate->generation;
	_cleanup_free_ char *news = NULL;

	if (!serial) {
		return;
	}
	news = generation_text(gate, view);
	ledger_step(readiness->ledger, serial, now, STEP_READY, NULL, "waited %lu ms: %s%s", waited,
		name, news);
	server_gate_set_event(gate, 0);
	browsers_send(readiness->browsers, gate->project, gate->server, serial,
		&(struct browsers_how){
			.plain = gate->mixed,
			.restarted = renewed,
			/* A new process has no old content. */
			.old_until = renewed ? 0 : gate->old_until,
		});
	gate->mixed = false;
	ledger_arrived(readiness->ledger, serial);
}

/* The server is serving new code, and no event waits for it. */
struct renewed {
	struct server_gate *gate;
	const struct server_view *view;
	uint64_t now;
};

/* Creates a separate event for each project whose tabs show the server. */
static void renewed_tab(const struct tab *tab, void *userdata)
{
	const struct renewed *renewed = userdata;
	struct server_gate *gate = renewed->gate;
	struct readiness *readiness = gate->readiness;
	_cleanup_free_ char *name = NULL, *place = NULL;
	_cleanup_free_ char *news = NULL;
	uint64_t serial;

	if (tab->server != gate->server || !tab->project || !tab_is_first_of_server(tab) ||
		router_stands_aside(tab->project, gate->server)) {
		return;
	}
	name = server_gate_name(gate);
	place = server_place(gate->server);
	news = generation_text(gate, renewed->view);
	serial = ledger_open(readiness->ledger, EVENT_SERVER, tab->project->root, renewed->now,
		clock_usec(CLOCK_REALTIME));
	ledger_step(readiness->ledger, serial, renewed->now, STEP_HEARD, NULL, "%s%s on %s", name,
		news, place);
	browsers_send(readiness->browsers, tab->project, gate->server, serial,
		&(struct browsers_how){.plain = true});
}

static void server_gate_reload(struct server_gate *gate, const struct server_view *view)
{
	struct renewed renewed = {.gate = gate, .view = view, .now = clock_now_usec()};

	browsers_each_tab(gate->readiness->browsers, renewed_tab, &renewed);
}

static void server_gate_close_old_connections(struct server_gate *gate)
{
	if (gate->serial) {
		ledger_step(gate->readiness->ledger, gate->serial, clock_now_usec(), STEP_WAITING,
			NULL,
			"for the old worker, which waits for open connections: the tabs close "
			"theirs");
	}
	browsers_close_connections(gate->readiness->browsers, gate->server);
}

static void server_gate_use_spare(struct server_gate *gate)
{
	if (gate->serial) {
		ledger_step(gate->readiness->ledger, gate->serial, clock_now_usec(), STEP_WAITING,
			NULL,
			"for a worker that accepts no connection: the tabs use the connections "
			"that the "
			"browser opened in advance");
	}
	browsers_use_spare(gate->readiness->browsers, gate->server);
}

void server_gate_wait(struct server_gate *gate, uint64_t serial, uint64_t now)
{
	_cleanup_free_ char *replaced =
		mem_printf("replaced by the newer save #%llu", (unsigned long long)serial);
	_cleanup_free_ char *name = server_gate_name(gate);
	_cleanup_free_ char *place = server_place(gate->server);
	const char *why;
	static const char *const whys[] = {
		[GATE_OPEN] = "",
		[GATE_EXPECTING] = "to restart",
		[GATE_RESTARTING] = "to come up again",
		[GATE_DOWN] = "to come up again; it is down",
	};

	gate->mixed |= gate->serial != 0;
	server_gate_drop_event(gate, STEP_SKIPPED, replaced);
	server_gate_set_event(gate, serial);
	gate->waits_since = now;
	why = whys[gate->machine.state];
	ledger_await(gate->readiness->ledger, serial, 1);
	ledger_step(gate->readiness->ledger, serial, now, STEP_WAITING, NULL, "for %s (%s) %s",
		name, place, why);
	if (server_health(gate->server) != SERVER_WELL) {
		browsers_server_changed(gate->readiness->browsers, gate->server);
	}
}

void server_gate_act(struct server_gate *gate, unsigned actions, const struct server_view *view)
{
	if (actions & GATE_TELL_LIVE) {
		server_gate_tell(gate, SERVER_WELL);
	}
	if (actions & GATE_SEND) {
		server_gate_cast(gate, view);
	}
	if (actions & GATE_STALE) {
		server_gate_reload(gate, view);
	}
	if (actions & GATE_TELL_WAITING) {
		server_gate_tell(gate, SERVER_WAITING);
	}
	if (actions & GATE_CLOSE_CONNECTIONS) {
		server_gate_close_old_connections(gate);
	}
	if (actions & GATE_USE_SPARE) {
		server_gate_use_spare(gate);
	}
	if (actions & GATE_TELL_DOWN) {
		server_gate_tell(gate, SERVER_DOWN);
	}
	/* The server started and ended before it was seen serving: no other event reports it. */
	if (gate->machine.state == GATE_DOWN && !view->listens && server_main(gate->server)) {
		server_gate_tell(gate, SERVER_DOWN);
	}
}
