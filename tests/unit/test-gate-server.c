/* SPDX-License-Identifier: MIT */
#include "gate-script.h"

/* How the gate judges a server that ends, starts or is busy. */

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

/* gunicorn -w 3: each worker checks by itself. */
static void several_workers_are_replaced_one_by_one(void **state)
{
	play("three",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 300, .state = GATE_EXPECTING},
			{300, LOOK, .coming = 280, .state = GATE_EXPECTING},
			{700, LOOK, .newest = 280, .state = GATE_EXPECTING},
			{1200, LOOK, .serving = 280, .newest = 800,
				.actions = GATE_LEARN_RESTART | GATE_SEND},
			{1300, LOOK, .serving = 800, .newest = 800},
			{.what = END},
		});
	play("one that came unseen, before the save",
		(struct row[]){
			{1000, SAVE, RESTART_EXPECTED, 300, .state = GATE_EXPECTING},
			{1050, LOOK, .serving = 400, .newest = 1050,
				.actions = GATE_LEARN_RESTART, .state = GATE_EXPECTING},
			{1900, LOOK, .serving = 400, .newest = 1050, .state = GATE_EXPECTING},
			{2000, LOOK, .serving = 1050, .newest = 1950, .actions = GATE_SEND},
			{.what = END},
		});
	play("another program has read the file while only that one is left",
		(struct row[]){
			{900, LOOK, .coming = 400},
			{1000, SAVE, RESTART_EXPECTED, 300, .state = GATE_EXPECTING},
			{1050, LOOK, .serving = 400, .newest = 400, .read = true,
				.actions = GATE_LEARN_RESTART, .state = GATE_EXPECTING},
			{1060, LOOK, .serving = 400, .newest = 1055, .state = GATE_EXPECTING},
			{1500, LOOK, .serving = 1055, .newest = 1490, .actions = GATE_SEND},
			{.what = END},
		});
	play("the first of them ends before the save is reported",
		(struct row[]){
			{0, LOOK, .newest = 100},
			{1000, LOOK, .serving = 100, .newest = 100},
			{1001, SAVE, RESTART_EXPECTED, 1000, .written = 999, .state = GATE_EXPECTING},
			{1010, LOOK, .serving = 100, .newest = 1005,
				.actions = GATE_LEARN_RESTART, .state = GATE_EXPECTING},
			{1400, LOOK, .serving = 1005, .newest = 1395, .actions = GATE_SEND},
			{.what = END},
		});
	play("by the user",
		(struct row[]){
			{0, LOOK, .newest = 100},
			{280, LOOK, .serving = 100, .newest = 200},
			{299, LOOK, .serving = 100, .newest = 200},
			{300, LOOK, .serving = 100, .newest = 200, .actions = GATE_STALE},
			{400, LOOK, .serving = 200, .newest = 300},
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
	play("no process is left that could start it again",
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
	gate = play("a save that restarts nothing is not blamed while an earlier one may be the cause",
		(struct row[]){
			{0, SAVE, RESTART_UNKNOWN, .actions = GATE_SEND},
			{400, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{500, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{900, LOOK, .serving = 600,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_STALE},
			{.what = END},
		});
	assert_int_equal(gate.delay, 500 * CLOCK_USEC_PER_MSEC);
	play("long after a save it is not attributed to it",
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

/* Deno: a save just after the restart causes another one, which ends no process. */
static void a_restart_in_place_is_watched_for_another(void **state)
{
	struct row rows[] = {
		{0, SAVE, RESTART_EXPECTED, 300, .state = GATE_EXPECTING},
		{250, LOOK, .serving = -1, .actions = GATE_TELL_WAITING, .state = GATE_RESTARTING},
		{350, LOOK, .serving = 240, .in_place = true,
			.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
		{.what = END},
	};
	struct gate gate = play("in place", rows);

	assert_int_equal(gate.look_usec, MSEC(350) + GATE_LOOK_USEC);
	rows[2].in_place = false;
	gate = play("a new process", rows);
	assert_int_equal(gate.look_usec, CLOCK_NEVER);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_at_a_server_that_starts),
		cmocka_unit_test(several_workers_are_replaced_one_by_one),
		cmocka_unit_test(a_server_that_does_not_come_back_is_down),
		cmocka_unit_test(a_restart_by_hand_reloads),
		cmocka_unit_test(a_restart_in_place_is_watched_for_another),
		cmocka_unit_test(a_lingering_worker_is_released_once),
		cmocka_unit_test(a_busy_worker_gets_a_request),
		cmocka_unit_test(checks_happen_only_when_needed),
		cmocka_unit_test(old_answers_end_after_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
