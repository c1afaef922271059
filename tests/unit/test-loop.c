/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/loop.h"
#include "util/mem.h"
#include "util/portions.h"

struct pair {
	struct loop *loop;
	struct loop_fd *watch[2];
	int called;
};

static void free_both(uint32_t events, void *userdata)
{
	struct pair *pair = userdata;

	pair->called++;
	loop_fd_free(pair->watch[0]);
	loop_fd_free(pair->watch[1]);
	loop_quit(pair->loop, 0);
}

/* Two descriptors are ready in one batch; the first callback frees both. */
static void a_freed_watch_is_not_called(void **state)
{
	struct pair pair = {.loop = loop_new()};
	int pipes[2][2];

	assert_non_null(pair.loop);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipe(pipes[i]), 0);
		assert_int_equal(write(pipes[i][1], "x", 1), 1);
		pair.watch[i] = loop_fd_new(pair.loop, pipes[i][0], EPOLLIN, free_both, &pair);
	}
	assert_int_equal(loop_run(pair.loop), 0);
	assert_int_equal(pair.called, 1);
	for (int i = 0; i < 2; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	loop_free(pair.loop);
}

struct order {
	struct loop *loop;
	char seen[8];
	size_t n;
};

struct mark {
	struct order *order;
	char name;
};

static void on_mark(void *userdata)
{
	struct mark *mark = userdata;
	struct order *order = mark->order;

	order->seen[order->n++] = mark->name;
	if (mark->name == 'c') {
		loop_quit(order->loop, 7);
	}
}

static void timers_come_in_order_and_can_be_disarmed(void **state)
{
	struct order order = {.loop = loop_new()};
	struct mark marks[] = {{&order, 'c'}, {&order, 'x'}, {&order, 'a'}, {&order, 'b'}};
	struct loop_timer *timers[4];
	uint64_t now = clock_now_usec();

	for (int i = 0; i < 4; i++) {
		timers[i] = loop_timer_new(order.loop, on_mark, &marks[i]);
	}
	loop_timer_set(timers[0], now + 9000);
	loop_timer_set(timers[1], now + 1000);
	loop_timer_set(timers[2], 0);
	loop_timer_set(timers[3], now + 5000);
	loop_timer_set(timers[1], CLOCK_NEVER);
	assert_int_equal(loop_run(order.loop), 7);
	assert_string_equal(order.seen, "abc");
	assert_true(clock_now_usec() - now >= 9000);
	for (int i = 0; i < 4; i++) {
		loop_timer_free(timers[i]);
	}
	loop_free(order.loop);
}

/* In place of the C library's: libwebsockets calls this one. */
static int polls;
__attribute__((visibility("default"))) int poll(struct pollfd *fds, nfds_t count, int msec)
{
	struct timespec limit = {msec / 1000, msec % 1000 * 1000000L};

	polls++;
	return ppoll(fds, count, msec < 0 ? NULL : &limit, NULL);
}

static void on_due(void *userdata)
{
	loop_quit(userdata, 0);
}

/* Also in the last millisecond: poll() alone cannot wait for a part of one. */
static void the_loop_sleeps_until_a_timer_is_due(void **state)
{
	enum { TIMES = 20 };

	polls = 0;
	for (int i = 0; i < TIMES; i++) {
		struct loop *loop = loop_new();
		struct loop_timer *timer = loop_timer_new(loop, on_due, loop);
		uint64_t at = clock_now_usec() + 1990;

		loop_timer_set(timer, at);
		assert_int_equal(loop_run(loop), 0);
		assert_true(clock_now_usec() >= at);
		loop_timer_free(timer);
		loop_free(loop);
	}
	assert_in_range(polls, TIMES, TIMES * 4);
}

struct job {
	struct loop *loop;
	pthread_t main_thread;
	int worked, *order;
};

static void job_work(void *userdata)
{
	struct job *job = userdata;

	assert_false(pthread_equal(pthread_self(), job->main_thread));
	job->worked++;
}

