/* SPDX-License-Identifier: MIT */
#include "gate/keeper.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"

#define LOG_MODULE "gate"
#include "base/log.h"

enum { SUFFIXES_MAX = 8 }; /* of the saves that a restart is waited for, or asked about */

/* What is kept for one server; it is the server's data. */
struct kept {
	struct keeper *keeper;
	struct server *server;
	struct gate gate;
	struct loop_timer *timer;
	pid_t worker; /* of the generation that served last */
	uint64_t serial; /* the event that waits, or 0 */
	struct project *project; /* whose event it is, and whose files are asked about */
	uint64_t waits_since;
	char suffixes[SUFFIXES_MAX][LEARNED_SUFFIX_MAX];
	size_t suffix_count;
	struct kept *next;
};

struct keeper {
	struct loop *loop;
	struct ledger *ledger;
	struct browsers *browsers;
	struct kept *first;
	struct learned lessons;
	keeper_learned_fn *learned;
	void *userdata;
};

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

/* What people call it: "uvicorn", or "port 8000" before it was seen. */
static char *kept_name(const struct kept *kept)
{
	const struct server_main *main = server_main(kept->server);

	return main ? mem_strdup(main->name)
		    : mem_printf("port %u", server_port(kept->server));
}

static void kept_set_timer(struct kept *kept)
{
	loop_timer_set(kept->timer, kept->gate.look_usec);
	if (kept->gate.look_usec == CLOCK_NEVER) {
		server_view_end(kept->server);
	}
}

