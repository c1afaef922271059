/* SPDX-License-Identifier: MIT */
#include "readiness/restart-sample.h"
#include "unit.h"
#include "util/mem.h"

static const struct program_traits unknown = {.language = " js json "};
static const struct program_traits reloads = {.restarts = RESTARTS_ITSELF,
	.suffixes = " js ",
	.notice_usec = 600000,
	.language = " js json "};
/* It looks at its files each second. */
static const struct program_traits polls = {.restarts = RESTARTS_ITSELF,
	.suffixes = " py ",
	.notice_usec = 1500000,
	.language = " py "};
static const struct program_traits any = {
	.restarts = RESTARTS_ITSELF, .suffixes = "*", .notice_usec = 350000};
static const struct program_traits never = {.restarts = RESTARTS_NEVER};
static const struct program_traits old = {
	.restarts = RESTARTS_NEVER, .old_suffixes = " php ", .old_usec = 2000000};

static struct restart_subject subject(const struct program_traits *traits)
{
	return (struct restart_subject){.root = "/p", .server = "node 1", .traits = traits};
}

static enum restart_prediction known(const struct restart_history *history, const char *files)
{
	uint64_t delay;
	bool sure;

	return restart_history_predict(history, "/p", "node 1", files, &delay, &sure);
}

/* The prediction for a save of these files, separated by spaces. */
static enum restart_prediction ask(struct restart_sample *sample,
	const struct restart_history *history, const struct program_traits *traits,
	const char *names, uint64_t *delay)
{
	const struct restart_subject whose = subject(traits);
	_cleanup_free_ char *all = mem_strdup(names);
	struct fileset files = {0};
	enum restart_prediction prediction;
	char *rest = all, *name;

	restart_sample_clear(sample);
	while ((name = strsep(&rest, " "))) {
		fileset_add(&files, name);
	}
	prediction = restart_sample_add(sample, history, &whose, &files, delay);
	fileset_clear(&files);
	return prediction;
}

static enum restart_prediction ask_of(const struct restart_subject *whose,
	const struct restart_history *history, const char *name, uint64_t *delay)
{
	struct restart_sample sample = {0};
	struct fileset files = {0};
	enum restart_prediction prediction;

	fileset_add(&files, name);
	prediction = restart_sample_add(&sample, history, whose, &files, delay);
	fileset_clear(&files);
	restart_sample_clear(&sample);
	return prediction;
}

static enum restart_prediction ask_watched(const struct restart_history *history,
	const struct program_traits *traits, const char *name, uint64_t *delay)
{
	struct restart_subject whose = subject(traits);

	whose.watches = true;
	return ask_of(&whose, history, name, delay);
}

static enum restart_prediction ask_supervised(const struct restart_history *history,
	const struct program_traits *traits, const char *name, uint64_t *delay)
{
	struct restart_subject whose = subject(traits);

	whose.supervised = true;
	return ask_of(&whose, history, name, delay);
}

static enum restart_prediction ask_watched_worker(const struct restart_history *history,
	const struct program_traits *traits, const char *name, uint64_t *delay)
{
	struct restart_subject whose = subject(traits);

	whose.supervised = true;
	whose.watches = true;
	return ask_of(&whose, history, name, delay);
}

static void restarted(struct restart_history *history, const struct program_traits *traits,
	const char *names, uint64_t after, enum restart_proof proof)
{
	const struct restart_subject whose = subject(traits);
	struct restart_sample sample = {0};
	uint64_t delay;

	ask(&sample, history, traits, names, &delay);
	restart_sample_add_restart(&sample, history, &whose, after, proof);
	restart_sample_clear(&sample);
}

static void stayed(
	struct restart_history *history, const struct program_traits *traits, const char *names)
{
	const struct restart_subject whose = subject(traits);
	struct restart_sample sample = {0};
	uint64_t delay;

	ask(&sample, history, traits, names, &delay);
	restart_sample_add_none(&sample, history, &whose);
	restart_sample_clear(&sample);
}

