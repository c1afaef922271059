/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate-actions.h"

#include "util/clock.h"
#include "util/mem.h"
#include "server/router.h"

/* What people call it: "uvicorn", or "port 8000" before it was seen. */
static char *kept_name(const struct kept *kept)
{
	const struct server_main *main = server_main(kept->server);

	return main ? mem_strdup(main->name) : mem_printf("port %u", server_port(kept->server));
}

static void kept_tell(struct kept *kept, enum server_health health)
{
	_cleanup_free_ char *name = kept_name(kept);
	_cleanup_free_ char *reason = NULL;

	if (health == SERVER_WAITING) {
		reason = mem_printf("%s is restarting on port %u", name, server_port(kept->server));
	} else if (health == SERVER_DOWN) {
		reason = mem_printf("%s no longer serves port %u: mend it or start it again; the "
				    "page reloads when it serves",
			name, server_port(kept->server));
	}
	if (health == server_health(kept->server)) {
		return;
	}
	server_set_health(kept->server, health, reason);
	browsers_server_changed(kept->keeper->browsers, kept->server);
	if (kept->serial && health == SERVER_DOWN) {
		ledger_step(kept->keeper->ledger, kept->serial, clock_now_usec(), STEP_DOWN, NULL,
			"%s", reason);
	}
}

void kept_let_go(struct kept *kept, enum step_kind kind, const char *text)
{
	uint64_t serial = kept->serial;

	if (serial) {
		kept->serial = 0;
		ledger_arrived(kept->keeper->ledger, serial);
		ledger_step(kept->keeper->ledger, serial, clock_now_usec(), kind, NULL, "%s", text);
	}
}

static void kept_cast(struct kept *kept, const struct server_view *view)
{
	struct keeper *keeper = kept->keeper;
	uint64_t serial = kept->serial, now = clock_now_usec();
	_cleanup_free_ char *name = kept_name(kept);
	unsigned long waited = (unsigned long)((now - kept->waits_since) / CLOCK_USEC_PER_MSEC);

	if (!serial) {
		return;
	}
	if (view->worker != kept->worker) {
		ledger_step(keeper->ledger, serial, now, STEP_READY, NULL,
			"waited %lu ms: %s worker %d -> %d", waited, name, (int)kept->worker,
			(int)view->worker);
	} else {
		ledger_step(keeper->ledger, serial, now, STEP_READY, NULL,
			"waited %lu ms: %s did not restart", waited, name);
	}
	kept->serial = 0;
	/* Of a server that did not restart, only the files are new: a page may take them in place. */
	browsers_cast(keeper->browsers, kept->project, kept->server, serial,
		kept->mixed || view->worker != kept->worker);
	kept->mixed = false;
	ledger_arrived(keeper->ledger, serial);
}

/* Of this server new code serves, and no event waits for it. */
struct renewed {
	struct kept *kept;
	const struct server_view *view;
	uint64_t now;
};

/* An event of its own for each project whose tabs show the server. */
static void renewed_tab(const struct tab *tab, void *userdata)
{
	const struct renewed *renewed = userdata;
	struct kept *kept = renewed->kept;
	struct keeper *keeper = kept->keeper;
	_cleanup_free_ char *name = NULL;
	uint64_t serial;

	if (tab->server != kept->server || !tab->project || !tab_is_first_of_server(tab) ||
		stands_aside(tab->project, kept->server)) {
		return;
	}
	name = kept_name(kept);
	serial = ledger_open(keeper->ledger, EVENT_SERVER, tab->project->root, renewed->now,
		clock_usec(CLOCK_REALTIME));
	ledger_step(keeper->ledger, serial, renewed->now, STEP_HEARD, NULL,
		"%s worker %d -> %d serves port %u", name, (int)kept->worker,
		(int)renewed->view->worker, server_port(kept->server));
	browsers_cast(keeper->browsers, tab->project, kept->server, serial, true);
}

static void kept_reload(struct kept *kept, const struct server_view *view)
{
	struct renewed renewed = {.kept = kept, .view = view, .now = clock_now_usec()};

	browsers_each_tab(kept->keeper->browsers, renewed_tab, &renewed);
}

static void kept_let_go_of_old(struct kept *kept)
{
	if (kept->serial) {
		ledger_step(kept->keeper->ledger, kept->serial, clock_now_usec(), STEP_WAITING,
			NULL,
			"for the old worker, which waits for open connections: the tabs close "
			"theirs");
	}
	browsers_let_go(kept->keeper->browsers, kept->server);
}

static void kept_use_spare(struct kept *kept)
{
	if (kept->serial) {
		ledger_step(kept->keeper->ledger, kept->serial, clock_now_usec(), STEP_WAITING,
			NULL,
			"for a worker that takes no connection: the tabs use up those that the "
			"browser keeps ready");
	}
	browsers_use_spare(kept->keeper->browsers, kept->server);
}

void kept_wait(struct kept *kept, uint64_t serial, uint64_t now)
{
	_cleanup_free_ char *superseded =
		mem_printf("superseded by event %llu", (unsigned long long)serial);
	_cleanup_free_ char *name = kept_name(kept);
	static const char *const whys[] = {
		[GATE_OPEN] = "",
		[GATE_EXPECTING] = "to restart",
		[GATE_RESTARTING] = "to come up again",
		[GATE_DOWN] = "to come up again; it is down",
	};

	kept->mixed |= kept->serial != 0;
	kept_let_go(kept, STEP_SKIPPED, superseded);
	kept->serial = serial;
	kept->waits_since = now;
	ledger_await(kept->keeper->ledger, serial, 1);
	ledger_step(kept->keeper->ledger, serial, now, STEP_WAITING, NULL, "for %s (port %u) %s",
		name, server_port(kept->server), whys[kept->gate.state]);
}

void kept_act(struct kept *kept, unsigned actions, const struct server_view *view)
{
	if (actions & GATE_TELL_LIVE) {
		kept_tell(kept, SERVER_WELL);
	}
	if (actions & GATE_CAST) {
		kept_cast(kept, view);
	}
	if (actions & GATE_STALE) {
		kept_reload(kept, view);
	}
	if (actions & GATE_TELL_WAITING) {
		kept_tell(kept, SERVER_WAITING);
	}
	if (actions & GATE_LET_GO) {
		kept_let_go_of_old(kept);
	}
	if (actions & GATE_USE_SPARE) {
		kept_use_spare(kept);
	}
	if (actions & GATE_TELL_DOWN) {
		kept_tell(kept, SERVER_DOWN);
	}
	/* One that came and went before it was seen to serve: nothing else says so. */
	if (kept->gate.state == GATE_DOWN && !view->listens && server_main(kept->server)) {
		kept_tell(kept, SERVER_DOWN);
	}
}