static void kept_tell(struct kept *kept, enum server_health health)
{
	_cleanup_free_ char *name = kept_name(kept);
	_cleanup_free_ char *reason = NULL;

	if (health == SERVER_WAITING) {
		reason = mem_printf("%s is restarting on port %u", name,
			server_port(kept->server));
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

static void kept_learn(struct kept *kept, unsigned actions)
{
	struct keeper *keeper = kept->keeper;
	const struct server_main *main = server_main(kept->server);
	bool known = false, news = false;
	uint64_t delay;

	if (!main || !kept->project) {
		return;
	}
	/* Of several kinds of files saved at once, those that are known to restart it did. */
	for (size_t i = 0; i < kept->suffix_count; i++) {
		known |= learned_ask(&keeper->lessons, kept->project->root, main->name,
				 kept->suffixes[i], &delay) == GATE_RESTARTS;
	}
	for (size_t i = 0; i < kept->suffix_count; i++) {
		const char *suffix = kept->suffixes[i];
		enum gate_lore lore = learned_ask(
			&keeper->lessons, kept->project->root, main->name, suffix, &delay);

		if (actions & GATE_LEARN_STAYS) {
			news |= learned_stays(
				&keeper->lessons, kept->project->root, main->name, suffix);
		} else if (lore == GATE_RESTARTS || !known) {
			news |= learned_restarts(&keeper->lessons, kept->project->root, main->name,
				suffix, kept->gate.delay);
		}
	}
	if (news) {
		keeper->learned(&keeper->lessons, keeper->userdata);
	}
}

/* The event that waits is over for this server. */
static void kept_let_go(struct kept *kept, enum step_kind kind, const char *text)
{
	uint64_t serial = kept->serial;

	if (serial) {
		kept->serial = 0;
		ledger_arrived(kept->keeper->ledger, serial);
		ledger_step(
			kept->keeper->ledger, serial, clock_now_usec(), kind, NULL, "%s", text);
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
		view->worker != kept->worker);
	ledger_arrived(keeper->ledger, serial);
}

struct stale {
	const struct server *server;
	struct project *projects[16];
	size_t count;
};

static void stale_collect(const struct tab *tab, void *userdata)
{
	struct stale *stale = userdata;

	if (tab->server != stale->server || !tab->project) {
		return;
	}
	for (size_t i = 0; i < stale->count; i++) {
		if (stale->projects[i] == tab->project) {
			return;
		}
	}
	if (stale->count < COUNT_OF(stale->projects)) {
		stale->projects[stale->count++] = tab->project;
	}
}

/* New code serves, and no event waits for it: an event of its own. */
static void kept_reload(struct kept *kept, const struct server_view *view)
{
	struct keeper *keeper = kept->keeper;
	struct stale stale = {.server = kept->server};
	_cleanup_free_ char *name = kept_name(kept);
	uint64_t now = clock_now_usec();

	browsers_each_tab(keeper->browsers, stale_collect, &stale);
	for (size_t i = 0; i < stale.count; i++) {
		uint64_t serial = ledger_open(keeper->ledger, EVENT_SERVER,
			stale.projects[i]->root, now, clock_usec(CLOCK_REALTIME));

		ledger_step(keeper->ledger, serial, now, STEP_HEARD, NULL,
			"%s worker %d -> %d serves port %u", name, (int)kept->worker,
			(int)view->worker, server_port(kept->server));
		browsers_cast(keeper->browsers, stale.projects[i], kept->server, serial, true);
	}
}

static void kept_let_go_of_old(struct kept *kept)
{
	if (kept->serial) {
		ledger_step(kept->keeper->ledger, kept->serial, clock_now_usec(), STEP_WAITING, NULL,
			"for the old worker, which waits for open connections: the tabs close theirs");
	}
	browsers_let_go(kept->keeper->browsers, kept->server);
}

static void kept_look(struct kept *kept)
{
	struct server_view view;
	unsigned actions;

	server_view(kept->server, &view);
	actions = gate_look(&kept->gate, clock_now_usec(),
		&(struct gate_sight){
			view.serving, view.died, view.lingers, view.generation});
	if (actions & (GATE_LEARN_RESTARTS | GATE_LEARN_STAYS)) {
		kept_learn(kept, actions);
	}
	if (actions & GATE_TELL_LIVE) {
		kept_tell(kept, SERVER_WELL);
	}
	if (actions & GATE_CAST) {
		kept_cast(kept, &view);
	}
	if (actions & GATE_STALE) {
		kept_reload(kept, &view);
	}
	if (actions & GATE_TELL_WAITING) {
		kept_tell(kept, SERVER_WAITING);
	}
	if (actions & GATE_LET_GO) {
		kept_let_go_of_old(kept);
	}
	if (actions & GATE_TELL_DOWN) {
		kept_tell(kept, SERVER_DOWN);
	}
	if (view.serving) {
		kept->worker = view.worker;
	}
	if (!kept->gate.waits && !kept->gate.asking) {
		kept->suffix_count = 0;
	}
	kept_set_timer(kept);
}

static void kept_on_timer(void *userdata)
{
	kept_look(userdata);
}

void keeper_server_changed(struct keeper *keeper, struct server *server)
{
	struct kept *kept = server_data(server);
	struct server_view view;

	if (server_sight(server) == SERVER_FOREIGN || server_sight(server) == SERVER_OPAQUE) {
		keeper_server_gone(keeper, server); /* nothing of it can be seen */
		return;
	}
	if (kept) {
		kept_look(kept);
		return;
	}
	kept = mem_new(struct kept);
	kept->keeper = keeper;
	kept->server = server;
	kept->next = keeper->first;
	keeper->first = kept;
	kept->timer = loop_timer_new(keeper->loop, kept_on_timer, kept);
	server_set_data(server, kept);
	server_view(server, &view);
	kept->worker = view.worker;
	gate_init(&kept->gate, clock_now_usec(),
		&(struct gate_sight){
			view.serving, view.died, view.lingers, view.generation});
	kept_set_timer(kept);
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
	kept_let_go(kept, STEP_GONE, "the server can no longer be seen, or its last tab was closed");
	while (*at != kept) {
		at = &(*at)->next;
	}
	*at = kept->next;
	loop_timer_free(kept->timer);
	server_set_data(server, NULL);
	free(kept);
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

/* The files' suffixes: what is known of them together, and which to ask about. */
static enum gate_lore kept_consult(struct kept *kept, const struct project *project,
	const struct fileset *files, uint64_t *delay)
{
	const struct server_main *main = server_main(kept->server);
	enum gate_lore strongest = GATE_STAYS;

	*delay = 0;
	for (size_t i = 0; files && main && i < files->kept; i++) {
		char suffix[LEARNED_SUFFIX_MAX];
		uint64_t own = 0;
		enum gate_lore lore;
		size_t k = 0;

		learned_suffix(files->names[i], suffix);
		lore = learned_ask(
			&kept->keeper->lessons, project->root, main->name, suffix, &own);
		if (lore == GATE_STAYS) {
			continue;
		}
		*delay = own > *delay ? own : *delay;
		strongest = strongest == GATE_RESTARTS ? strongest : lore;
		while (k < kept->suffix_count && strcmp(kept->suffixes[k], suffix) != 0) {
			k++;
		}
		if (k == kept->suffix_count && k < SUFFIXES_MAX) {
			memcpy(kept->suffixes[kept->suffix_count++], suffix, sizeof suffix);
		}
	}
	return strongest;
}

static void kept_wait(struct kept *kept, uint64_t serial, uint64_t now)
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

	kept_let_go(kept, STEP_SKIPPED, superseded);
	kept->serial = serial;
	kept->waits_since = now;
	ledger_await(kept->keeper->ledger, serial, 1);
	ledger_step(kept->keeper->ledger, serial, now, STEP_WAITING, NULL, "for %s (port %u) %s",
		name, server_port(kept->server), whys[kept->gate.state]);
}

static void kept_event(struct kept *kept, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	uint64_t delay, now = clock_now_usec();
	enum gate_lore lore = kept_consult(kept, project, files, &delay);
	unsigned actions =
		gate_save(&kept->gate, now, clock_usec(CLOCK_BOOTTIME), lore, delay);

	kept->project = project;
	if (actions & GATE_CAST) {
		browsers_cast(kept->keeper->browsers, project, kept->server, serial, false);
	} else {
		kept_wait(kept, serial, now);
	}
	kept_set_timer(kept);
}

void keeper_event(struct keeper *keeper, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	struct server *done[64] = {0};
	size_t count = 0;

	if (!project->tabs) {
		ledger_close(keeper->ledger, serial);
		ledger_step(keeper->ledger, serial, clock_now_usec(), STEP_NO_TAB, NULL, "%s",
			browsers_count(keeper->browsers)
				? "no tab of this project is switched on"
				: "no browser is connected");
		return;
	}
	for (struct tab *tab = project->tabs; tab && count < COUNT_OF(done); tab = tab->next) {
		struct kept *kept = tab->server ? server_data(tab->server) : NULL;
		size_t i = 0;

		while (i < count && done[i] != tab->server) {
			i++;
		}
		if (i < count) {
			continue;
		}
		done[count++] = tab->server;
		if (kept && server_main(tab->server)) {
			kept_event(kept, project, serial, files);
		} else {
			browsers_cast(keeper->browsers, project, tab->server, serial, false);
		}
	}
}