/* Before any restart was seen. */
static void without_history_the_table_decides(void **state)
{
	struct restart_history history = {0};
	struct restart_sample sample = {0};
	struct program_traits slow = unknown;
	uint64_t delay;

	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 600000);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_NONE);
	assert_int_equal(ask(&sample, &history, &never, "/p/a.js", &delay), RESTART_NONE);
	assert_int_equal(ask(&sample, &history, &old, "/p/a.php", &delay), RESTART_OLD);
	assert_int_equal(delay, 2000000);
	assert_int_equal(ask(&sample, &history, &old, "/p/a.html", &delay), RESTART_NONE);
	assert_int_equal(ask(&sample, &history, &unknown, "/p/a.js", &delay), RESTART_UNKNOWN);
	/* Unknown, but one of its processes has an inotify watch on the file. */
	assert_int_equal(ask_watched(&history, &unknown, "/p/a.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 0);
	assert_int_equal(ask_watched(&history, &unknown, "/p/a.html", &delay), RESTART_UNKNOWN);
	assert_int_equal(ask_watched(&history, &any, "/p/a.html", &delay), RESTART_EXPECTED);
	assert_int_equal(ask(&sample, &history, &any, "/p/a.html", &delay), RESTART_UNKNOWN);
	assert_int_equal(ask_watched(&history, &never, "/p/a.js", &delay), RESTART_NONE);

	/* Unknown, but what listens has started what serves. */
	assert_int_equal(ask_supervised(&history, &unknown, "/p/a.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, unknown.notice_usec);
	slow.notice_usec = 1500000;
	assert_int_equal(ask_watched_worker(&history, &slow, "/p/a.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, slow.notice_usec);
	assert_int_equal(ask_supervised(&history, &unknown, "/p/a.html", &delay), RESTART_UNKNOWN);
	assert_int_equal(ask_supervised(&history, &any, "/p/a.html", &delay), RESTART_UNKNOWN);
	assert_int_equal(ask_supervised(&history, &never, "/p/a.js", &delay), RESTART_NONE);

	/* The strongest prediction of several files, with its own delay. */
	assert_int_equal(
		ask(&sample, &history, &reloads, "/p/a.css /p/a.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 600000);

	/* After a slow restart, fast ones count only when several were seen. */
	restarted(&history, &reloads, "/p/a.js", 100000, RESTART_PROVEN);
	ask(&sample, &history, &reloads, "/p/a.js", &delay);
	assert_int_equal(delay, 600000);
	restarted(&history, &reloads, "/p/a.js", 900000, RESTART_PROVEN);
	ask(&sample, &history, &reloads, "/p/a.js", &delay);
	assert_int_equal(delay, 900000);

	/* A file that the server has not loaded. */
	stayed(&history, &reloads, "/p/other.js");
	assert_int_equal(ask(&sample, &history, &reloads, "/p/other.js", &delay), RESTART_UNKNOWN);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/third.js", &delay), RESTART_EXPECTED);

	/* Only the user restarts this server. */
	restarted(&history, &never, "/p/a.css", 100000, RESTART_PROVEN);
	assert_int_equal(ask(&sample, &history, &never, "/p/a.css", &delay), RESTART_NONE);
	restart_sample_clear(&sample);
	restart_history_clear(&history);
}

/* Its restarts so far came early in the second; the next one may come at its end. */
static void a_server_that_polls_has_its_second(void **state)
{
	struct restart_history history = {0};
	struct restart_sample sample = {0};
	uint64_t delay;

	for (int i = 0; i < RESTART_HISTORY_SURE; i++) {
		ask(&sample, &history, &polls, "/p/a.py", &delay);
		assert_int_equal(delay, 1500000);
		restarted(&history, &polls, "/p/a.py", 200000, RESTART_PROVEN);
		restarted(&history, &reloads, "/p/a.js", 200000, RESTART_PROVEN);
	}
	ask(&sample, &history, &polls, "/p/a.py", &delay);
	assert_int_equal(delay, 1000000);
	/* With a watch on the file it is notified, and the others look more often. */
	ask_watched(&history, &polls, "/p/a.py", &delay);
	assert_int_equal(delay, 200000);
	ask(&sample, &history, &reloads, "/p/a.js", &delay);
	assert_int_equal(delay, 200000);
	assert_true(restart_subject_asks_watches(&polls, "py"));
	assert_false(restart_subject_asks_watches(&reloads, "js"));
	restart_sample_clear(&sample);
	restart_history_clear(&history);
}

/* A program and the files that it serves have the same suffix: each file has its own lesson. */
static void a_lesson_about_a_file_overrides_its_suffix(void **state)
{
	struct restart_history history = {0}, again = {0};
	_cleanup_free_ char *text = NULL;
	struct restart_sample sample = {0};
	char *why = NULL;
	uint64_t delay;

	restarted(&history, &unknown, "/p/server.js", 200000, RESTART_PROVEN);
	assert_int_equal(
		ask(&sample, &history, &unknown, "/p/server.js", &delay), RESTART_EXPECTED);
	assert_int_equal(delay, 200000);
	assert_int_equal(ask(&sample, &history, &unknown, "/p/page.js", &delay), RESTART_EXPECTED);
	stayed(&history, &unknown, "/p/page.js");
	assert_int_equal(ask(&sample, &history, &unknown, "/p/page.js", &delay), RESTART_NONE);
	assert_int_equal(
		ask(&sample, &history, &unknown, "/p/server.js", &delay), RESTART_EXPECTED);
	assert_int_equal(ask(&sample, &history, &unknown, "/p/page.js /p/server.js", &delay),
		RESTART_EXPECTED);

	text = restart_history_write(&history);
	assert_int_equal(restart_history_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(again.count, history.count);
	assert_int_equal(ask(&sample, &again, &unknown, "/p/page.js", &delay), RESTART_NONE);
	restart_sample_clear(&sample);
	restart_history_clear(&history);
	restart_history_clear(&again);
}

/* A template and the program were saved within a short time. */
static void a_restart_is_attributed_to_the_likeliest_file(void **state)
{
	struct restart_history history = {0};

	restarted(&history, &unknown, "/p/a.html /p/server.js", 200000, RESTART_PROVEN);
	assert_int_equal(known(&history, "js"), RESTART_EXPECTED);
	assert_int_equal(known(&history, "html"), RESTART_UNKNOWN);
	assert_int_equal(known(&history, "/p/server.js"), RESTART_UNKNOWN);

	/* A template alone: the restart must happen again. */
	restarted(&history, &unknown, "/p/a.html", 200000, RESTART_PROVEN);
	assert_int_equal(known(&history, "html"), RESTART_UNKNOWN);
	restarted(&history, &unknown, "/p/a.html", 200000, RESTART_PROVEN);
	assert_int_equal(known(&history, "html"), RESTART_EXPECTED);
	restart_history_clear(&history);
}

/* The table says that the server does not restart for it. */
static void a_file_that_is_no_program_needs_more_proof(void **state)
{
	struct restart_history history = {0};
	struct restart_sample sample = {0};
	uint64_t delay;

	for (int i = 0; i < 5; i++) {
		restarted(&history, &reloads, "/p/a.html", 200000, RESTART_BY_USER);
		restarted(&history, &reloads, "/p/a.html", 200000, RESTART_EXPLAINED);
	}
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_NONE);
	assert_false(sample.likely);

	/* After one restart, the next save is watched, and contradicts it. */
	restarted(&history, &reloads, "/p/a.html", 200000, RESTART_PROVEN);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_UNKNOWN);
	stayed(&history, &reloads, "/p/a.html");
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_NONE);
	restarted(&history, &reloads, "/p/a.html", 200000, RESTART_PROVEN);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_UNKNOWN);

	/* As with nodemon, whose settings file names the suffix. */
	restarted(&history, &reloads, "/p/a.html", 200000, RESTART_PROVEN);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_EXPECTED);

	/* A restart after a save of both says nothing more about it. */
	restarted(&history, &reloads, "/p/a.html /p/server.js", 5000000, RESTART_PROVEN);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_EXPECTED);
	assert_in_range(delay, 0, 600000);
	stayed(&history, &reloads, "/p/a.html");
	assert_int_equal(ask(&sample, &history, &reloads, "/p/a.html", &delay), RESTART_NONE);
	assert_int_equal(ask(&sample, &history, &reloads, "/p/server.js", &delay), RESTART_EXPECTED);
	assert_true(sample.likely);
	restart_sample_clear(&sample);
	restart_history_clear(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_history_the_table_decides),
		cmocka_unit_test(a_server_that_polls_has_its_second),
		cmocka_unit_test(a_lesson_about_a_file_overrides_its_suffix),
		cmocka_unit_test(a_restart_is_attributed_to_the_likeliest_file),
		cmocka_unit_test(a_file_that_is_no_program_needs_more_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
