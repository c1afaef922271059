/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "util/mem.h"
#include "readiness/gate.h"
#include "readiness/restart-sample.h"

/*
 * Every transition of the gate as a script: at some millisecond a save comes or
 * something is seen of the server, and the gate says what to do and where it is.
 */

enum { SAVE, LOOK, STIR, END };

struct row {
	unsigned at; /* ms; also the time of the process clock */
	int what;
	enum gate_lore lore; /* SAVE */
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

	gate_init(&gate, &times, MSEC(0), &(struct gate_sight){.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC});
	for (size_t i = 0; rows[i].what != END; i++) {
		const struct row *row = &rows[i];
		unsigned actions = 0;

		if (row->what == SAVE) {
			actions = gate_save(&gate, MSEC(row->at), MSEC(row->at), row->lore,
				row->delay * CLOCK_USEC_PER_MSEC);
		} else if (row->what == STIR) {
			gate_stir(&gate, MSEC(row->at));
		} else {
			struct gate_sight sight = {
				.serving = row->serving >= 0,
				.died = row->died,
				.lingers = row->lingers,
				.busy = row->busy,
				.generation = row->serving > 0 ? MSEC(row->serving) : BASE - CLOCK_USEC_PER_SEC,
			};

			actions = gate_look(&gate, MSEC(row->at), &sight);
		}
		if (actions != row->actions || gate.state != row->state) {
			fail_msg("%s, row %zu at %u ms: actions %u, state %d; wanted %u, %d", name, i,
				row->at, actions, gate.state, row->actions, row->state);
		}
	}
}

static void what_never_restarts_does_not_wait(void **state)
{
	play("stays", (struct row[]){
		{0, SAVE, GATE_STAYS, .actions = GATE_CAST, .state = GATE_OPEN},
		{10, SAVE, GATE_STAYS, .actions = GATE_CAST, .state = GATE_OPEN},
		{.what = END},
	});
}

