/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "pipeline/ledger.h"
#include "util/mem.h"
#include "util/utf8.h"

static const struct step_place place = {2, 17};

static void steps_are_kept_in_order(void **state)
{
	struct ledger *ledger = ledger_new();
	uint64_t serial = ledger_open(ledger, EVENT_SAVE, "/p", 1000, 5);
	const struct event *event;

	assert_int_equal(serial, 1);
	ledger_file(ledger, serial, "/p/a");
	ledger_step(ledger, serial, 1000, STEP_HEARD, NULL, "%s", "");
	ledger_step(ledger, serial, 1250, STEP_LOADED, &place, "in %d ms", 31);
	event = ledger_find(ledger, serial);
	assert_non_null(event);
	assert_string_equal(event->root, "/p");
	assert_string_equal(event->files[0], "/p/a");
	assert_int_equal(event->wall_usec, 5);
	assert_int_equal(event->step_count, 2);
	assert_int_equal(event->steps[0].at_usec, 0);
	assert_false(event->steps[0].in_tab);
	assert_int_equal(event->steps[1].at_usec, 250);
	assert_int_equal(event->steps[1].tab, 17);
	assert_string_equal(step_text(event, &event->steps[1]), "in 31 ms");
	ledger_free(ledger);
}

static void the_last_tab_closes_the_event(void **state)
{
	struct ledger *ledger = ledger_new();
	uint64_t serial = ledger_open(ledger, EVENT_SAVE, "/p", 0, 0);

	ledger_await(ledger, serial, 2);
	ledger_arrived(ledger, serial);
	assert_false(ledger_find(ledger, serial)->closed);
	ledger_arrived(ledger, serial);
	assert_true(ledger_find(ledger, serial)->closed);
	ledger_arrived(ledger, serial); /* one more than the limit changes nothing */
	assert_int_equal(ledger_find(ledger, serial)->awaited, 0);
	ledger_free(ledger);
}

static void older_events_make_room(void **state)
{
	struct ledger *ledger = ledger_new();
	uint64_t serial = 0;

	for (int i = 0; i < LEDGER_EVENTS_MAX + 1; i++) {
		serial = ledger_open(ledger, EVENT_RELOAD, NULL, 0, 0);
	}
	assert_int_equal(ledger_last(ledger), LEDGER_EVENTS_MAX + 1);
	assert_null(ledger_find(ledger, 0));
	assert_null(ledger_find(ledger, 1));
	assert_non_null(ledger_find(ledger, 2));
	assert_non_null(ledger_find(ledger, serial));
	assert_null(ledger_find(ledger, serial + 1));
	ledger_step(ledger, 1, 0, STEP_GONE, NULL, "%s", "to no tab");
	ledger_await(ledger, 1, 1);
	ledger_arrived(ledger, 1);
	ledger_close(ledger, 1);
	ledger_file(ledger, 1, "/x");
	ledger_free(ledger);
}

static void steps_and_files_are_bounded(void **state)
{
	struct ledger *ledger = ledger_new();
	uint64_t serial = ledger_open(ledger, EVENT_SAVE, "/p", 0, 0);

	for (int i = 0; i < 2 * LEDGER_STEPS_MAX; i++) {
		ledger_step(ledger, serial, 0, STEP_JOINED, NULL, "%s", "");
		ledger_file(ledger, serial, "/p/a");
	}
	/* With hundreds of tabs, the last step is still recorded. */
	assert_int_equal(ledger_find(ledger, serial)->step_count, LEDGER_STEPS_MAX - 1);
	ledger_close(ledger, serial);
	for (int i = 0; i < 2; i++) {
		ledger_step(ledger, serial, 0, STEP_LOADED, NULL, "%s", "");
	}
	assert_int_equal(ledger_find(ledger, serial)->step_count, LEDGER_STEPS_MAX);
	assert_int_equal(ledger_find(ledger, serial)->steps[LEDGER_STEPS_MAX - 1].kind, STEP_LOADED);
	assert_int_equal(ledger_find(ledger, serial)->files_kept, LEDGER_FILES_MAX);
	assert_int_equal(ledger_find(ledger, serial)->file_count, 2 * LEDGER_STEPS_MAX);
	ledger_free(ledger);
}

static void texts_are_bounded_utf8(void **state)
{
	struct ledger *ledger = ledger_new();
	uint64_t serial = ledger_open(ledger, EVENT_SAVE, "/p", 0, 0);
	char longest[2 * LEDGER_TEXT_MAX];
	const struct event *event;
	const char *text;

	/* Two-byte characters at an odd offset: the limit is inside one of them. */
	longest[0] = 'x';
	for (size_t i = 1; i + 2 < sizeof longest; i += 2) {
		memcpy(longest + i, "\xc3\xa9", 2);
	}
	longest[sizeof longest - 1] = '\0';
	ledger_step(ledger, serial, 0, STEP_FAILED, NULL, "%s", longest);
	ledger_step(ledger, serial, 0, STEP_FAILED, NULL, "caf\xe9 au lait, s'il vous plait");
	event = ledger_find(ledger, serial);
	text = step_text(event, &event->steps[0]);
	assert_in_range(strlen(text), LEDGER_TEXT_MAX - 4, LEDGER_TEXT_MAX - 1);
	assert_true(utf8_is_valid(text, strlen(text)));
	assert_string_equal(step_text(event, &event->steps[1]), "caf\xef\xbf\xbd au lait, s'il vous plait");
	ledger_free(ledger);
}

static void count_step(const struct event *event, const struct step *step, void *userdata)
{
	assert_ptr_equal(&event->steps[event->step_count - 1], step);
	++*(int *)userdata;
}

static void the_listener_is_called_for_each_step(void **state)
{
	struct ledger *ledger = ledger_new();
	int told = 0;
	uint64_t serial;

	ledger_listen(ledger, count_step, &told);
	serial = ledger_open(ledger, EVENT_SAVE, NULL, 0, 0);
	ledger_step(ledger, serial, 0, STEP_HEARD, NULL, "%s", "");
	ledger_step(ledger, serial + 1, 0, STEP_HEARD, NULL, "%s", "");
	assert_int_equal(told, 1);
	ledger_free(ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_kept_in_order),
		cmocka_unit_test(the_last_tab_closes_the_event),
		cmocka_unit_test(older_events_make_room),
		cmocka_unit_test(steps_and_files_are_bounded),
		cmocka_unit_test(texts_are_bounded_utf8),
		cmocka_unit_test(the_listener_is_called_for_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
