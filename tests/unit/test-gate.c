/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "readiness/gate.h"
#include "readiness/restart-sample.h"
#include "util/mem.h"

/*
 * Every transition of the gate as a script: at some millisecond a save comes or
 * something is seen of the server, and the gate says what to do and where it is.
 */

enum { SAVE, LOOK, STIR, END };

struct row {
	unsigned at; /* ms; also the time of the process clock */
	int what;
	enum restart_prediction prediction; /* SAVE */
	unsigned delay;	     /* SAVE, ms */
	int serving;	     /* LOOK: started at this ms; -1: nothing serves */
	bool died, lingers, busy; /* LOOK */
	unsigned actions;
	enum gate_state state;
};

static const struct gate_times times = {
	.trial = 2500 * CLOCK_USEC_PER_MSEC,
	.wait = 5 * CLOCK_USEC_PER_SEC,
	.down = 5 * CLOCK_USEC_PER_SEC,
	.look_for = 600 * CLOCK_USEC_PER_SEC,
};

#define BASE (1000 * CLOCK_USEC_PER_SEC)
#define MSEC(ms) (BASE + (uint64_t)(ms)*CLOCK_USEC_PER_MSEC)

static void play(const char *name, const struct row *rows)
{
	struct gate gate;

	gate_init(&gate, &times, MSEC(0),
		&(struct server_state){.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC});
	for (size_t i = 0; rows[i].what != END; i++) {
		const struct row *row = &rows[i];
		unsigned actions = 0;

		if (row->what == SAVE) {
			actions = gate_save(&gate, MSEC(row->at), MSEC(row->at), row->prediction,
				row->delay * CLOCK_USEC_PER_MSEC);
		} else if (row->what == STIR) {
			gate_watch_closely(&gate, MSEC(row->at));
		} else {
			struct server_state seen = {
				.serving = row->serving >= 0,
				.died = row->died,
				.lingers = row->lingers,
				.busy = row->busy,
				.generation = row->serving > 0 ? MSEC(row->serving)
							       : BASE - CLOCK_USEC_PER_SEC,
			};

			actions = gate_look(&gate, MSEC(row->at), &seen);
		}
		if (actions != row->actions || gate.state != row->state) {
			fail_msg("%s, row %zu at %u ms: actions %u, state %d; wanted %u, %d", name, i,
				row->at, actions, gate.state, row->actions, row->state);
		}
	}
}

static void what_never_restarts_does_not_wait(void **state)
{
	play("stays",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND, .state = GATE_OPEN},
			{10, SAVE, RESTART_NONE, .actions = GATE_SEND, .state = GATE_OPEN},
			{.what = END},
		});
}