static void an_unknown_save_leaves_and_is_a_trial(void **state)
{
	play("trial, none comes", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{10, LOOK, .state = GATE_OPEN},
		{2499, LOOK, .state = GATE_OPEN},
		{2500, LOOK, .actions = GATE_LEARN_STAYS, .state = GATE_OPEN},
		{2510, LOOK, .state = GATE_OPEN},
		{.what = END},
	});
	play("trial, one comes", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{200, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{650, LOOK, .serving = 410, .state = GATE_OPEN},
		{.what = END},
	});
	play("trial, one comes after its end: a compiler is slow", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{2500, LOOK, .actions = GATE_LEARN_STAYS, .state = GATE_OPEN},
		{4900, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{5400, LOOK, .serving = 5100, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("trial, a second save shares its outcome", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{30, SAVE, GATE_UNKNOWN, .state = GATE_EXPECTING},
		{200, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("trial, a second save leaves when none comes", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{30, SAVE, GATE_UNKNOWN, .state = GATE_EXPECTING},
		{2529, LOOK, .state = GATE_EXPECTING},
		{2530, LOOK, .actions = GATE_LEARN_STAYS | GATE_CAST, .state = GATE_OPEN},
		{.what = END},
	});
}

static void a_known_restart_is_waited_for(void **state)
{
	play("restart", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{100, LOOK, .state = GATE_EXPECTING},
		{210, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{630, LOOK, .serving = -1, .state = GATE_RESTARTING},
		{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("too quick to be seen gone", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{300, LOOK, .serving = 250, .actions = GATE_LEARN_RESTARTS | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("none comes this time", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{999, LOOK, .state = GATE_EXPECTING},
		{1000, LOOK, .actions = GATE_LEARN_STAYS | GATE_CAST, .state = GATE_OPEN},
		{.what = END},
	});
	play("a worker that was started before the save does not count", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{200, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{500, SAVE, GATE_RESTARTS, 200, .state = GATE_RESTARTING},
		{640, LOOK, .serving = 410, .actions = GATE_TELL_LIVE,
			.state = GATE_EXPECTING},
		{700, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{1100, LOOK, .serving = 900, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
}

static void a_restart_that_was_not_expected_is_learned(void **state)
{
	play("soon after the save", (struct row[]){
		{0, SAVE, GATE_STAYS, .actions = GATE_CAST, .state = GATE_OPEN},
		{900, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{1600, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{.what = END},
	});
	play("after the wait for it was given up", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{1000, LOOK, .actions = GATE_LEARN_STAYS | GATE_CAST, .state = GATE_OPEN},
		{1010, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{1510, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{.what = END},
	});
	play("at the very moment at which it is given up", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{1000, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{1500, LOOK, .serving = 1200, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("given up, and replaced between two looks", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{1000, LOOK, .actions = GATE_LEARN_STAYS | GATE_CAST, .state = GATE_OPEN},
		{1070, LOOK, .serving = 1020, .actions = GATE_LEARN_RESTARTS | GATE_STALE,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("shortly before the save was heard of", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{499, SAVE, GATE_UNKNOWN, .actions = GATE_LEARN_RESTARTS, .state = GATE_RESTARTING},
		{510, LOOK, .serving = 100, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("too long before it", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{500, SAVE, GATE_UNKNOWN, .state = GATE_RESTARTING},
		{600, LOOK, .serving = 550, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("before it, by another save", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{200, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{300, SAVE, GATE_UNKNOWN, .state = GATE_RESTARTING},
		{900, LOOK, .serving = 700, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("before it, of what is known not to restart it", (struct row[]){
		{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{100, SAVE, GATE_STAYS, .state = GATE_RESTARTING},
		{.what = END},
	});
	play("long after it", (struct row[]){
		{0, SAVE, GATE_STAYS, .actions = GATE_CAST, .state = GATE_OPEN},
		{5000, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
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
	play("it died; the fix brings it back", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 200, .state = GATE_EXPECTING},
		{200, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{500, LOOK, .serving = -1, .died = true, .actions = GATE_TELL_DOWN,
			.state = GATE_DOWN},
		{60000, SAVE, GATE_RESTARTS, 200, .state = GATE_DOWN},
		{60700, LOOK, .serving = 60300, .actions = GATE_TELL_LIVE | GATE_CAST,
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
	play("lingers", (struct row[]){
		{0, LOOK, .serving = -1, .lingers = true, .actions = GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{99, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
		{100, LOOK, .serving = -1, .lingers = true, .actions = GATE_LET_GO,
			.state = GATE_RESTARTING},
		{110, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
		{300, LOOK, .serving = 200, .actions = GATE_TELL_LIVE | GATE_STALE,
			.state = GATE_OPEN},
		{.what = END},
	});
}

/* gunicorn's worker, given a connection on which the browser asks nothing. */
static void a_busy_worker_is_asked_for_something(void **state)
{
	play("busy while a restart is expected", (struct row[]){
		{0, SAVE, GATE_RESTARTS, 1000, .state = GATE_EXPECTING},
		{1000, LOOK, .busy = true, .state = GATE_EXPECTING},
		{1500, LOOK, .busy = true, .actions = GATE_USE_SPARE, .state = GATE_EXPECTING},
		{1510, LOOK, .busy = true, .state = GATE_EXPECTING},
		{1600, LOOK, .serving = -1, .actions = GATE_LEARN_RESTARTS | GATE_TELL_WAITING,
			.state = GATE_RESTARTING},
		{1900, LOOK, .serving = 1800, .actions = GATE_TELL_LIVE | GATE_CAST,
			.state = GATE_OPEN},
		{.what = END},
	});
	play("busy in a trial, again and again", (struct row[]){
		{0, SAVE, GATE_UNKNOWN, .actions = GATE_CAST, .state = GATE_OPEN},
		{1500, LOOK, .busy = true, .actions = GATE_USE_SPARE, .state = GATE_OPEN},
		{2500, LOOK, .busy = true, .actions = GATE_LEARN_STAYS, .state = GATE_OPEN},
		{4000, LOOK, .busy = true, .state = GATE_OPEN},
		{.what = END},
	});
	play("busy when nobody waits", (struct row[]){
		{0, SAVE, GATE_STAYS, .actions = GATE_CAST, .state = GATE_OPEN},
		{2000, LOOK, .busy = true, .state = GATE_OPEN},
		{.what = END},
	});
}

/* Nothing is looked at while nothing is pending; what is down, ever more seldom, and not for ever. */
static void looks_come_when_they_are_needed(void **state)
{
	struct gate gate;
	struct gate_sight serving = {.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC};
	struct gate_sight gone = {0};
	uint64_t now = MSEC(0);
	unsigned looks = 0;

	gate_init(&gate, &times, now, &serving);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	gate_save(&gate, now, now, GATE_STAYS, 0);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	gate_save(&gate, now, now, GATE_RESTARTS, 0);
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
	gate_stir(&gate, now);
	gate_look(&gate, now, &gone);
	assert_int_equal(gate.look_usec, now + GATE_LOOK_USEC);
}

static void lessons(void **state)
{
	struct learned learned = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	char *why = NULL;
	uint64_t delay = 0;

	assert_int_equal(learned_ask(&learned, "/p", "uvicorn", "py", &delay), GATE_UNKNOWN);
	assert_true(learned_restarts(&learned, "/p", "uvicorn", "py", 200000));
	assert_true(learned_stays(&learned, "/p", "uvicorn", "html"));
	assert_false(learned_stays(&learned, "/p", "uvicorn", "html"));
	assert_int_equal(learned_ask(&learned, "/p", "uvicorn", "py", &delay), GATE_RESTARTS);
	assert_int_equal(delay, LEARNED_UNSURE_USEC);
	for (int i = 1; i < LEARNED_SURE; i++) {
		learned_restarts(&learned, "/p", "uvicorn", "py", 200000);
	}
	assert_int_equal(learned_ask(&learned, "/p", "uvicorn", "py", &delay), GATE_RESTARTS);
	assert_int_equal(delay, 200000);
	assert_int_equal(learned_ask(&learned, "/p", "uvicorn", "html", &delay), GATE_STAYS);
	assert_int_equal(learned_ask(&learned, "/q", "uvicorn", "py", &delay), GATE_UNKNOWN);
	assert_int_equal(learned_ask(&learned, "/p", "flask", "py", &delay), GATE_UNKNOWN);

	text = learned_write(&learned);
	assert_int_equal(learned_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(learned_ask(&again, "/p", "uvicorn", "py", &delay), GATE_RESTARTS);
	assert_int_equal(delay, 200000);
	assert_int_equal(learned_ask(&again, "/p", "uvicorn", "html", &delay), GATE_STAYS);

	/* Three that did not come in a row, and it is expected no more. */
	assert_false(learned_stays(&learned, "/p", "uvicorn", "py"));
	assert_false(learned_stays(&learned, "/p", "uvicorn", "py"));
	assert_true(learned_stays(&learned, "/p", "uvicorn", "py"));
	assert_int_equal(learned_ask(&learned, "/p", "uvicorn", "py", &delay), GATE_STAYS);
	learned_clear(&learned);
	learned_clear(&again);
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
		char suffix[LEARNED_SUFFIX_MAX];

		learned_suffix(rows[i].file, suffix);
		assert_string_equal(suffix, rows[i].suffix);
	}
}

/* What is known of a save of these, space between them. */
static enum gate_lore ask(struct question *question, const struct learned *learned,
	const char *names, uint64_t *delay)
{
	_cleanup_free_ char *all = mem_strdup(names);
	struct fileset files = {0};
	enum gate_lore lore;
	char *rest = all, *name;

	question_clear(question);
	while ((name = strsep(&rest, " "))) {
		fileset_add(&files, name);
	}
	lore = question_add(question, learned, "/p", "node", &files, delay);
	fileset_clear(&files);
	return lore;
}

/* A program and what it serves have the same suffix: each is known for itself. */
static void one_file_is_known_better_than_its_suffix(void **state)
{
	struct learned learned = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	struct question question = {0};
	char *why = NULL;
	uint64_t delay;

	assert_int_equal(ask(&question, &learned, "/p/server.js", &delay), GATE_UNKNOWN);
	assert_true(question_restarts(&question, &learned, "/p", "node", 200000));
	assert_int_equal(ask(&question, &learned, "/p/server.js", &delay), GATE_RESTARTS);
	assert_int_equal(delay, LEARNED_DELAY_MAX_USEC);

	assert_int_equal(ask(&question, &learned, "/p/page.js", &delay), GATE_RESTARTS);
	assert_int_equal(delay, LEARNED_UNSURE_USEC);
	assert_true(question_stays(&question, &learned, "/p", "node"));
	assert_int_equal(ask(&question, &learned, "/p/page.js", &delay), GATE_STAYS);
	assert_int_equal(ask(&question, &learned, "/p/other.js", &delay), GATE_RESTARTS);
	assert_int_equal(ask(&question, &learned, "/p/server.js", &delay), GATE_RESTARTS);
	assert_int_equal(ask(&question, &learned, "/p/page.js /p/server.js", &delay), GATE_RESTARTS);

	/* Once lost on the reloader is no lesson for one that was seen to restart it. */
	ask(&question, &learned, "/p/server.js", &delay);
	assert_false(question_stays(&question, &learned, "/p", "node"));
	assert_int_equal(ask(&question, &learned, "/p/server.js", &delay), GATE_RESTARTS);

	/* A restart by hand, long after a save: the lesson falls with the next save. */
	ask(&question, &learned, "/p/a.svg", &delay);
	question_restarts(&question, &learned, "/p", "node", LEARNED_LATE_USEC + 1);
	assert_int_equal(ask(&question, &learned, "/p/a.svg", &delay), GATE_RESTARTS);
	assert_true(question_stays(&question, &learned, "/p", "node"));
	assert_int_equal(ask(&question, &learned, "/p/a.svg", &delay), GATE_STAYS);
	assert_int_equal(ask(&question, &learned, "/p/b.svg", &delay), GATE_STAYS);

	/* Of several nobody knows which it was: nothing is learned of each. */
	ask(&question, &learned, "/p/a.css /p/b.css", &delay);
	question_restarts(&question, &learned, "/p", "node", 200000);
	assert_int_equal(learned_ask(&learned, "/p", "node", "/p/a.css", &delay), GATE_UNKNOWN);
	assert_int_equal(learned_ask(&learned, "/p", "node", "css", &delay), GATE_RESTARTS);

	text = learned_write(&learned);
	assert_int_equal(learned_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(again.count, learned.count);
	assert_int_equal(ask(&question, &again, "/p/page.js", &delay), GATE_STAYS);
	question_clear(&question);
	learned_clear(&learned);
	learned_clear(&again);
}

static void lessons_are_bounded(void **state)
{
	struct learned learned = {0};
	uint64_t delay;

	for (int i = 0; i <= LEARNED_MAX; i++) {
		_cleanup_free_ char *root = mem_printf("/%d", i);

		learned_stays(&learned, root, "s", "css");
	}
	assert_int_equal(learned.count, LEARNED_MAX);
	assert_int_equal(learned_ask(&learned, "/0", "s", "css", &delay), GATE_UNKNOWN);
	assert_int_equal(learned_ask(&learned, "/1", "s", "css", &delay), GATE_STAYS);
	learned_stays(&learned, "/1", "s", "css");
	learned_stays(&learned, "/new", "s", "css");
	assert_int_equal(learned_ask(&learned, "/1", "s", "css", &delay), GATE_STAYS);
	assert_int_equal(learned_ask(&learned, "/2", "s", "css", &delay), GATE_UNKNOWN);
	learned_clear(&learned);
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
