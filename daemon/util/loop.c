/* SPDX-License-Identifier: MIT */
#include "util/loop.h"
#include "util/jobs.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "util/alarm.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/timer-queue.h"

#define LOG_MODULE "loop"
#include "util/log.h"

enum { LOOP_EPOLL_BATCH = 32 };

struct loop {
	struct lws_context *lws;
	struct lws_vhost *vhost; /* libwebsockets' owner of the epoll descriptor */
	int epoll;
	struct timer_queue timers;
	struct alarm alarm; /* for the first of the timers */
	struct loop_fd *alarm_watch;
	bool quit;
	int status;
	unsigned dispatching; /* depth of callbacks from loop_dispatch() */
	struct loop_fd *dead; /* freed while dispatching: pending events may refer to them */
	struct jobs *jobs;
	loop_turn_fn *turn_ended;
	void *turn_userdata;
};

struct loop_fd {
	struct loop *loop;
	int fd;
	loop_fd_fn *ready; /* NULL once freed */
	void *userdata;
	struct loop_fd *next_dead;
};

struct loop_timer {
	struct timer_entry entry;
	struct loop *loop;
	loop_timer_fn *due;
	void *userdata;
};

static void loop_bury(struct loop *loop)
{
	while (loop->dead) {
		struct loop_fd *watch = loop->dead;

		loop->dead = watch->next_dead;
		free(watch);
	}
}

static void loop_dispatch(struct loop *loop)
{
	struct epoll_event events[LOOP_EPOLL_BATCH];
	int n = epoll_wait(loop->epoll, events, LOOP_EPOLL_BATCH, 0);

	loop->dispatching++;
	for (int i = 0; i < n; i++) {
		struct loop_fd *watch = events[i].data.ptr;

		if (watch->ready) {
			watch->ready(events[i].events, watch->userdata);
		}
	}
	if (--loop->dispatching == 0) {
		loop_bury(loop);
	}
}

static int loop_on_lws(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_RAW_RX_FILE) {
		loop_dispatch(lws_context_user(lws_get_context(wsi)));
	}
	return 0;
}

static const struct lws_protocols loop_protocols[] = {
	{.name = "loop", .callback = loop_on_lws},
	{0},
};

static void loop_on_lws_log(int level, const char *line)
{
	/* Refused handshakes and similar cases are logged by the code that refuses them. */
	if (level == LLL_ERR) {
		log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
	}
}

static void loop_never(lws_sorted_usec_list_t *sul)
{
}

/*
 * libwebsockets 4.1 re-arms a housekeeping timer every 30 s, for deferred work that we
 * never give it, and has no option to disable it. It is the only entry that is due in 25 to
 * 31 s in a new context; later timeouts are not affected.
 */
static void loop_unhook_housekeeping(struct loop *loop)
{
	lws_sorted_usec_list_t probe = {0};
	lws_usec_t now;

	lws_service(loop->lws, -1);
	lws_sul_schedule(loop->lws, 0, &probe, loop_never, 3600 * LWS_US_PER_SEC);
	now = lws_now_usecs();
	lws_start_foreach_dll_safe(struct lws_dll2 *, entry, next, probe.list.owner->head)
	{
		lws_sorted_usec_list_t *sul = container_of(entry, lws_sorted_usec_list_t, list);

		if (sul->us > now + 25 * LWS_US_PER_SEC && sul->us <= now + 31 * LWS_US_PER_SEC) {
			lws_sul_cancel(sul);
		}
	}
	lws_end_foreach_dll_safe(entry, next);
	lws_sul_cancel(&probe);
}

static void loop_on_alarm(uint32_t events, void *userdata)
{
} /* loop_run() does the rest */

static bool loop_open_alarm(struct loop *loop)
{
	if (alarm_open(&loop->alarm) < 0) {
		return false;
	}
	loop->alarm_watch =
		loop_fd_new(loop, loop->alarm.fd, EPOLLIN | EPOLLET, loop_on_alarm, NULL);
	return loop->alarm_watch;
}

