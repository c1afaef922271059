/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/server.h"
#include "util/clock.h"
#include "util/loop.h"
#include "util/mem.h"

/*
 * Which process serves, tested with real processes: a master that listens, and its workers. The
 * test controls them, so that it can stop at each moment of a restart.
 */

struct site {
	pid_t master;
	int orders, answers;
	uint16_t port;
	struct loop *loop;
	struct servers *servers;
	struct server *server;
};

/* A worker that holds the socket; if `accepts`, it accepts one connection first. */
static pid_t start_worker(int listener, bool accepts)
{
	int done[2];
	char c;
	pid_t pid;

	if (pipe(done) < 0 || (pid = fork()) < 0) {
		_exit(1);
	}
	if (pid > 0) {
		close(done[1]);
		if (read(done[0], &c, 1) != 1) {
			_exit(1);
		}
		close(done[0]);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (accepts) {
		close(accept(listener, NULL, NULL));
	}
	if (write(done[1], "x", 1) != 1) {
		_exit(1);
	}
	for (;;) {
		pause();
	}
}

static void run_master(int orders, int answers)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t worker = 0;
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 8) < 0 ||
		getsockname(listener, (struct sockaddr *)&at, &length) < 0) {
		_exit(1);
	}
	worker = ntohs(at.sin_port);
	for (;;) {
		if (write(answers, &worker, sizeof worker) < 0 || read(orders, &order, 1) != 1) {
			_exit(0);
		}
		if (order == 'k') {
			kill(worker, SIGKILL);
			waitpid(worker, NULL, 0);
		} else if (order == 'd') {
			setsockopt(listener, SOL_TCP, TCP_DEFER_ACCEPT, &(int){60}, sizeof(int));
		} else if (order == 'm') {
			close(accept(listener, NULL, NULL));
			worker = getpid();
		} else {
			worker = start_worker(listener, order == 'a');
		}
	}
}

/* w: a worker starts; a: it also accepts; k: it is killed; m: the master accepts; d: see TCP_DEFER_ACCEPT. */
static pid_t order(struct site *site, char what)
{
	pid_t answer;

	assert_int_equal(write(site->orders, &what, what ? 1 : 0), what ? 1 : 0);
	assert_int_equal(read(site->answers, &answer, sizeof answer), sizeof answer);
	return answer;
}

static void ignore(struct server *server, void *userdata)
{
}

static struct site *site_new(void)
{
	static const struct servers_callbacks callbacks = {ignore, ignore, ignore};
	struct site *site = mem_new(struct site);
	int orders[2], answers[2];

	assert_int_equal(pipe(orders), 0);
	assert_int_equal(pipe(answers), 0);
	site->master = fork();
	if (site->master == 0) {
		close(orders[1]);
		close(answers[0]);
		run_master(orders[0], answers[1]);
	}
	close(orders[0]);
	close(answers[1]);
	site->orders = orders[1];
	site->answers = answers[0];
	site->port = (uint16_t)order(site, 0);
	site->loop = loop_new();
	site->servers = servers_new(site->loop, &callbacks, NULL);
	return site;
}

/* The daemon sees the server for the first time. */
static void site_meet(struct site *site)
{
	site->server =
		servers_get(site->servers, "127.0.0.1", site->port, LOOPBACK_V6_FIRST, false);
	loop_finish_jobs(site->loop);
	assert_int_equal(server_visibility(site->server), SERVER_SEEN);
}

static void site_free(struct site *site)
{
	server_unref(site->server);
	servers_free(site->servers);
	loop_free(site->loop);
	close(site->orders);
	close(site->answers);
	waitpid(site->master, NULL, 0);
	free(site);
}

/* 0: no process serves. */
static pid_t who_serves(struct site *site)
{
	struct server_view view;

	server_view(site->server, false, &view);
	return view.serving ? view.worker : 0;
}

static void a_worker_serves_and_its_end_is_seen(void **state)
{
	struct site *site = site_new();
	pid_t old = order(site, 'w'), new;

	site_meet(site);
	assert_int_equal(who_serves(site), old);
	order(site, 'k');
	assert_int_equal(who_serves(site), 0);
	new = order(site, 'w');
	assert_int_equal(who_serves(site), 0); /* it holds the socket, and accepts nothing */
	order(site, 'k');
	new = order(site, 'a');
	assert_int_equal(who_serves(site), new);
	site_free(site);
}

/*
 * On a busy machine the new worker may start and accept between two checks. The worker must
 * count as accepting, not the master, which would hide every later restart.
 */
static void a_worker_that_accepted_between_two_looks_is_found(void **state)
{
	struct site *site = site_new();
	pid_t worker = order(site, 'w');

	site_meet(site);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(who_serves(site), worker);
		order(site, 'k');
		assert_int_equal(who_serves(site), 0);
		worker = order(site, 'a');
	}
	assert_int_equal(who_serves(site), worker);
	site_free(site);
}

