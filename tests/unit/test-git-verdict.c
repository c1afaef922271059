/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/git/git-verdict.h"
#include "util/mem.h"

enum { NONE = 0, A = 1, B = 2, X = 3, GONE = 9 };

/* One situation per row. Times: the operation began at 100; 50 is before it, 150 after. */
struct row {
	const char *what;
	int old, new; /* the index's object, or NONE */
	int disk, born;
	int known, known_born; /* NONE: nothing was announced */
	unsigned moves;
	bool restored; /* the index was not rewritten */
	bool changed;
	bool old_conflict, careful;
};

static const struct row rows[] = {
	{"checkout", A, B, B, 150, NONE, 0, 1, false, true},
	{"checkout, file announced before", A, B, B, 150, A, 50, 1, false, true},
	{"add of an edit that was not reported", A, B, B, 50, NONE, 0, 0, false, true},
	{"add of what an editor saved", A, B, B, 50, B, 50, 0, false, false},
	{"add of a save that is younger than the operation", A, B, B, 150, B, 150, 0, false, false},
	{"add of a new file", NONE, A, A, 50, NONE, 0, 0, false, true},
	{"add of a new file that was saved", NONE, A, A, 50, A, 50, 0, false, false},
	{"touch and status", A, A, A, 50, NONE, 0, 0, false, false},
	{"touch and status, announced", A, A, A, 50, A, 50, 0, false, false},
	{"stash push of a saved edit", A, A, A, 150, X, 50, 1, false, true},
	{"stash push of an edit that was not reported", A, A, A, 150, NONE, 0, 1, false, true},
	{"stash push of the same, with A announced before", A, A, A, 150, A, 50, 1, false, true},
	{"stash pop", A, A, X, 150, A, 50, 0, false, true},
	{"there and back", A, A, A, 150, NONE, 0, 2, false, false},
	{"there and back, announced", A, A, A, 150, A, 50, 2, false, false},
	{"back again, seen in two halves", B, A, A, 150, A, 0, 1, false, false},
	{"reset of an edit that an earlier look saw reset", A, A, A, 150, A, 0, 0, false, true},
	{"stash push and pop in one", A, A, X, 150, X, 50, 1, false, false},
	{"rm", A, NONE, GONE, 0, NONE, 0, 0, false, true},
	{"add -u of a deletion that was saved", A, NONE, GONE, 0, GONE, 0, 0, false, false},
	{"rm --cached", A, NONE, A, 50, NONE, 0, 0, false, false},
	{"rm --cached of an edit", A, NONE, X, 50, A, 50, 0, false, false},
	{"restore of an edit that was not reported", A, A, A, 150, NONE, 0, 0, true, true},
	{"restore of a saved edit", A, A, A, 150, X, 50, 0, true, true},
	{"a conflict's file edited, then restored", B, A, A, 150, A, 50, 0, false, true, true},
	{"a conflict added as it was", B, A, A, 50, A, 50, 0, false, false, true},
	{"there and back in a rebase that stops", A, A, A, 150, NONE, 0, 1, false, false, false,
		true},
	{"an edit while git status had the lock before", A, A, X, 50, NONE, 0, 0, true, false},
};

static struct content_mark mark_of(int content, int born)
{
	return (struct content_mark){
		.kind = content == GONE ? CONTENT_ABSENT : CONTENT_FILE,
		.hash = {(uint8_t)content},
		.born_nsec = (uint64_t)born,
	};
}

static void each_situation(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct git_candidate candidate = {
			.in_old = row->old,
			.in_new = row->new,
			.same_object = row->old == row->new,
			.old_hash = {(uint8_t)row->old},
			.new_hash = {(uint8_t)row->new},
			.old_conflict = row->old_conflict,
		};
		struct git_operation operation = {.began_nsec = 100,
			.moves = row->moves,
			.careful = row->careful,
			.sha1 = true,
			.rewrote_index = !row->restored};
		struct content_mark now = mark_of(row->disk, row->born);
		struct content_mark known = mark_of(row->known, row->known_born);

		if ((git_verdict(&candidate, &operation, &now, row->known ? &known : NULL) ==
			    GIT_CHANGED) != row->changed) {
			fail_msg("%s", row->what);
		}
	}
}

static void uncertain_contents_are_not_remembered(void **state)
{
	struct git_candidate touched = {
		.in_old = true, .in_new = true, .same_object = true, .old_hash = {A}, .new_hash = {A}};
	struct git_candidate left = {.in_old = true, .old_hash = {A}};
	struct git_operation operation = {.began_nsec = 100, .sha1 = true, .rewrote_index = true};
	struct content_mark a = mark_of(A, 50), edited = mark_of(X, 50);

	assert_int_equal(git_verdict(&touched, &operation, &a, NULL), GIT_UNCHANGED);
	assert_int_equal(git_verdict(&left, &operation, &a, NULL), GIT_UNCHANGED);
	assert_int_equal(git_verdict(&left, &operation, &edited, NULL), GIT_NOT_TOLD);
	assert_int_equal(git_verdict(&left, &operation, &edited, &edited), GIT_UNCHANGED);
	operation.sha1 = false; /* then only the index shows that it is the same */
	assert_int_equal(git_verdict(&touched, &operation, &edited, NULL), GIT_NOT_TOLD);
	operation.rewrote_index = false;
	operation.sha1 = true;
	assert_int_equal(git_verdict(&touched, &operation, &edited, NULL), GIT_NOT_TOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_situation),
		cmocka_unit_test(uncertain_contents_are_not_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
