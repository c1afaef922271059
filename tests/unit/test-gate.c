/* SPDX-License-Identifier: MIT */
#include "gate-script.h"

/* When a save is sent; test-gate-server.c has what happens to the server. */

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
			{10000, LOOK, .working = true,
				.actions = GATE_LEARN_NO_RESTART | GATE_SEND},
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
			{130, LOOK, .serving = 120},
			{150, LOOK, .serving = 120, .actions = GATE_STALE},
			{200, SAVE, RESTART_EXPECTED, 200, .written = 100, .actions = GATE_SEND},
			{.what = END},
		});
	play("the report comes right after it",
		(struct row[]){
			{150, LOOK, .serving = 120},
			{160, SAVE, RESTART_EXPECTED, 200, .written = 100, .state = GATE_EXPECTING},
			{170, LOOK, .serving = 120, .actions = GATE_LEARN_RESTART | GATE_SEND},
			{180, LOOK, .serving = 120},
			{.what = END},
		});
	play("the report comes right after it, and the page is from the new code",
		(struct row[]){
			{150, LOOK, .serving = 120},
			{160, SAVE, RESTART_NONE, .actions = GATE_SEND},
			{180, LOOK, .serving = 120},
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
			{130, LOOK, .serving = 120},
			{150, LOOK, .serving = 120, .actions = GATE_STALE},
			{200, SAVE, RESTART_EXPECTED, 200, .written = 180, .state = GATE_EXPECTING},
			{.what = END},
		});
}

/* Two saves shortly after each other: one restart serves both if it was not too early to load the second. */
static void a_worker_may_load_a_file_that_was_saved_after_it_began(void **state)
{
	play("it has read the second save",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{210, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{300, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{400, LOOK, .serving = 230, .read = true,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE | GATE_SEND},
			{500, LOOK, .serving = 230},
			{.what = END},
		});
	play("it has not, and another restart follows",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{210, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{300, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{400, LOOK, .serving = 230, .actions = GATE_LEARN_RESTART | GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
			{500, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{800, LOOK, .serving = 520, .actions = GATE_TELL_LIVE | GATE_SEND},
			{.what = END},
		});
	play("the save is reported when the worker serves already",
		(struct row[]){
			{100, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{250, LOOK, .serving = 120, .actions = GATE_TELL_LIVE | GATE_STALE},
			{260, SAVE, RESTART_EXPECTED, 200, .written = 180, .state = GATE_EXPECTING},
			{270, LOOK, .serving = 120, .read = true, .actions = GATE_SEND},
			{.what = END},
		});
	play("another program reads a file that was saved while the worker was serving",
		(struct row[]){
			{80, LOOK, .serving = 80},
			{100, LOOK, .serving = 80, .actions = GATE_STALE},
			{200, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{300, LOOK, .serving = 80, .read = true, .state = GATE_EXPECTING},
			{.what = END},
		});
	play("of several workers, one has read it",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 200, .state = GATE_EXPECTING},
			{210, LOOK, .serving = -1, .actions = GATE_TELL_WAITING,
				.state = GATE_RESTARTING},
			{300, SAVE, RESTART_EXPECTED, 200, .state = GATE_RESTARTING},
			{400, LOOK, .serving = 230, .newest = 260, .read = true,
				.actions = GATE_LEARN_RESTART | GATE_TELL_LIVE,
				.state = GATE_EXPECTING},
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
	play("two, and the reloader looks each second: its second restart comes late",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 1000, .state = GATE_EXPECTING},
			{250, SAVE, RESTART_EXPECTED, 1000, .state = GATE_EXPECTING},
			{700, LOOK, .serving = 230, .newest = 230, .actions = GATE_LEARN_RESTART,
				.state = GATE_EXPECTING},
			{1200, LOOK, .serving = 230, .newest = 230, .state = GATE_EXPECTING},
			{1300, LOOK, .serving = 1250, .newest = 1250, .actions = GATE_SEND},
			{.what = END},
		});
	play("the same, and none comes",
		(struct row[]){
			{0, SAVE, RESTART_EXPECTED, 1000, .state = GATE_EXPECTING},
			{250, SAVE, RESTART_EXPECTED, 1000, .state = GATE_EXPECTING},
			{700, LOOK, .serving = 230, .newest = 230, .actions = GATE_LEARN_RESTART,
				.state = GATE_EXPECTING},
			{1340, LOOK, .serving = 230, .newest = 230, .state = GATE_EXPECTING},
			{1351, LOOK, .serving = 230, .newest = 230, .actions = GATE_SEND},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_never_restarts_does_not_wait),
		cmocka_unit_test(an_unknown_save_is_sent_and_watched),
		cmocka_unit_test(a_save_waits_for_a_predicted_restart),
		cmocka_unit_test(the_serving_code_may_be_newer_than_the_file),
		cmocka_unit_test(a_worker_may_load_a_file_that_was_saved_after_it_began),
		cmocka_unit_test(saves_in_a_row_do_not_delay_the_event_forever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
