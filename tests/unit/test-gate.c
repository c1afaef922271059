/* SPDX-License-Identifier: MIT */
#include "readiness/gate.h"
#include "unit.h"
#include "util/mem.h"

/*
 * Tests every transition of the gate with scripts: in each row, at a given millisecond, a save
 * is reported or the server is inspected, and the row has the expected actions and state.
 */

enum { SAVE, LOOK, END };

struct row {
	unsigned at; /* ms; also the time of the process clock */
	int what;
	enum restart_prediction prediction; /* SAVE */
	unsigned delay; /* SAVE, ms */
	int written; /* SAVE: when its file was written, in ms; 0: at the save */
	int serving; /* LOOK: the time of the serving code, in ms; -1: nothing is serving */
	int newest; /* LOOK: the youngest of several workers */
	bool coming; /* LOOK */
	unsigned starved; /* LOOK: for how many ms */
	bool died, ended, lingers, busy, hand, working, searching, appeared; /* LOOK */
	unsigned actions;
	enum gate_state state;
};

static const struct gate_times times = {
	.trial = 2500 * CLOCK_USEC_PER_MSEC,
	.wait = 10 * CLOCK_USEC_PER_SEC,
	.down = 5 * CLOCK_USEC_PER_SEC,
	.look_for = 600 * CLOCK_USEC_PER_SEC,
};

#define BASE (1000 * CLOCK_USEC_PER_SEC)
#define MSEC(ms) (BASE + (uint64_t)(ms)*CLOCK_USEC_PER_MSEC)

static unsigned save(struct gate *gate, const struct row *row)
{
	struct gate_save saved = {
		.now_usec = MSEC(row->at),
		.now_boot = MSEC(row->at),
		.written_boot = MSEC(row->written ? (unsigned)row->written : row->at),
		.prediction = row->prediction,
		.delay = row->delay * CLOCK_USEC_PER_MSEC,
	};

	return gate_save(gate, &saved);
}

static unsigned look(struct gate *gate, const struct row *row)
{
	struct server_state seen = {
		.serving = row->serving >= 0,
		.died = row->died,
		.ended = row->ended,
		.lingers = row->lingers,
		.busy = row->busy,
		.working = row->working,
		.searching = row->searching,
		.appeared = row->appeared,
		.by_itself = !row->hand,
		.coming = row->coming,
		.starved = row->starved * CLOCK_USEC_PER_MSEC,
		.newest = row->newest ? MSEC(row->newest) : 0,
		.generation = row->serving > 0 ? MSEC(row->serving) : BASE - CLOCK_USEC_PER_SEC,
	};

	return gate_look(gate, MSEC(row->at), &seen);
}

static struct gate play(const char *name, const struct row *rows)
{
	struct gate gate;

	gate_init(&gate, &times, MSEC(0),
		&(struct server_state){.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC});
	for (size_t i = 0; rows[i].what != END; i++) {
		const struct row *row = &rows[i];
		unsigned actions = row->what == SAVE ? save(&gate, row) : look(&gate, row);

		if (actions != row->actions || gate.state != row->state) {
			fail_msg("%s, row %zu at %u ms: actions %u, state %d; wanted %u, %d", name,
				i, row->at, actions, gate.state, row->actions, row->state);
		}
	}
	return gate;
}

static void a_server_that_never_restarts_does_not_wait(void **state)
{
	play("stays",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{10, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{.what = END},
		});
}

