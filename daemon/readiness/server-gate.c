/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate.h"

#include "config/setting.h"
#include "util/clock.h"
#include "util/mem.h"

static void server_gate_set_timer(struct server_gate *gate)
{
	loop_timer_set(gate->timer, gate->machine.look_usec);
	if (gate->machine.look_usec == CLOCK_NEVER) {
		server_view_end(gate->server);
	}
}

static void server_gate_learn(struct server_gate *gate, unsigned actions)
{
	struct readiness *readiness = gate->readiness;
	const struct server_main *main = server_main(gate->server);
	bool news = false;

	if (!main || !gate->project) {
		return;
	}
	if (actions & GATE_LEARN_RESTART) {
		news = restart_sample_add_restart(&gate->sample, &readiness->lessons,
			gate->project->root, main->name, gate->machine.delay);
	} else if (actions & GATE_LEARN_NO_RESTART) {
		news = restart_sample_add_none(
			&gate->sample, &readiness->lessons, gate->project->root, main->name);
	}
	if (news) {
		readiness->history_changed(&readiness->lessons, readiness->userdata);
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

/*
 * The settings belong to a project; for a server of several projects, those of the latest
 * save's project apply.
 */
static struct gate_times server_gate_times(const struct server_gate *gate)
{
	struct first_tab first = {.server = gate->server, .project = gate->project};
	const struct project_settings *settings;

	if (!first.project) {
		browsers_each_tab(gate->readiness->browsers, find_project, &first);
	}
	settings = first.project ? first.project->settings : project_settings_default();
	return (struct gate_times){
		.trial = settings->restart_trial,
		.wait = settings->restart_wait,
		.down = settings->down_after,
		.look_for = settings->look_for,
	};
}

static struct server_state server_state_of(const struct server_view *view)
{
	return (struct server_state){
		.serving = view->serving,
		.died = view->died,
		.lingers = view->lingers,
		.busy = view->busy,
		.generation = view->generation,
	};
}

void server_gate_look(struct server_gate *gate)
{
	/* releasing the last tab may free the server */
	struct server *server = server_ref(gate->server);
	struct server_view view;
	struct server_state seen;
	uint64_t now = clock_now_usec();
	unsigned actions;

	gate->machine.times = server_gate_times(gate);
	server_view(gate->server, gate_doubts(&gate->machine, now), &view);
	seen = server_state_of(&view);
	actions = gate_look(&gate->machine, now, &seen);
	server_gate_learn(gate, actions);
	server_gate_act(gate, actions, &view);
	if (view.serving) {
		gate->worker = view.worker;
	}
	server_gate_set_timer(gate);
	server_unref(server);
}

static void server_gate_on_timer(void *userdata)
{
	server_gate_look(userdata);
}

struct server_gate *server_gate_new(struct readiness *readiness, struct server *server)
{
	struct server_gate *gate = mem_new(struct server_gate);
	struct gate_times times;
	struct server_state seen;
	struct server_view view;

	gate->readiness = readiness;
	gate->server = server;
	gate->timer = loop_timer_new(readiness->loop, server_gate_on_timer, gate);
	server_view(server, false, &view);
	gate->worker = view.worker;
	times = server_gate_times(gate);
	seen = server_state_of(&view);
	gate_init(&gate->machine, &times, clock_now_usec(), &seen);
	server_gate_set_timer(gate);
	return gate;
}

void server_gate_free(struct server_gate *gate)
{
	loop_timer_free(gate->timer);
	restart_sample_clear(&gate->sample);
	free(gate);
}

/* Without files it is a request to reload, which does not restart the server. */
static enum restart_prediction server_gate_consult(struct server_gate *gate,
	const struct project *project, const struct fileset *files, uint64_t *delay)
{
	const struct server_main *main = server_main(gate->server);

	*delay = 0;
	if (!gate->machine.waits && !gate->machine.asking) {
		restart_sample_clear(&gate->sample);
	}
	return files && main ? restart_sample_add(&gate->sample, &gate->readiness->lessons,
				       project->root, main->name, files, delay)
			     : RESTART_NONE;
}

void server_gate_event(struct server_gate *gate, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	uint64_t delay, now;
	enum restart_prediction prediction;
	unsigned actions;

	server_gate_look(gate); /* it may have ended already */
	gate->project = project;
	gate->machine.times = server_gate_times(gate);
	now = clock_now_usec();
	prediction = server_gate_consult(gate, project, files, &delay);
	actions = gate_save(&gate->machine, now, clock_usec(CLOCK_BOOTTIME), prediction, delay);
	server_gate_learn(gate, actions);
	if (actions & GATE_SEND) {
		browsers_send(gate->readiness->browsers, project, gate->server, serial, false);
	} else {
		server_gate_wait(gate, serial, now);
	}
	server_gate_set_timer(gate);
}
