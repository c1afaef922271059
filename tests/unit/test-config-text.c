/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "config/config-file.h"
#include "config/config-text.h"
#include "util/mem.h"

/*
 * How much of the loop's CPU time a project's file may use, in the fastest of 10 runs. It is about
 * 20 times the normal time: only work that grows faster than the file exceeds it.
 */
enum { COST_MAX_USEC = 50000 };

static void write_file(const char *name, const char *head, const char *line)
{
	FILE *file = fopen(name, "w");
	size_t bytes = strlen(head), length = strlen(line);

	assert_non_null(file);
	fputs(head, file);
	for (int i = 0; i < CONFIG_PROJECT_LINES_MAX - 1; i++) {
		if (bytes + length > CONFIG_PROJECT_BYTES_MAX) {
			break;
		}
		fputs(line, file);
		bytes += length;
	}
	assert_int_equal(fclose(file), 0);
}

static long cpu_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static long read_cost(const char *name, size_t *said)
{
	struct setting_place place = {.root = "/p", .home = "/home/x"};
	struct project_settings settings = {0};
	struct config_text text;
	long began = cpu_usec(), cost;

	config_text_init(&text, name, false);
	assert_int_equal(config_text_read(&text, &place, true), CONFIG_THERE);
	project_settings_init(&settings);
	config_text_apply(&text, NULL, false, &settings, &place);
	cost = cpu_usec() - began;
	*said = text.count + text.problem_count;
	project_settings_clear(&settings);
	config_text_clear(&text);
	return cost;
}

/* Each expensive kind of text, with the largest size of a project's file. */
static void hostile_files_are_cheap(void **state)
{
	static const struct {
		const char *head, *line;
	} rows[] = {
		{"[savecast]\n", "nonsense=1\n"},
		{"", "[savecast \"a\"]x\n"},
		{"[savecast]\n", "ignore = *x\n"},
		{"[savecast]\n", "ignore =\n"},
		{"[savecast]\n", "url=http://a/b*c*d*\n"},
		{"[savecast]\n", "action = css **/*a*\n"},
		{"[savecast]\n", "include=../x\n"},
		{"[savecast]\nignore=", "\\\n"},
		{"[core]\n", "x=1\n"},
		{"", "[a]b\n"},
	};
	char folder[] = "/tmp/savecast-unit-XXXXXX";
	_cleanup_free_ char *name = NULL;

	assert_non_null(mkdtemp(folder));
	name = mem_printf("%s/.savecast", folder);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		long best = LONG_MAX;
		size_t said;

		write_file(name, rows[i].head, rows[i].line);
		for (int run = 0; run < 10; run++) {
			long cost = read_cost(name, &said);

			best = cost < best ? cost : best;
		}
		assert_true(said > 0);
		/* Not under valgrind or a sanitizer, which are much slower. */
		if (best > COST_MAX_USEC && !getenv("SAVECAST_UNTIMED")) {
			fail_msg("%s: %ld us", rows[i].line, best);
		}
	}
	unlink(name);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_files_are_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