static void an_unknown_save_leaves_and_is_a_trial(void **state)
{
	play("trial, none comes",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{10, LOOK, .state = GATE_OPEN},
			{2499, LOOK, .state = GATE_OPEN},
			{2500, LOOK, .actions = GATE_LEARN_NO_RESTART, .state = GATE_OPEN},
			{2510, LOOK, .state = GATE_OPEN},
			{.what = END},
		});
	play("trial, one comes",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{200, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_STALE,
				.state = GATE_OPEN},
			{650, LOOK, .serving = 410, .state = GATE_OPEN},
			{.what = END},
		});
	play("trial, one comes after its end: a compiler is slow",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{2500, LOOK, .actions = GATE_LEARN_NO_RESTART, .state = GATE_OPEN},
			{4900, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{5400, LOOK, .serving = 5100, .actions = GATE_TELL_LIVE | GATE_STALE,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("trial, a second save shares its outcome",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{30, SAVE, RESTART_UNKNOWN, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("trial, a second save leaves when none comes",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{30, SAVE, RESTART_UNKNOWN, .state = GATE_EXPECTING},
			{2529, LOOK, .state = GATE_EXPECTING},
			{2530, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
}

static void a_known_restart_is_waited_for(void **state)
{
	play("restart",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{100, LOOK, .state = GATE_EXPECTING},
			{210, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{630, LOOK, .serving = -1, .state = GATE_RESTARTING},
			{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("too quick to be seen gone",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{300, LOOK, .serving = 250, .actions = GATE_LEARN_RESTART | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("none comes this time",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{999, LOOK, .state = GATE_EXPECTING},
			{1000, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("a worker that was started before the save does not count",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{500, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
			{700, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1100, LOOK, .serving = 900, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
}

static void a_restart_that_was_not_expected_is_learned(void **state)
{
	play("soon after the save",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND, .state = GATE_OPEN},
			{900, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_STALE,
				.state = GATE_OPEN},
			{1600, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{.what = END},
		});
	play("after the wait for it was given up",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{1000, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND,
				.state = GATE_OPEN},
			{1010, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_STALE,
				.state = GATE_OPEN},
			{1510, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{.what = END},
		});
	play("at the very moment at which it is given up",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{1000, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("given up, and replaced between two looks",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{1000, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND,
				.state = GATE_OPEN},
			{1070, LOOK, .serving = 1020, .actions = GATE_LEARN_RESTART | GATE_STALE,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("shortly before the save was reported",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{499, SAVE, RESTART_UNKNOWN, .actions = GATE_LEARN_RESTART,
				.state = GATE_RESTARTING},
			{510, LOOK, .serving = 100, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("too long before it",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{500, SAVE, RESTART_UNKNOWN, .state = GATE_RESTARTING},
			{600, LOOK, .serving = 550, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("before it, by another save",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{300, SAVE, RESTART_UNKNOWN, .state = GATE_RESTARTING},
			{900, LOOK, .serving = 700, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("before it, of what is known not to restart it",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{100, SAVE, RESTART_NONE, .state = GATE_RESTARTING},
			{.what = END},
		});
	play("long after it",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND, .state = GATE_OPEN},
			{5000, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{.what = END},
		});
}

static void what_does_not_come_back_is_down(void **state)
{
	play("too long", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{4999, LOOK, .serving = -1, .state = GATE_RESTARTING},
		{5000, LOOK, .serving = -1, .actions = GATE_TELL_DOWN, .state = GATE_DOWN},
		{9000, LOOK, .serving = -1, .state = GATE_DOWN},
		{9100, LOOK, .serving = 9050, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("it died; the fix brings it back",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{500, LOOK, .serving = -1, .died = true, .actions = GATE_TELL_DOWN,
				.state = GATE_DOWN},
			{60000, SAVE, RESTART_EXPECTED, 200, .state = GATE_DOWN},
			{60700, LOOK, .serving = 60300, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
}

static void a_restart_by_hand_reloads(void **state)
{
	play("by hand", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{900, LOOK, .serving = 600, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("a false alarm changes nothing", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{20, LOOK, .actions = GATE_TELL_LIVE, .state = GATE_OPEN},
		{.what = END},
	});
}

static void a_lingering_worker_is_let_go_of_once(void **state)
{
	play("lingers",
		(struct row[]){
			{0, LOOK, .serving = -1, .lingers = true, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{99, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
			{100, LOOK, .serving = -1, .lingers = true,
				.actions = GATE_CLOSE_CONNECTIONS, .state = GATE_RESTARTING},
			{110, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
			{300, LOOK, .serving = 200, .actions = GATE_TELL_LIVE | GATE_STALE,
				.state = GATE_OPEN},
			{.what = END},
		});
}

/* gunicorn's worker, given a connection on which the browser asks nothing. */
static void a_busy_worker_is_asked_for_something(void **state)
{
	play("busy while a restart is expected",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 1000, .state = GATE_EXPECTING},
			{1000, LOOK, .busy = true, .state = GATE_EXPECTING},
			{1500, LOOK, .busy = true, .actions = GATE_USE_SPARE,
				.state = GATE_EXPECTING},
			{1510, LOOK, .busy = true, .state = GATE_EXPECTING},
			{1600, LOOK, .serving = -1,
				.actions = GATE_LEARN_RESTART | GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1900, LOOK, .serving = 1800, .actions = GATE_TELL_LIVE | GATE_SEND,
				.state = GATE_OPEN},
			{.what = END},
		});
	play("busy in a trial, again and again",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND, .state = GATE_OPEN},
			{1500, LOOK, .busy = true, .actions = GATE_USE_SPARE, .state = GATE_OPEN},
			{2500, LOOK, .busy = true, .actions = GATE_LEARN_NO_RESTART,
				.state = GATE_OPEN},
			{4000, LOOK, .busy = true, .state = GATE_OPEN},
			{.what = END},
		});
	play("busy when nobody waits",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND, .state = GATE_OPEN},
			{2000, LOOK, .busy = true, .state = GATE_OPEN},
			{.what = END},
		});
}

/* Nothing is looked at while nothing is pending; what is down, at increasing intervals, and not forever. */
static void looks_come_when_they_are_needed(void **state)
{
	struct gate gate;
	struct server_state serving = {.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC};
	struct server_state gone = {0};
	uint64_t now = MSEC(0);
	unsigned looks = 0;

	gate_init(&gate, &times, now, &serving);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	gate_save(&gate, now, now, RESTART_NONE, 0);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	gate_save(&gate, now, now, RESTART_EXPECTED, 0);
	assert_int_equal(gate.look_usec, now + GATE_LOOK_USEC);

	gate_init(&gate, &times, now, &gone);
	assert_int_equal(gate.state, GATE_DOWN);
	while (gate.look_usec != CLOCK_NEVER) {
		assert_true(gate.look_usec <= now + GATE_LOOK_DOWN_USEC);
		now = gate.look_usec;
		gate_look(&gate, now, &gone);
		looks++;
	}
	assert_true(now >= MSEC(0) + times.look_for);
	assert_in_range(looks, 500, 800);
	gate_watch_closely(&gate, now);
	gate_look(&gate, now, &gone);
	assert_int_equal(gate.look_usec, now + GATE_LOOK_USEC);
}

static void lessons(void **state)
{
	struct restart_history history = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	char *why = NULL;
	uint64_t delay = 0;

	assert_int_equal(
		restart_history_predict(&history, "/p", "uvicorn", "py", &delay), RESTART_UNKNOWN);
	assert_true(restart_history_add_restart(&history, "/p", "uvicorn", "py", 200000));
	assert_true(restart_history_add_none(&history, "/p", "uvicorn", "html"));
	assert_false(restart_history_add_none(&history, "/p", "uvicorn", "html"));
	assert_int_equal(
		restart_history_predict(&history, "/p", "uvicorn", "py", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, RESTART_HISTORY_UNSURE_USEC);
	for (int i = 1; i < RESTART_HISTORY_SURE; i++) {
		restart_history_add_restart(&history, "/p", "uvicorn", "py", 200000);
	}
	assert_int_equal(
		restart_history_predict(&history, "/p", "uvicorn", "py", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 200000);
	assert_int_equal(
		restart_history_predict(&history, "/p", "uvicorn", "html", &delay), RESTART_NONE);
	assert_int_equal(
		restart_history_predict(&history, "/q", "uvicorn", "py", &delay), RESTART_UNKNOWN);
	assert_int_equal(
		restart_history_predict(&history, "/p", "flask", "py", &delay), RESTART_UNKNOWN);

	text = restart_history_write(&history);
	assert_int_equal(restart_history_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(
		restart_history_predict(&again, "/p", "uvicorn", "py", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 200000);
	assert_int_equal(
		restart_history_predict(&again, "/p", "uvicorn", "html", &delay), RESTART_NONE);

	/* Three that did not come in a row, and it is expected no more. */
	assert_false(restart_history_add_none(&history, "/p", "uvicorn", "py"));
	assert_false(restart_history_add_none(&history, "/p", "uvicorn", "py"));
	assert_true(restart_history_add_none(&history, "/p", "uvicorn", "py"));
	assert_int_equal(
		restart_history_predict(&history, "/p", "uvicorn", "py", &delay), RESTART_NONE);
	restart_history_clear(&history);
	restart_history_clear(&again);
}

static void suffixes(void **state)
{
	static const struct {
		const char *file, *suffix;
	} rows[] = {
		{"/p/a.py", "py"},
		{"/p/A.PY", "py"},
		{"/p.d/a", ""},
		{"/p/.env", ""},
		{"/p/a.tar.gz", "gz"},
		{"/p/a.", ""},
		{"/p/a.123456789012345", "123456789012345"},
		{"/p/a.1234567890123456", ""},
		{"/p/a.caf\xc3\xa9", ""},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char suffix[RESTART_HISTORY_SUFFIX_MAX];

		restart_history_suffix(rows[i].file, suffix);
		assert_string_equal(suffix, rows[i].suffix);
	}
}

/* What is known of a save of these, space between them. */
static enum restart_prediction ask(struct restart_sample *question,
	const struct restart_history *history, const char *names, uint64_t *delay)
{
	_cleanup_free_ char *all = mem_strdup(names);
	struct fileset files = {0};
	enum restart_prediction prediction;
	char *rest = all, *name;

	restart_sample_clear(question);
	while ((name = strsep(&rest, " "))) {
		fileset_add(&files, name);
	}
	prediction = restart_sample_add(question, history, "/p", "node", &files, delay);
	fileset_clear(&files);
	return prediction;
}

/* A program and what it serves have the same suffix: each is known for itself. */
static void one_file_is_known_better_than_its_suffix(void **state)
{
	struct restart_history history = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	struct restart_sample question = {0};
	char *why = NULL;
	uint64_t delay;

	assert_int_equal(ask(&question, &history, "/p/server.js", &delay), RESTART_UNKNOWN);
	assert_true(restart_sample_add_restart(&question, &history, "/p", "node", 200000));
	assert_int_equal(ask(&question, &history, "/p/server.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, RESTART_HISTORY_DELAY_MAX_USEC);

	assert_int_equal(ask(&question, &history, "/p/page.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, RESTART_HISTORY_UNSURE_USEC);
	assert_true(restart_sample_add_none(&question, &history, "/p", "node"));
	assert_int_equal(ask(&question, &history, "/p/page.js", &delay), RESTART_NONE);
	assert_int_equal(ask(&question, &history, "/p/other.js", &delay), RESTART_EXPECTED);
	assert_int_equal(ask(&question, &history, "/p/server.js", &delay), RESTART_EXPECTED);
	assert_int_equal(
		ask(&question, &history, "/p/page.js /p/server.js", &delay), RESTART_EXPECTED);

	/* Once lost on the reloader is no lesson for one that was seen to restart it. */
	ask(&question, &history, "/p/server.js", &delay);
	assert_false(restart_sample_add_none(&question, &history, "/p", "node"));
	assert_int_equal(ask(&question, &history, "/p/server.js", &delay), RESTART_EXPECTED);

	/* A restart by hand, long after a save: the lesson falls with the next save. */
	ask(&question, &history, "/p/a.svg", &delay);
	restart_sample_add_restart(
		&question, &history, "/p", "node", RESTART_HISTORY_LATE_USEC + 1);
	assert_int_equal(ask(&question, &history, "/p/a.svg", &delay), RESTART_EXPECTED);
	assert_true(restart_sample_add_none(&question, &history, "/p", "node"));
	assert_int_equal(ask(&question, &history, "/p/a.svg", &delay), RESTART_NONE);
	assert_int_equal(ask(&question, &history, "/p/b.svg", &delay), RESTART_NONE);

	/* Of several nobody knows which it was: nothing is learned of each. */
	ask(&question, &history, "/p/a.css /p/b.css", &delay);
	restart_sample_add_restart(&question, &history, "/p", "node", 200000);
	assert_int_equal(restart_history_predict(&history, "/p", "node", "/p/a.css", &delay),
		RESTART_UNKNOWN);
	assert_int_equal(
		restart_history_predict(&history, "/p", "node", "css", &delay), RESTART_EXPECTED);

	text = restart_history_write(&history);
	assert_int_equal(restart_history_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(again.count, history.count);
	assert_int_equal(ask(&question, &again, "/p/page.js", &delay), RESTART_NONE);
	restart_sample_clear(&question);
	restart_history_clear(&history);
	restart_history_clear(&again);
}

static void lessons_are_bounded(void **state)
{
	struct restart_history history = {0};
	uint64_t delay;

	for (int i = 0; i <= RESTART_HISTORY_MAX; i++) {
		_cleanup_free_ char *root = mem_printf("/%d", i);

		restart_history_add_none(&history, root, "s", "css");
	}
	assert_int_equal(history.count, RESTART_HISTORY_MAX);
	assert_int_equal(
		restart_history_predict(&history, "/0", "s", "css", &delay), RESTART_UNKNOWN);
	assert_int_equal(restart_history_predict(&history, "/1", "s", "css", &delay), RESTART_NONE);
	restart_history_add_none(&history, "/1", "s", "css");
	restart_history_add_none(&history, "/new", "s", "css");
	assert_int_equal(restart_history_predict(&history, "/1", "s", "css", &delay), RESTART_NONE);
	assert_int_equal(
		restart_history_predict(&history, "/2", "s", "css", &delay), RESTART_UNKNOWN);
	restart_history_clear(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_never_restarts_does_not_wait),
		cmocka_unit_test(an_unknown_save_leaves_and_is_a_trial),
		cmocka_unit_test(a_known_restart_is_waited_for),
		cmocka_unit_test(a_restart_that_was_not_expected_is_learned),
		cmocka_unit_test(what_does_not_come_back_is_down),
		cmocka_unit_test(a_restart_by_hand_reloads),
		cmocka_unit_test(a_lingering_worker_is_let_go_of_once),
		cmocka_unit_test(a_busy_worker_is_asked_for_something),
		cmocka_unit_test(looks_come_when_they_are_needed),
		cmocka_unit_test(lessons),
		cmocka_unit_test(suffixes),
		cmocka_unit_test(one_file_is_known_better_than_its_suffix),
		cmocka_unit_test(lessons_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