static void job_done(void *userdata)
{
	struct job *job = userdata;

	assert_true(pthread_equal(pthread_self(), job->main_thread));
	assert_int_equal(job->worked, 1);
	if (++*job->order == 3) {
		loop_quit(job->loop, 0);
	}
}

static void jobs_run_on_the_worker_and_finish_on_the_loop(void **state)
{
	int order = 0;
	struct loop *loop = loop_new();
	struct job jobs[3];

	for (int i = 0; i < 3; i++) {
		jobs[i] = (struct job){.loop = loop, .main_thread = pthread_self(), .order = &order};
		loop_job(loop, job_work, job_done, &jobs[i]);
	}
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(order, 3);
	loop_free(loop);
}

static void work_on_the_loop(void *userdata)
{
	struct job *job = userdata;

	assert_true(pthread_equal(pthread_self(), job->main_thread));
	job->worked++;
}

static void without_a_thread_jobs_are_done_on_the_loop(void **state)
{
	int order = 0;
	struct loop *loop = loop_new();
	struct job jobs[3];
	struct rlimit before, none;

	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0); /* a worker thread needs a descriptor */
	for (int i = 0; i < 3; i++) {
		jobs[i] = (struct job){.loop = loop, .main_thread = pthread_self(), .order = &order};
		loop_job(loop, work_on_the_loop, job_done, &jobs[i]);
		assert_int_equal(jobs[i].worked, 0);
	}
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(order, 3);

	/* Again on a thread as soon as one can be started. */
	jobs[0] = (struct job){.loop = loop, .main_thread = pthread_self(), .order = &order};
	loop_job(loop, job_work, job_done, &jobs[0]);
	loop_finish_jobs(loop);
	assert_int_equal(order, 4);
	loop_free(loop);
}

struct piece {
	struct loop *loop;
	struct portions *portions;
	char *seen;
	char name;
	int left;
	struct portion *remove; /* at its last portion */
	struct loop_timer *set; /* at each portion */
};

static bool on_portion(uint64_t until_usec, void *userdata)
{
	struct piece *piece = userdata;

	assert_true(until_usec > clock_now_usec());
	piece->seen[strlen(piece->seen)] = piece->name;
	if (piece->set) {
		loop_timer_set(piece->set, clock_now_usec());
	}
	if (--piece->left) {
		return true;
	}
	portions_remove(piece->remove);
	if (piece->name == 'c') {
		loop_quit(piece->loop, 0);
	}
	return false;
}

static void on_other_timer(void *userdata)
{
	char *seen = userdata;

	seen[strlen(seen)] = '.';
}

/* Each turn of the loop does one portion; timers are served between them. */
static void portions_take_turns(void **state)
{
	struct loop *loop = loop_new();
	struct portions *portions = portions_new(loop);
	char seen[16] = "", *dot;
	struct piece a = {loop, portions, seen, 'a', 1}, b = {loop, portions, seen, 'b', 3},
		     c = {loop, portions, seen, 'c', 4}, d = {loop, portions, seen, 'd', 9};
	struct loop_timer *other = loop_timer_new(loop, on_other_timer, seen);

	portions_add(portions, on_portion, &a);
	portions_add(portions, on_portion, &b);
	portions_add(portions, on_portion, &c);
	b.remove = portions_add(portions, on_portion, &d);
	a.set = other;
	assert_int_equal(loop_run(loop), 0);
	dot = strchr(seen, '.');
	assert_non_null(dot);
	assert_in_range(dot - seen, 1, 2); /* it is due in the same microsecond as the second portion */
	memmove(dot, dot + 1, strlen(dot));
	assert_string_equal(seen, "abcdbcdbcc");
	portions_add(portions, on_portion, &d);
	portions_free(portions); /* with the portion that waits */
	loop_timer_free(other);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portions_take_turns),
		cmocka_unit_test(the_loop_sleeps_until_a_timer_is_due),
		cmocka_unit_test(a_freed_watch_is_not_called),
		cmocka_unit_test(timers_come_in_order_and_can_be_disarmed),
		cmocka_unit_test(jobs_run_on_the_worker_and_finish_on_the_loop),
		cmocka_unit_test(without_a_thread_jobs_are_done_on_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