static void a_master_that_was_first_seen_alone_does_not_hide_its_worker(void **state)
{
	struct site *site = site_new();
	pid_t worker;

	site_meet(site);
	assert_int_equal(who_serves(site), site->master);
	worker = order(site, 'w');
	assert_int_equal(who_serves(site), 0);
	order(site, 'k');
	worker = order(site, 'a');
	assert_int_equal(who_serves(site), worker);
	site_free(site);
}

/* unicorn: without data, its processes would get a connection only after a while. */
static void a_worker_that_is_given_only_requests_serves(void **state)
{
	struct site *site = site_new();
	pid_t worker;

	order(site, 'd');
	order(site, 'w');
	site_meet(site);
	order(site, 'k');
	who_serves(site);
	worker = order(site, 'a');
	assert_int_equal(who_serves(site), worker);
	site_free(site);
}

/* A child that held the socket for a while made the process look like a supervisor. */
static void a_master_that_accepts_counts_the_second_time(void **state)
{
	struct site *site = site_new();

	order(site, 'w');
	site_meet(site);
	order(site, 'k');
	assert_int_equal(who_serves(site), 0);
	order(site, 'm');
	assert_int_equal(who_serves(site), 0); /* a worker may have accepted it, and died */
	order(site, 'm');
	assert_int_equal(who_serves(site), site->master);
	site_free(site);
}

enum { MANY = 10000 };

/* A child that listens and has MANY descriptors in its epoll set, or in none. */
static pid_t start_with_many(bool epoll, uint16_t *port)
{
	int told[2], listener, set = -1;
	pid_t pid;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		struct sockaddr_in address = {
			.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		socklen_t length = sizeof address;
		struct epoll_event event = {.events = EPOLLIN};

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set = epoll ? epoll_create1(0) : -1;
		for (int i = 0; i < MANY; i++) {
			epoll_ctl(set, EPOLL_CTL_ADD, eventfd(0, 0), &event);
		}
		listener = socket(AF_INET, SOCK_STREAM, 0);
		bind(listener, (void *)&address, sizeof address);
		listen(listener, 8);
		epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
		getsockname(listener, (void *)&address, &length);
		address.sin_port = ntohs(address.sin_port);
		if (write(told[1], &address.sin_port, sizeof address.sin_port) > 0) {
			pause();
		}
		_exit(1);
	}
	close(told[1]);
	assert_int_equal(read(told[0], port, sizeof *port), sizeof *port);
	close(told[0]);
	return pid;
}

/* The CPU time of one look, on average. */
static uint64_t look_usec(struct holder *holder, unsigned looks)
{
	uint64_t before = clock_usec(CLOCK_THREAD_CPUTIME_ID);

	for (unsigned i = 0; i < looks; i++) {
		assert_true(holder_still_holds(holder));
	}
	return (clock_usec(CLOCK_THREAD_CPUTIME_ID) - before) / looks;
}

/*
 * The first search reads each descriptor; the looks after it do not. Both are measured here, so
 * the comparison does not depend on the machine: a look takes about a fiftieth of the search,
 * and must take less than half.
 */
static void many_descriptors(void **state)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_max < MANY + 100 || setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		print_message("# a process may have only %lu descriptors here\n",
			(unsigned long)limit.rlim_max);
		skip();
	}
	for (int epoll = 0; epoll <= 1; epoll++) {
		struct listen_socket sockets[2];
		struct holder holder = {0};
		uint16_t port = 0;
		pid_t pid = start_with_many(epoll, &port);
		int count = listen_sockets_on_port(port, sockets, 2);
		uint64_t before, search, look;

		assert_int_equal(count, 1);
		before = clock_usec(CLOCK_THREAD_CPUTIME_ID);
		assert_int_equal(processes_holding_below(pid, sockets, 1, &holder, 1), 1);
		search = clock_usec(CLOCK_THREAD_CPUTIME_ID) - before;
		look = look_usec(&holder, 20);
		assert_int_equal(holder.accepts, epoll);
		print_message("# a server with %d descriptors%s: %lu us for a look, %lu us for the "
			      "search\n",
			MANY, epoll ? " in an epoll set" : "", (unsigned long)look,
			(unsigned long)search);
		assert_true(look < search / 2);
		holder_clear(&holder);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_serves_and_its_end_is_seen),
		cmocka_unit_test(a_worker_that_accepted_between_two_looks_is_found),
		cmocka_unit_test(a_master_that_was_first_seen_alone_does_not_hide_its_worker),
		cmocka_unit_test(a_worker_that_is_given_only_requests_serves),
		cmocka_unit_test(a_master_that_accepts_counts_the_second_time),
		cmocka_unit_test(many_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
