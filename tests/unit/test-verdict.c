/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "project/verdict.h"
#include "util/mem.h"

static void editors_files_are_ignored(void **state)
{
	static const char *const ignored[] = {"4913", "src/4913", "a.css~", "src/.a.css.swp",
		".a.css.swo", ".swp", ".a.swx", ".a.css.swa", ".#a.css", "src/#a.css#",
		".git/index", ".git/COMMIT_EDITMSG", "vendor/.git/config", ".a.kate-swp",
		"a.css___jb_tmp___", ".goutputstream-ABC123"};
	static const char *const saved[] = {"a.css", "49130", "src/4913x", "a~b", "a.swf",
		"4913/a.css", "#a.css", "a#", ".gitignore", "git/a", ".github/x.yml", "old~/a.css",
		"a.swift"};

	for (size_t i = 0; i < COUNT_OF(ignored); i++) {
		struct verdict verdict;

		verdict_find(project_settings_default(), ignored[i], &verdict);
		if (!verdict.ignored) {
			fail_msg("%s", ignored[i]);
		}
		verdict_clear(&verdict);
	}
	for (size_t i = 0; i < COUNT_OF(saved); i++) {
		struct verdict verdict;

		verdict_find(project_settings_default(), saved[i], &verdict);
		if (verdict.ignored) {
			fail_msg("%s: %s", saved[i], verdict.ignored);
		}
		verdict_clear(&verdict);
	}
}

static void files_of_programs_are_not_watched(void **state)
{
	static const char *const unwatched[] = {"a.log", "var/a.log", "a.log.1", "a.pyc", "a.pyo",
		"a.pid", "a.sock", "a.sqlite", "a.sqlite3", "a.db", "a.sqlite-wal", "a.sqlite3-shm",
		"a.db-journal", "a.tmp", "a.part", "a.crdownload", ".nfs0001", ".fuse_hidden0001",
		".fslckout", ".fslckout-journal", "_FOSSIL_", "_FOSSIL_-wal", ".savecast",
		".gitignore", ".gitattributes", ".DS_Store", "a.tsbuildinfo", ".eslintcache",
		"a.orig", "a.rej"};
	static const char *const watched[] = {"a.py", "log", "a.log.x", "a.log.10", "a.db.js",
		"a.sqlite.css", "a.parts", "a.nfs", "a.savecast", "a.git", "DS_Store", "a.log/b.js",
		".eslintcache.js", "tmp", "index.html"};

	for (size_t i = 0; i < COUNT_OF(unwatched); i++) {
		if (verdict_watches(project_settings_default(), unwatched[i])) {
			fail_msg("%s", unwatched[i]);
		}
	}
	for (size_t i = 0; i < COUNT_OF(watched); i++) {
		if (!verdict_watches(project_settings_default(), watched[i])) {
			fail_msg("%s", watched[i]);
		}
	}
}

static void rules_are_reported(void **state)
{
	static const struct setting_place place = {.root = "/w"};
	struct project_settings settings = {0};
	struct verdict verdict;
	const char *why;

	setting_take(setting_find("ignore"), &settings, "*.log", &place, &why);
	setting_take(setting_find("action"), &settings, "none /docs/", &place, &why);
	setting_take(setting_find("action"), &settings, "css *.scss", &place, &why);
	setting_take(setting_find("output"), &settings, "/dist/", &place, &why);

	verdict_find(&settings, "var/a.log", &verdict);
	assert_string_equal(verdict.ignored, "savecast.ignore: *.log");
	verdict_clear(&verdict);
	verdict_find(&settings, "docs/a.md", &verdict);
	assert_string_equal(verdict.ignored, "savecast.action: none /docs/");
	verdict_clear(&verdict);
	verdict_find(&settings, "docs/a.scss", &verdict);
	assert_null(verdict.ignored);
	assert_int_equal(verdict.rule->action, ACTION_CSS);
	assert_false(verdict.wanted);
	verdict_find(&settings, "dist/a.css", &verdict);
	assert_true(verdict.wanted);
	assert_null(verdict.rule);
	project_settings_clear(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(editors_files_are_ignored),
		cmocka_unit_test(files_of_programs_are_not_watched),
		cmocka_unit_test(rules_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
