/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "config/setting.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts-files.h"

enum { WATCHED_FILES_MAX = 8 }; /* further files are not checked for inotify watches */
enum { WRITTEN_FILES_MAX = 64 }; /* further files are not checked for their times */

static void server_gate_set_timer(struct server_gate *gate)
{
	loop_timer_set(gate->timer, gate->machine.look_usec);
	if (gate->machine.look_usec == CLOCK_NEVER) {
		server_view_end(gate->server);
	}
}

static struct restart_subject server_gate_subject(const struct server_main *main, const char *root)
{
	return (struct restart_subject){.root = root, .server = main->key, .traits = &main->traits};
}

/* A save of the program's files explains a restart that begins within this time. */
#define EXPLAINS_USEC (10 * CLOCK_USEC_PER_SEC)

static enum restart_proof server_gate_proof(const struct server_gate *gate)
{
	if (!gate->machine.proven) {
		return RESTART_BY_USER;
	}
	return !gate->sample.likely && gate->likely_usec &&
			clock_now_usec() - gate->likely_usec < EXPLAINS_USEC
		? RESTART_EXPLAINED
		: RESTART_PROVEN;
}

static void server_gate_learn(struct server_gate *gate, unsigned actions)
{
	struct readiness *readiness = gate->readiness;
	const struct server_main *main = server_main(gate->server);
	struct restart_subject subject;
	bool news = false;

	/* If the server never restarts by itself, the user has restarted it, not a save. */
	if (!main || !gate->project || main->traits.restarts == RESTARTS_NEVER) {
		return;
	}
	subject = server_gate_subject(main, gate->project->root);
	if (actions & GATE_LEARN_RESTART) {
		news = restart_sample_add_restart(&gate->sample, &readiness->lessons, &subject,
			gate->machine.delay, server_gate_proof(gate));
	} else if (actions & GATE_LEARN_NO_RESTART) {
		news = restart_sample_add_none(&gate->sample, &readiness->lessons, &subject);
	}
	if (news) {
		readiness->history_changed(&readiness->lessons, readiness->userdata);
	}
}

/* In each period, the looks that are due take at most about this long. */
#define LOOKS_PERIOD_USEC (10 * CLOCK_USEC_PER_MSEC)
#define LOOKS_SPENT_USEC (4 * CLOCK_USEC_PER_MSEC)

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
		.appeared = view->appeared,
		.died = view->died,
		.ended = view->ended,
		.by_itself = view->by_itself,
		.in_place = view->in_place,
		.lingers = view->lingers,
		.busy = view->busy,
		.generation = view->generation,
		.newest = view->newest,
		.coming = view->coming,
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
	server_gate_see_signs(gate, now, &seen);
	seen.read = gate_asks_read(&gate->machine, &seen) && unread_were_read(&gate->unread);
	actions = gate_look(&gate->machine, now, &seen);
	server_gate_learn(gate, actions);
	server_gate_act(gate, actions, &view);
	if (view.serving && !gate->machine.unexplained_usec) {
		gate->worker = view.worker;
		gate->generation = view.generation;
	}
	server_gate_set_timer(gate);
	server_unref(server);
}

/*
 * Hundreds of servers may be due in the same turn of the loop. Then some wait for a later turn, so
 * that descriptors are served in between.
 */
static void server_gate_on_timer(void *userdata)
{
	struct server_gate *gate = userdata;
	struct looks *looks = &gate->readiness->looks;
	uint64_t began = clock_now_usec();

	if (began - looks->began_usec >= LOOKS_PERIOD_USEC) {
		*looks = (struct looks){.began_usec = began};
	}
	if (looks->spent_usec > LOOKS_SPENT_USEC) {
		loop_timer_set(gate->timer, looks->began_usec + LOOKS_PERIOD_USEC);
		return;
	}
	server_gate_look(gate); /* may free the gate, but not what it is part of */
	looks->spent_usec += clock_now_usec() - began;
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
	gate->generation = view.generation;
	times = server_gate_times(gate);
	seen = server_state_of(&view);
	gate_init(&gate->machine, &times, clock_now_usec(), &seen);
	server_gate_set_timer(gate);
	return gate;
}

void server_gate_free(struct server_gate *gate)
{
	loop_timer_free(gate->timer);
	server_gate_end_signs(gate);
	restart_sample_clear(&gate->sample);
	unread_clear(&gate->unread);
	free(gate);
}

/*
 * When the last of the files was written, by CLOCK_BOOTTIME: its ctime, which no program can
 * set. Never waits for a file server.
 */