static void an_unknown_save_is_sent_and_watched(void **state)
{
	play("no restart",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{10, LOOK},
			{500, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{2999, LOOK},
			{3000, LOOK, .actions = GATE_LEARN_NO_RESTART},
			{3010, LOOK},
			{.what = END},
		});
	play("a restart",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{640, LOOK, .serving = 410,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_STALE},
			{650, LOOK, .serving = 410},
			{.what = END},
		});
	play("a second save while it restarts comes with it",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{300, SAVE, RESTART_UNKNOWN, .state = GATE_RESTARTING},
			{640, LOOK, .serving = 250,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
}

static void a_save_waits_for_a_predicted_restart(void **state)
{
	struct gate gate = play("restart",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 700, .state = GATE_EXPECTING},
			{100, LOOK, .state = GATE_EXPECTING},
			{210, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{630, LOOK, .serving = -1, .state = GATE_RESTARTING},
			{640, LOOK, .serving = 410,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});

	assert_int_equal(gate.delay, 210 * CLOCK_USEC_PER_MSEC);
	assert_true(gate.proven);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	play("too quick to be seen gone",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{30, LOOK, .serving = 20, .actions = GATE_LEARN_RESTART | GATE_SEND},
			{.what = END},
		});
	play("no sign of it",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{499, LOOK, .state = GATE_EXPECTING},
			{500, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{510, LOOK},
			{.what = END},
		});
	play("it had no CPU for it",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{500, LOOK, .starved = 400, .state = GATE_EXPECTING},
			{890, LOOK, .starved = 400, .state = GATE_EXPECTING},
			{900, LOOK, .starved = 400, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{.what = END},
		});
	play("a build is running",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{490, LOOK, .working = true, .state = GATE_EXPECTING},
			{1230, LOOK, .working = true, .state = GATE_EXPECTING},
			{1970, LOOK, .state = GATE_EXPECTING},
			{1980, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{.what = END},
		});
	play("a search for builds delays the end until it is done, and no longer",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{500, LOOK, .searching = true, .state = GATE_EXPECTING},
			{510, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{.what = END},
		});
	play("a build runs for longer than the longest wait",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{490, LOOK, .working = true, .state = GATE_EXPECTING},
			{9800, LOOK, .working = true, .state = GATE_EXPECTING},
			{10000, LOOK, .working = true, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{.what = END},
		});
	play("it begins later than ever",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{500, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{900, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1500, LOOK, .serving = 1200,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	play("once it has begun, it may take its time",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{4000, LOOK, .serving = -1, .state = GATE_RESTARTING},
			{4100, LOOK, .serving = 210,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
}

/* A reloader may be faster than the report of the save. */
static void the_serving_code_may_be_newer_than_the_file(void **state)
{
	play("it has restarted already",
		(struct row[]){
			{150, LOOK, .serving = 120, .actions = GATE_STALE},
			{200, SAVE, RESTART_EXPECTED, 200, .written = 100, .actions = GATE_SEND},
			{.what = END},
		});
	play("it restarts",
		(struct row[]){
			{150, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{200, SAVE, RESTART_EXPECTED, 200, .written = 100,
				.state = GATE_RESTARTING},
			{400, LOOK, .serving = 160,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("the fix of a crash has been picked up",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{500, LOOK, .serving = -1, .died = true, .actions = GATE_TELL_DOWN,
				.state = GATE_DOWN},
			{60300, SAVE, RESTART_EXPECTED, 200, .written = 60000, .state = GATE_DOWN},
			{60310, LOOK, .serving = 60100,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("it restarted for something else before",
		(struct row[]){
			{150, LOOK, .serving = 120, .actions = GATE_STALE},
			{200, SAVE, RESTART_EXPECTED, 200, .written = 180, .state = GATE_EXPECTING},
			{.what = END},
		});
}

static void saves_in_a_row_do_not_delay_the_event_forever(void **state)
{
	play("two, and one restart serves both",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{230, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{314, LOOK, .serving = 210, .actions = GATE_LEARN_RESTART | GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
			{520, LOOK, .serving = 210, .state = GATE_EXPECTING},
			{530, LOOK, .serving = 210, .actions = GATE_SEND},
			{.what = END},
		});
	play("two, and two restarts",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{400, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{500, LOOK, .serving = 210, .actions = GATE_LEARN_RESTART | GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
			{600, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{900, LOOK, .serving = 610, .actions = GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("many that restart nothing",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{400, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{500, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{800, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{.what = END},
		});
	play("many, and a restart for each that comes too late for the next",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 500, .state = GATE_EXPECTING},
			{450, SAVE, RESTART_EXPECTED, 500, .state = GATE_EXPECTING},
			{500, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{900, SAVE, RESTART_EXPECTED, 500, .state = GATE_RESTARTING},
			{1000, LOOK, .serving = 510, .actions = GATE_LEARN_RESTART | GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
			{1100, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1400, SAVE, RESTART_EXPECTED, 500, .state = GATE_RESTARTING},
			{1600, LOOK, .serving = 1110,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("of what never restarts",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{100, SAVE, RESTART_NONE, .state = GATE_EXPECTING},
			{300, SAVE, RESTART_NONE, .state = GATE_EXPECTING},
			{500, LOOK, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{510, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{.what = END},
		});
}

/* gunicorn -w 3: each worker checks by itself. */
static void several_workers_are_replaced_one_by_one(void **state)
{
	play("three",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 300, .state = GATE_EXPECTING},
			{300, LOOK, .coming = true, .state = GATE_EXPECTING},
			{700, LOOK, .newest = 280, .state = GATE_EXPECTING},
			{1200, LOOK, .serving = 280, .newest = 800,
				.actions = GATE_LEARN_RESTART | GATE_SEND},
			{1300, LOOK, .serving = 800, .newest = 800},
			{.what = END},
		});
	play("by the user",
		(struct row[]){
			{0, LOOK, .newest = 100},
			{300, LOOK, .serving = 100, .newest = 200, .actions = GATE_STALE},
			{400, LOOK, .serving = 200, .newest = 300},
			{.what = END},
		});
}

static void old_answers_end_after_a_time(void **state)
{
	struct gate gate = play("the tabs look for themselves",
		(struct row[]){
			{100, SAVE, RESTART_OLD, .written = 50, .actions = GATE_SEND},
			{500, SAVE, RESTART_OLD, .actions = GATE_SEND},
			{.what = END},
		});

	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	play("a new process has none",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{100, SAVE, RESTART_OLD, .state = GATE_RESTARTING},
			{700, LOOK, .serving = 600, .hand = true,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
}

static void a_server_that_does_not_come_back_is_down(void **state)
{
	play("too long",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{4999, LOOK, .serving = -1, .state = GATE_RESTARTING},
			{5000, LOOK, .serving = -1, .actions = GATE_TELL_DOWN, .state = GATE_DOWN},
			{9000, LOOK, .serving = -1, .state = GATE_DOWN},
			{9100, LOOK, .serving = 9050, .actions = GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	play("no process is left that could start it",
		(struct row[]){
			{0, LOOK, .serving = -1, .ended = true, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{999, LOOK, .serving = -1, .ended = true, .state = GATE_RESTARTING},
			{1000, LOOK, .serving = -1, .ended = true, .actions = GATE_TELL_DOWN,
				.state = GATE_DOWN},
			{.what = END},
		});
	play("it died; the fix brings it back",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{200, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{500, LOOK, .serving = -1, .died = true, .actions = GATE_TELL_DOWN,
				.state = GATE_DOWN},
			{60000, SAVE, RESTART_EXPECTED, 200, .state = GATE_DOWN},
			{60700, LOOK, .serving = 60300,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
}

static void a_restart_by_hand_reloads(void **state)
{
	struct gate gate;

	play("by hand",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{900, LOOK, .serving = 600, .hand = true,
				.actions = GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	gate = play("soon after a save it proves nothing",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{500, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{900, LOOK, .serving = 600, .hand = true,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	assert_false(gate.proven);
	play("long after a save it is not put down to it",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{2600, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{2900, LOOK, .serving = 2700, .actions = GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	play("a false alarm changes nothing",
		(struct row[]){
			{0, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{20, LOOK, .actions = GATE_TELL_LIVE},
			{.what = END},
		});
}

static void a_lingering_worker_is_released_once(void **state)
{
	play("lingers",
		(struct row[]){
			{0, LOOK, .serving = -1, .lingers = true, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{99, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
			{100, LOOK, .serving = -1, .lingers = true,
				.actions = GATE_CLOSE_CONNECTIONS, .state = GATE_RESTARTING},
			{110, LOOK, .serving = -1, .lingers = true, .state = GATE_RESTARTING},
			{300, LOOK, .serving = 200, .actions = GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
}

/* gunicorn's worker, which accepted a connection on which the browser sends nothing. */
static void a_busy_worker_gets_a_request(void **state)
{
	play("busy while a restart is expected: that is the sign",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 600, .state = GATE_EXPECTING},
			{600, LOOK, .busy = true, .state = GATE_EXPECTING},
			{700, LOOK, .busy = true, .actions = GATE_USE_SPARE,
				.state = GATE_EXPECTING},
			{1000, LOOK, .busy = true, .state = GATE_EXPECTING},
			{1600, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{1900, LOOK, .serving = 1800,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("but not forever",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 600, .state = GATE_EXPECTING},
			{9999, LOOK, .busy = true, .actions = GATE_USE_SPARE,
				.state = GATE_EXPECTING},
			{10000, LOOK, .busy = true, .actions = GATE_LEARN_NO_RESTART | GATE_SEND},
			{.what = END},
		});
	play("busy when no save waits",
		(struct row[]){
			{0, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{2000, LOOK, .busy = true},
			{.what = END},
		});
}

/*
 * A server is checked while something is pending; one that is down at increasing intervals, not
 * forever.
 */
static void checks_happen_only_when_needed(void **state)
{
	static const struct row none = {0, SAVE, RESTART_NONE};
	static const struct row expected = {0, SAVE, RESTART_EXPECTED};
	struct server_state serving = {.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC};
	struct server_state gone = {0};
	uint64_t now = MSEC(0);
	struct gate gate;
	unsigned looks = 0;

	gate_init(&gate, &times, now, &serving);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	save(&gate, &none);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
	save(&gate, &expected);
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
	assert_in_range(looks, 11500, 12500);
	gate_watch_closely(&gate, now);
	gate_look(&gate, now, &gone);
	assert_int_equal(gate.look_usec, now + GATE_LOOK_USEC);
}

static void looks_at_a_server_that_starts(void **state)
{
	const struct server_state down = {0}, starts = {.appeared = true};
	struct gate gate;

	gate_init(&gate, &times, MSEC(0), &down);
	gate_look(&gate, MSEC(5000), &down);
	assert_int_equal(gate.look_usec, MSEC(5000) + GATE_LOOK_DOWN_USEC);
	gate_look(&gate, MSEC(5050), &starts);
	assert_int_equal(gate.look_usec, MSEC(5050) + GATE_LOOK_STARTS_USEC);
	gate_look(&gate, MSEC(15040), &down);
	assert_int_equal(gate.look_usec, MSEC(15040) + GATE_LOOK_STARTS_USEC);
	gate_look(&gate, MSEC(15060), &down);
	assert_int_equal(gate.look_usec, MSEC(15060) + GATE_LOOK_DOWN_USEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_at_a_server_that_starts),
		cmocka_unit_test(a_server_that_never_restarts_does_not_wait),
		cmocka_unit_test(an_unknown_save_is_sent_and_watched),
		cmocka_unit_test(a_save_waits_for_a_predicted_restart),
		cmocka_unit_test(the_serving_code_may_be_newer_than_the_file),
		cmocka_unit_test(saves_in_a_row_do_not_delay_the_event_forever),
		cmocka_unit_test(several_workers_are_replaced_one_by_one),
		cmocka_unit_test(old_answers_end_after_a_time),
		cmocka_unit_test(a_server_that_does_not_come_back_is_down),
		cmocka_unit_test(a_restart_by_hand_reloads),
		cmocka_unit_test(a_lingering_worker_is_released_once),
		cmocka_unit_test(a_busy_worker_gets_a_request),
		cmocka_unit_test(checks_happen_only_when_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
