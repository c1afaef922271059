/* SPDX-License-Identifier: MIT */
#include "readiness/restart-history.h"
#include "unit.h"
#include "util/mem.h"

static enum restart_prediction known(const struct restart_history *history, const char *files)
{
	uint64_t delay;
	bool sure;

	return restart_history_predict(history, "/p", "node 1", files, &delay, &sure);
}

static void lessons(void **state)
{
	struct restart_history history = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	char *why = NULL;
	uint64_t delay = 0;
	bool sure = true;

	assert_int_equal(known(&history, "js"), RESTART_UNKNOWN);
	assert_true(restart_history_add_restart(&history, "/p", "node 1", "js", 200000, true));
	assert_true(restart_history_add_none(&history, "/p", "node 1", "html"));
	assert_false(restart_history_add_none(&history, "/p", "node 1", "html"));
	assert_int_equal(restart_history_predict(&history, "/p", "node 1", "js", &delay, &sure),
		RESTART_EXPECTED);
	assert_int_equal(delay, 200000);
	assert_false(sure);
	for (int i = 1; i < RESTART_HISTORY_SURE; i++) {
		restart_history_add_restart(&history, "/p", "node 1", "js", 200000, true);
	}
	restart_history_predict(&history, "/p", "node 1", "js", &delay, &sure);
	assert_true(sure);
	assert_int_equal(known(&history, "html"), RESTART_NONE);
	assert_int_equal(restart_history_predict(&history, "/q", "node 1", "js", &delay, &sure),
		RESTART_UNKNOWN);
	assert_int_equal(restart_history_predict(&history, "/p", "node 2", "js", &delay, &sure),
		RESTART_UNKNOWN);

	text = restart_history_write(&history);
	assert_int_equal(restart_history_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(known(&again, "js"), RESTART_EXPECTED);
	assert_int_equal(known(&again, "html"), RESTART_NONE);
	restart_history_clear(&history);
	restart_history_clear(&again);
}

/* The user may have restarted it: only a second one in a row makes a prediction. */
static void a_restart_without_proof_must_happen_again(void **state)
{
	struct restart_history history = {0};

	restart_history_add_restart(&history, "/p", "node 1", "js", 200000, false);
	assert_int_equal(known(&history, "js"), RESTART_UNKNOWN);
	restart_history_add_none(&history, "/p", "node 1", "js");
	assert_int_equal(known(&history, "js"), RESTART_NONE);
	restart_history_add_restart(&history, "/p", "node 1", "js", 200000, false);
	assert_int_equal(known(&history, "js"), RESTART_UNKNOWN);
	restart_history_add_restart(&history, "/p", "node 1", "js", 200000, false);
	assert_int_equal(known(&history, "js"), RESTART_EXPECTED);
	restart_history_clear(&history);
}

static void a_wrong_lesson_is_dropped(void **state)
{
	struct restart_history history = {0};

	restart_history_add_restart(&history, "/p", "node 1", "js", 200000, true);
	assert_true(restart_history_add_none(&history, "/p", "node 1", "js"));
	assert_int_equal(known(&history, "js"), RESTART_NONE);
	/* After two restarts, the reloader may miss one save. */
	for (int i = 0; i < 2; i++) {
		restart_history_add_restart(&history, "/p", "node 1", "js", 200000, true);
	}
	assert_false(restart_history_add_none(&history, "/p", "node 1", "js"));
	assert_int_equal(known(&history, "js"), RESTART_EXPECTED);
	assert_true(restart_history_add_none(&history, "/p", "node 1", "js"));
	assert_int_equal(known(&history, "js"), RESTART_NONE);
	restart_history_clear(&history);
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

static void lessons_are_bounded(void **state)
{
	struct restart_history history = {0};
	uint64_t delay;
	bool sure;

	for (int i = 0; i <= RESTART_HISTORY_MAX; i++) {
		_cleanup_free_ char *root = mem_printf("/%d", i);

		restart_history_add_none(&history, root, "s", "css");
	}
	assert_int_equal(history.count, RESTART_HISTORY_MAX);
	assert_int_equal(restart_history_predict(&history, "/0", "s", "css", &delay, &sure),
		RESTART_UNKNOWN);
	restart_history_add_none(&history, "/1", "s", "css");
	restart_history_add_none(&history, "/new", "s", "css");
	assert_int_equal(
		restart_history_predict(&history, "/1", "s", "css", &delay, &sure), RESTART_NONE);
	assert_int_equal(restart_history_predict(&history, "/2", "s", "css", &delay, &sure),
		RESTART_UNKNOWN);
	restart_history_clear(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lessons),
		cmocka_unit_test(a_restart_without_proof_must_happen_again),
		cmocka_unit_test(a_wrong_lesson_is_dropped),
		cmocka_unit_test(suffixes),
		cmocka_unit_test(lessons_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