static uint64_t written_boot(const struct fileset *files, uint64_t now_boot)
{
	int64_t now_real = (int64_t)clock_usec(CLOCK_REALTIME), newest = 0;

	for (size_t i = 0; i < files->kept && i < WRITTEN_FILES_MAX; i++) {
		struct statx st;
		/* if it does not exist, it was removed just now, as far as we know */
		int64_t changed = now_real;

		if (mounts_lstat(files->names[i], &st) == 0) {
			changed = st.stx_ctime.tv_sec * (int64_t)CLOCK_USEC_PER_SEC +
				st.stx_ctime.tv_nsec / 1000;
		}
		newest = changed > newest ? changed : newest;
	}
	if (files->kept > WRITTEN_FILES_MAX || newest > now_real ||
		now_real - newest > (int64_t)GATE_AHEAD_USEC) {
		return now_boot;
	}
	return now_boot - (uint64_t)(now_real - newest);
}

static bool server_gate_watches(
	const struct server_gate *gate, const struct server_main *main, const struct fileset *files)
{
	bool watches = false;

	for (size_t i = 0; i < files->kept && i < WATCHED_FILES_MAX && !watches; i++) {
		char suffix[RESTART_HISTORY_SUFFIX_MAX];

		restart_history_suffix(files->names[i], suffix);
		watches = restart_subject_asks_watches(&main->traits, suffix) &&
			server_watches(gate->server, files->names[i]);
	}
	return watches;
}

/* Until when the server may answer with the old content of what was saved. */
static void server_gate_note_old(
	struct server_gate *gate, const struct server_main *main, const struct gate_save *save)
{
	uint64_t ago = save->now_boot - save->written_boot;
	uint64_t until = save->now_usec - ago + save->delay;

	if (main->traits.old_by_second) {
		/* The clock may be slightly ahead of the one that the server uses for requests. */
		until += GATE_TICK_USEC - (clock_usec(CLOCK_REALTIME) - ago) % CLOCK_USEC_PER_SEC;
	}
	gate->old_until = until > gate->old_until ? until : gate->old_until;
}

static void server_gate_expect(struct server_gate *gate, const struct fileset *files)
{
	if (!gate->machine.waits) {
		server_gate_begin_signs(gate);
	}
	unread_add(&gate->unread, files);
}

/* Without files, a caller has asked for a reload, which does not restart the server. */
static void server_gate_consult(struct server_gate *gate, const struct project *project,
	const struct fileset *files, struct gate_save *save)
{
	const struct server_main *main = server_main(gate->server);
	struct restart_subject subject;

	if (!files || !main) {
		return;
	}
	if (!gate->machine.waits && !gate->machine.asking) {
		restart_sample_clear(&gate->sample);
	}
	subject = server_gate_subject(main, project->root);
	subject.watches = server_gate_watches(gate, main, files);
	subject.supervised = server_is_supervised(gate->server);
	save->prediction = restart_sample_add(
		&gate->sample, &gate->readiness->lessons, &subject, files, &save->delay);
	gate->likely_usec = gate->sample.likely ? save->now_usec : gate->likely_usec;
	if (save->prediction == RESTART_EXPECTED || save->prediction == RESTART_OLD) {
		save->written_boot = written_boot(files, save->now_boot);
	}
	if (save->prediction == RESTART_OLD) {
		server_gate_note_old(gate, main, save);
	}
	if (save->prediction == RESTART_EXPECTED) {
		server_gate_expect(gate, files);
	}
}

void server_gate_event(struct server_gate *gate, struct project *project, uint64_t serial,
	const struct fileset *files)
{
	struct gate_save save = {0};
	unsigned actions;

	server_gate_look(gate); /* it may have ended already */
	gate->project = project;
	gate->machine.times = server_gate_times(gate);
	save.now_usec = clock_now_usec();
	save.now_boot = clock_usec(CLOCK_BOOTTIME);
	save.written_boot = save.now_boot;
	if (!gate->machine.waits) {
		unread_clear(&gate->unread);
	}
	server_gate_consult(gate, project, files, &save);
	actions = gate_save(&gate->machine, &save);
	if (actions & GATE_SEND) {
		browsers_send(gate->readiness->browsers, project, gate->server, serial,
			&(struct browsers_how){
				.old_until = save.prediction == RESTART_OLD ? gate->old_until : 0,
			});
	} else {
		server_gate_wait(gate, serial, save.now_usec);
	}
	server_gate_set_timer(gate);
}