struct loop *loop_new(void)
{
	struct loop *loop = mem_new(struct loop);
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.uid = -1,
		.gid = -1,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		/*
		 * Otherwise libwebsockets allocates a table for every descriptor that
		 * ulimit allows.
		 */
		.fd_limit_per_thread = LOOP_LWS_FDS_MAX,
		/*
		 * Uses memory only while in use; with fewer, silent connections delay a
		 * good one.
		 */
		.max_http_header_pool = LOOP_LWS_FDS_MAX,
		.max_http_header_data = 2048,
		.user = loop,
		.protocols = loop_protocols,
		.vhost_name = "loop",
	};
	lws_sock_file_fd_type file;

	lws_set_log_level(LLL_ERR, loop_on_lws_log);
	loop->alarm = ALARM_NONE;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->lws = lws_create_context(&info);
	loop->vhost = loop->lws ? lws_create_vhost(loop->lws, &info) : NULL;
	file.filefd = loop->epoll;
	if (loop->epoll < 0 || !loop->vhost ||
		!lws_adopt_descriptor_vhost(
			loop->vhost, LWS_ADOPT_RAW_FILE_DESC, file, "loop", NULL)) {
		loop_free(loop);
		return NULL;
	}
	loop_unhook_housekeeping(loop);
	if (!loop_open_alarm(loop)) {
		loop_free(loop);
		return NULL;
	}
	loop->jobs = jobs_new(loop);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop) {
		return;
	}
	jobs_free(loop->jobs);
	loop_fd_free(loop->alarm_watch);
	alarm_close(&loop->alarm);
	timer_queue_clear(&loop->timers);
	if (loop->lws) {
		lws_context_destroy(loop->lws); /* closes the epoll descriptor */
	} else if (loop->epoll >= 0) {
		close(loop->epoll);
	}
	loop_bury(loop);
	free(loop);
}

struct lws_context *loop_lws_context(struct loop *loop)
{
	return loop->lws;
}

/*
 * libwebsockets' own timers are not used: its poll() waits for whole milliseconds, and would be called
 * hundreds of times in the last one.
 *
 * Returns whether a timer is due already.
 */
static bool loop_set_alarm(struct loop *loop)
{
	const struct timer_entry *first = timer_queue_first(&loop->timers);

	if (first && first->at_usec <= clock_now_usec()) {
		return true;
	}
	alarm_set(&loop->alarm, first ? first->at_usec : CLOCK_NEVER);
	return false;
}

static void loop_run_timers(struct loop *loop)
{
	uint64_t now = loop->timers.count ? clock_now_usec() : 0;
	struct timer_entry *first;

	while ((first = timer_queue_first(&loop->timers)) && first->at_usec <= now) {
		struct loop_timer *timer = container_of(first, struct loop_timer, entry);

		timer_queue_remove(&loop->timers, first);
		timer->due(timer->userdata);
	}
}

int loop_run(struct loop *loop)
{
	while (!loop->quit) {
		bool due = loop_set_alarm(loop);

		if (lws_service(loop->lws, due ? -1 : 0) < 0) {
			return -EIO;
		}
		loop_run_timers(loop);
		if (loop->turn_ended) {
			loop->turn_ended(loop->turn_userdata);
		}
	}
	return loop->status;
}

void loop_on_turn(struct loop *loop, loop_turn_fn *ended, void *userdata)
{
	loop->turn_ended = ended;
	loop->turn_userdata = userdata;
}

void loop_quit(struct loop *loop, int status)
{
	loop->quit = true;
	loop->status = status;
	lws_cancel_service(loop->lws);
}

struct loop_fd *loop_fd_new(
	struct loop *loop, int fd, uint32_t events, loop_fd_fn *ready, void *userdata)
{
	struct loop_fd *watch = mem_new(struct loop_fd);
	struct epoll_event event = {.events = events, .data.ptr = watch};

	*watch = (struct loop_fd){.loop = loop, .fd = fd, .ready = ready, .userdata = userdata};
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		free(watch);
		return NULL;
	}
	return watch;
}

void loop_fd_set_events(struct loop_fd *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void loop_fd_free(struct loop_fd *watch)
{
	if (!watch) {
		return;
	}
	epoll_ctl(watch->loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->ready = NULL;
	if (watch->loop->dispatching) {
		watch->next_dead = watch->loop->dead;
		watch->loop->dead = watch;
	} else {
		free(watch);
	}
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_timer_fn *due, void *userdata)
{
	struct loop_timer *timer = mem_new(struct loop_timer);

	timer->loop = loop;
	timer->due = due;
	timer->userdata = userdata;
	return timer;
}

void loop_timer_set(struct loop_timer *timer, uint64_t at_usec)
{
	struct timer_queue *timers = &timer->loop->timers;
	uint64_t now;

	if (at_usec == CLOCK_NEVER) {
		timer_queue_remove(timers, &timer->entry);
		return;
	}
	/* In the next turn at the earliest: a timer that sets itself again lets others have theirs. */
	now = clock_now_usec();
	timer_queue_set(timers, &timer->entry, at_usec > now ? at_usec : now + 1);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (timer) {
		timer_queue_remove(&timer->loop->timers, &timer->entry);
		free(timer);
	}
}

void loop_job(struct loop *loop, loop_job_fn *work, loop_job_fn *done, void *userdata)
{
	jobs_add(loop->jobs, work, done, userdata);
}

void loop_finish_jobs(struct loop *loop)
{
	jobs_finish(loop->jobs);
}
