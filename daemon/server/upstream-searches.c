/* SPDX-License-Identifier: MIT */
#include "server/upstream-searches.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "util/mem.h"
#include "util/worker.h"

/* While it runs, its thread uses all but the last four fields. */
struct upstream_search {
	char *listener, *host, *path;
	struct upstream_question question;
	struct upstream found;
	atomic_bool stop;
	struct upstream_searches *searches;
	upstream_search_fn *done; /* NULL once it was cancelled */
	void *userdata;
	struct upstream_search *next; /* of those that wait */
};

/* A thread, with the search that it runs, if there is one. */
struct lane {
	struct upstream_searches *searches;
	struct worker *worker;
	struct loop_fd *fd;
	struct upstream_search *search;
};

struct upstream_searches {
	struct loop *loop;
	struct lane *lanes[UPSTREAM_SEARCHES_MAX]; /* NULL: none */
	struct upstream_search *waiting; /* the first one has waited the longest */
	struct tcp_own own;
};

struct upstream_searches *upstream_searches_new(struct loop *loop)
{
	struct upstream_searches *searches = mem_new(struct upstream_searches);

	searches->loop = loop;
	return searches;
}

static void search_free(struct upstream_search *search)
{
	free(search->listener);
	free(search->host);
	free(search->path);
	free(search);
}

static void lane_free(struct lane *lane)
{
	loop_fd_free(lane->fd);
	worker_free(lane->worker);
	free(lane);
}

static void searches_start(struct upstream_searches *searches);

static void lane_collect(uint32_t events, void *userdata)
{
	struct lane *lane = userdata;
	struct upstream_searches *searches = lane->searches;

	worker_collect(lane->worker);
	searches_start(searches);
	for (size_t i = 0; i < UPSTREAM_SEARCHES_MAX; i++) {
		if (searches->lanes[i] == lane && !lane->search) {
			searches->lanes[i] = NULL;
			lane_free(lane);
			return;
		}
	}
}

/* NULL if no thread can be started. */
static struct lane *lane_new(struct upstream_searches *searches)
{
	struct lane *lane = mem_new(struct lane);

	lane->searches = searches;
	lane->worker = worker_new();
	lane->fd = lane->worker ? loop_fd_new(searches->loop, worker_fd(lane->worker), EPOLLIN,
					  lane_collect, lane)
				: NULL;
	if (!lane->fd) {
		worker_free(lane->worker);
		free(lane);
		return NULL;
	}
	return lane;
}

static void lane_work(void *userdata)
{
	struct upstream_search *search = ((struct lane *)userdata)->search;

	upstream_find(&search->question, &search->found);
}

static void lane_done(void *userdata)
{
	struct lane *lane = userdata;
	struct upstream_search *search = mem_steal(lane->search);

	if (search->done) {
		search->done(&search->found, search->userdata);
	}
	search_free(search);
}

/* A thread without a search, a new one if necessary; NULL if there is none. */
static struct lane *searches_idle_lane(struct upstream_searches *searches)
{
	struct lane **room = NULL;

	for (size_t i = 0; i < UPSTREAM_SEARCHES_MAX; i++) {
		if (searches->lanes[i] && !searches->lanes[i]->search) {
			return searches->lanes[i];
		}
		room = searches->lanes[i] ? room : &searches->lanes[i];
	}
	return room ? (*room = lane_new(searches)) : NULL;
}

static bool searches_any_run(const struct upstream_searches *searches, uint16_t port)
{
	for (size_t i = 0; i < UPSTREAM_SEARCHES_MAX; i++) {
		const struct lane *lane = searches->lanes[i];

		if (lane && lane->search && (!port || lane->search->question.port == port)) {
			return true;
		}
	}
	return false;
}

/* Starts those that wait, as many as may run. */
static void searches_start(struct upstream_searches *searches)
{
	struct upstream_search **at = &searches->waiting;

	while (*at) {
		struct upstream_search *search = *at;
		struct lane *lane;

		if (searches_any_run(searches, search->question.port)) {
			at = &search->next;
			continue;
		}
		lane = searches_idle_lane(searches);
		if (!lane) {
			return;
		}
		*at = search->next;
		lane->search = search;
		worker_submit(lane->worker, lane_work, lane_done, lane);
	}
}

static void searches_remove_waiting(struct upstream_search *search)
{
	struct upstream_search **at = &search->searches->waiting;

	while (*at != search) {
		at = &(*at)->next;
	}
	*at = search->next;
	search_free(search);
}

struct upstream_search *upstream_searches_begin(struct upstream_searches *searches,
	const struct upstream_question *question, upstream_search_fn *done, void *userdata)
{
	struct upstream_search *search = mem_new(struct upstream_search);
	struct upstream_search **at = &searches->waiting;

	*search = (struct upstream_search){
		.listener = mem_strdup(question->listener),
		.host = mem_strdup(question->host),
		.path = mem_strdup(question->path),
		.question = *question,
		.searches = searches,
		.done = done,
		.userdata = userdata,
	};
	search->question.listener = search->listener;
	search->question.host = search->host;
	search->question.path = search->path;
	search->question.stop = &search->stop;
	search->question.own = &searches->own;
	while (*at) {
		at = &(*at)->next;
	}
	*at = search;
	searches_start(searches);
	/* If others run, one of their threads will take it. */
	if (!searches_any_run(searches, 0)) {
		searches_remove_waiting(search);
		return NULL;
	}
	return search;
}

static bool is_running(const struct upstream_search *search)
{
	for (size_t i = 0; i < UPSTREAM_SEARCHES_MAX; i++) {
		const struct lane *lane = search->searches->lanes[i];

		if (lane && lane->search == search) {
			return true;
		}
	}
	return false;
}

void upstream_search_cancel(struct upstream_search *search)
{
	if (search && is_running(search)) {
		search->done = NULL;
		atomic_store(&search->stop, true);
	} else if (search) {
		searches_remove_waiting(search);
	}
}

void upstream_searches_free(struct upstream_searches *searches)
{
	for (size_t i = 0; searches && i < UPSTREAM_SEARCHES_MAX; i++) {
		if (searches->lanes[i]) {
			worker_finish(searches->lanes[i]->worker);
			lane_free(searches->lanes[i]);
		}
	}
	free(searches);
}
