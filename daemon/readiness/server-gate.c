/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate.h"

#include "util/clock.h"
#include "util/mem.h"
#include "config/setting.h"
#include "readiness/server-gate-actions.h"

static void kept_set_timer(struct kept *kept)
{
	loop_timer_set(kept->timer, kept->gate.look_usec);
	if (kept->gate.look_usec == CLOCK_NEVER) {
		server_view_end(kept->server);
	}
}

static void kept_learn(struct kept *kept, unsigned actions)
{
	struct keeper *keeper = kept->keeper;
	const struct server_main *main = server_main(kept->server);
	bool news = false;

	if (!main || !kept->project) {
		return;
	}
	if (actions & GATE_LEARN_RESTARTS) {
		news = question_restarts(&kept->question, &keeper->lessons, kept->project->root,
			main->name, kept->gate.delay);
	} else if (actions & GATE_LEARN_STAYS) {
		news = question_stays(
			&kept->question, &keeper->lessons, kept->project->root, main->name);
	}
	if (news) {
		keeper->learned(&keeper->lessons, keeper->userdata);
	}
}

struct first_tab {
	const struct server *server;
	const struct project *project;
};

static void find_project(const struct tab *tab, void *userdata)
{
	struct first_tab *first = userdata;

	if (tab->server == first->server && !first->project) {
		first->project = tab->project;
	}
}

/* The settings are a project's; of a server of several, those of the last save's. */
static struct gate_times kept_times(const struct kept *kept)
{
	struct first_tab first = {.server = kept->server, .project = kept->project};
	const struct project_settings *settings;

	if (!first.project) {
		browsers_each_tab(kept->keeper->browsers, find_project, &first);
	}
	settings = first.project ? first.project->settings : project_settings_default();
	return (struct gate_times){
		.trial = settings->restart_trial,
		.wait = settings->restart_wait,
		.down = settings->down_after,
		.look_for = settings->look_for,
	};
}

static struct gate_sight sight_of(const struct server_view *view)
{
	return (struct gate_sight){
		.serving = view->serving,
		.died = view->died,
		.lingers = view->lingers,
		.busy = view->busy,
		.generation = view->generation,
	};
}

void kept_look(struct kept *kept)
{
	struct server *server = server_ref(kept->server); /* its last tab may let go of it */
	struct server_view view;
	struct gate_sight sight;
	uint64_t now = clock_now_usec();
	unsigned actions;

	kept->gate.times = kept_times(kept);
	server_view(kept->server, gate_doubts(&kept->gate, now), &view);
	sight = sight_of(&view);
	actions = gate_look(&kept->gate, now, &sight);
	kept_learn(kept, actions);
	kept_act(kept, actions, &view);
	if (view.serving) {
		kept->worker = view.worker;
	}
	kept_set_timer(kept);
	server_unref(server);
}

static void kept_on_timer(void *userdata)
{
	kept_look(userdata);
}

struct kept *kept_new(struct keeper *keeper, struct server *server)
{
	struct kept *kept = mem_new(struct kept);
	struct gate_times times;
	struct gate_sight sight;
	struct server_view view;

	kept->keeper = keeper;
	kept->server = server;
	kept->timer = loop_timer_new(keeper->loop, kept_on_timer, kept);
	server_view(server, false, &view);
	kept->worker = view.worker;
	times = kept_times(kept);
	sight = sight_of(&view);
	gate_init(&kept->gate, &times, clock_now_usec(), &sight);
	kept_set_timer(kept);
	return kept;
}

void kept_free(struct kept *kept)
{
	loop_timer_free(kept->timer);
	question_clear(&kept->question);
	free(kept);
}

/* Without files it is a wish to reload, which restarts nothing. */
static enum gate_lore kept_consult(struct kept *kept, const struct project *project,
	const struct fileset *files, uint64_t *delay)
{
	const struct server_main *main = server_main(kept->server);

	*delay = 0;
	if (!kept->gate.waits && !kept->gate.asking) {
		question_clear(&kept->question);
	}
	return files && main ? question_add(&kept->question, &kept->keeper->lessons, project->root,
				       main->name, files, delay)
			     : GATE_STAYS;
}

void kept_event(
	struct kept *kept, struct project *project, uint64_t serial, const struct fileset *files)
{
	uint64_t delay, now;
	enum gate_lore lore;
	unsigned actions;

	kept_look(kept); /* it may have gone already */
	kept->project = project;
	kept->gate.times = kept_times(kept);
	now = clock_now_usec();
	lore = kept_consult(kept, project, files, &delay);
	actions = gate_save(&kept->gate, now, clock_usec(CLOCK_BOOTTIME), lore, delay);
	kept_learn(kept, actions);
	if (actions & GATE_CAST) {
		browsers_cast(kept->keeper->browsers, project, kept->server, serial, false);
	} else {
		kept_wait(kept, serial, now);
	}
	kept_set_timer(kept);
}
