/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/git/git-delivery.h"
#include "util/mem.h"

/* A pipeline without an intake: no save is reported here. */
struct fixture {
	struct loop *loop;
	struct registry *registry;
	struct ledger *ledger;
	struct pipeline *pipe;
	struct project *project;
	size_t events, files; /* events that were sent */
};

static void fixture_cast(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata)
{
	struct fixture *fixture = userdata;

	fixture->events++;
	fixture->files += files->count;
}

static void fixture_build(struct fixture *fixture)
{
	*fixture = (struct fixture){
		.loop = loop_new(), .registry = registry_new(), .ledger = ledger_new()};
	assert_non_null(fixture->loop);
	fixture->pipe =
		pipeline_new(fixture->loop, fixture->registry, NULL, fixture->ledger, fixture_cast, fixture);
	fixture->project = registry_add(fixture->registry, "/w", true, 0);
}

static void fixture_clear(struct fixture *fixture)
{
	pipeline_free(fixture->pipe);
	ledger_free(fixture->ledger);
	registry_free(fixture->registry);
	loop_free(fixture->loop);
}

/* A checkout of `count` files; every other one belongs to another project or to none. */
static struct git_look *checkout(size_t count)
{
	static char top[] = "/w", git[] = "/w/.git/", prefix[] = "";
	const struct git_dir dir = {
		.path = git, .common = git, .top = top, .prefix = prefix, .hash_size = 20};
	struct git_look *look = git_look_new(&dir);

	look->operation = (struct git_operation){.sha1 = true, .rewrote_index = true, .moves = 1};
	look->marks = mem_zero(count * sizeof *look->marks);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *path = mem_printf("/%s/%zu", i % 2 ? "elsewhere" : "w", i);

		git_candidates_add(&look->candidates,
			&(struct git_candidate){
				.path = path, .in_old = true, .in_new = true, .old_hash = {1}});
		look->marks[i] = (struct content_mark){.kind = CONTENT_FILE, .hash = {2}};
	}
	return look;
}

/* For any number of files, whether or not the last slice is full. */
static void no_slice_is_larger_than_the_limit(void **state)
{
	static const size_t counts[] = {
		1, GIT_SLICE, GIT_SLICE + 1, 7 * GIT_SLICE, GIT_CANDIDATES_MAX};

	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct fixture fixture;
		struct git_delivery taking = {.look = checkout(counts[i])};
		size_t slices = 0;
		bool more = true;

		fixture_build(&fixture);
		for (; more; slices++) {
			size_t before = taking.judged;

			assert_int_equal(fixture.events, 0);
			more = git_delivery_next(
				&taking, fixture.project, fixture.registry, fixture.pipe);
			assert_in_range(taking.judged - before, 1, GIT_SLICE);
		}
		assert_int_equal(slices, (counts[i] + GIT_SLICE - 1) / GIT_SLICE);
		assert_int_equal(fixture.events, 1);
		assert_int_equal(fixture.files, (counts[i] + 1) / 2);
		git_look_free(taking.look);
		fixture_clear(&fixture);
	}
}

static void files_beyond_the_limit_are_counted(void **state)
{
	struct git_delivery taking = {.look = checkout(GIT_CANDIDATES_MAX + 5)};
	struct fixture fixture;

	fixture_build(&fixture);
	while (git_delivery_next(&taking, fixture.project, fixture.registry, fixture.pipe)) {
	}
	assert_int_equal(fixture.events, 1);
	assert_int_equal(fixture.files, GIT_CANDIDATES_MAX / 2 + 5);
	git_look_free(taking.look);
	fixture_clear(&fixture);
}

static void a_look_without_changes_creates_no_event(void **state)
{
	struct git_delivery taking = {.look = checkout(3)};
	struct fixture fixture;

	fixture_build(&fixture);
	for (size_t i = 0; i < 3; i++) {
		taking.look->marks[i].hash[0] = 1;
	}
	assert_false(git_delivery_next(&taking, fixture.project, fixture.registry, fixture.pipe));
	assert_int_equal(fixture.events, 0);
	git_look_free(taking.look);
	fixture_clear(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_slice_is_larger_than_the_limit),
		cmocka_unit_test(files_beyond_the_limit_are_counted),
		cmocka_unit_test(a_look_without_changes_creates_no_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
