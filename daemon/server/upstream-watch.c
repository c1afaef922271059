/* SPDX-License-Identifier: MIT */
#include "server/upstream-watch.h"

#include <poll.h>
#include <time.h>

#include "util/clock.h"

#define TRIAL_USEC (1500 * CLOCK_USEC_PER_MSEC)
/*
 * How long an answer is waited for after the request was seen to be passed on. Without one, a second
 * proxy may not yet have passed it on, so after the first trial without one, the next ones are patient.
 */
#define PASSED_USEC (200 * CLOCK_USEC_PER_MSEC)
#define SLOW_USEC (5 * CLOCK_USEC_PER_SEC)

/*
 * A server that has read a request, and then only waits for so long, does not pass it on any more.
 * The longer time is for those that are asked by names below localhost: they probably are proxies.
 */
#define IDLE_USEC (300 * CLOCK_USEC_PER_MSEC)
#define IDLE_NAMED_USEC CLOCK_USEC_PER_SEC
/* The same for one that is never seen to wait only: so long it has had a CPU, or waited for another server. */
#define BUSY_USEC CLOCK_USEC_PER_SEC
/* How often that is checked. If this thread had to wait for longer, the server may have, too. */
#define CHECK_USEC (15 * CLOCK_USEC_PER_MSEC)
/* Once it waits for longer than this, Unix sockets are looked at only at each check. */
#define UNIX_PAUSE_USEC 4000

struct watch {
	struct upstream_probe *probe;
	uint32_t amount; /* what a connection with this request carries at least, in bytes */
	uint64_t began_usec, checked_usec;
	uint64_t read_usec; /* when the server was seen to have read the request; 0: it has not */
	uint64_t run_delay_usec; /* of the server, at that time */
	uint64_t idle_usec; /* for how long it has only waited */
	bool over; /* it only waits, but that may be for a server that does not run */
	struct upstream_family_view view;
};

static void check(struct watch *watch)
{
	struct upstream_family_view *view = &watch->view;
	struct upstream_probe *probe = watch->probe;
	uint64_t now = clock_now_usec(), since = now - watch->checked_usec;

	upstream_family_look(probe->family, view);
	upstream_probe_see_unix(probe);
	watch->checked_usec = now;
	if (view->has_request && !watch->read_usec) {
		watch->read_usec = now;
		watch->run_delay_usec = view->run_delay_usec;
	} else if (view->has_request && !view->runnable && !view->changed) {
		watch->idle_usec += since < 2 * CHECK_USEC ? since : 2 * CHECK_USEC;
	} else {
		watch->idle_usec = 0;
	}
	if (view->most >= watch->amount) {
		probe->passed_usec = probe->passed_usec ? probe->passed_usec : now;
		probe->passes = true;
	}
}

static enum upstream_passed passed_of(const struct watch *watch)
{
	const struct upstream_family_view *view = &watch->view;

	/* Where nothing listens, it may have tried to pass the request on, and may try that again. */
	if (!view->whole || upstream_trials_any_refused(&watch->probe->trials)) {
		return PASSED_UNKNOWN;
	}
	return !view->moved                  ? PASSED_NOTHING
		: view->most < watch->amount ? PASSED_LITTLE
					     : PASSED_UNKNOWN;
}

/* While there is no answer. `last`: nothing more will be seen. */
static enum upstream_passed passed_until_now(struct watch *watch, bool last)
{
	const struct upstream_family_view *view = &watch->view;
	const struct upstream_probe *probe = watch->probe;
	uint64_t enough = probe->question->caution == UPSTREAM_ASKS ? IDLE_NAMED_USEC : IDLE_USEC;
	uint64_t had = watch->checked_usec - watch->read_usec;
	uint64_t delayed = view->run_delay_usec - watch->run_delay_usec;
	bool idle = watch->idle_usec >= enough && !view->waits;
	bool busy = last && had >= BUSY_USEC + delayed;

	/* One that has passed on requests, without an answer yet, may be unable to pass on another one. */
	if (probe->to_the_answer || probe->passes || !view->has_request || view->mute ||
		view->queues || (!idle && !busy)) {
		return PASSED_UNKNOWN;
	}
	/* The next trial shows whether that was by chance, so this one need not be longer. */
	watch->over = upstream_trials_any_refused(&probe->trials);
	return passed_of(watch);
}

static uint64_t watch_end(const struct watch *watch)
{
	const struct upstream_probe *probe = watch->probe;
	uint64_t end = watch->began_usec + TRIAL_USEC;

	if (probe->passed_usec) {
		return probe->passed_usec + (probe->pace == PACE_SLOW ? SLOW_USEC : PASSED_USEC);
	}
	/* A server that answers one request after the other has not even read it. */
	return watch->view.unread && probe->until_usec > end ? probe->until_usec : end;
}

static void take_end(struct watch *watch, int answered)
{
	struct upstream_probe *probe = watch->probe;
	bool failed = probe->status >= 502 && probe->status <= 504;

	if (answered > 0 && !failed) {
		check(watch);
		probe->passed = watch->view.none_opened ? passed_of(watch) : PASSED_UNKNOWN;
	} else if (answered == 0 && probe->passed == PASSED_UNKNOWN) {
		probe->passed = passed_until_now(watch, true);
	}
	if (answered == 0 && probe->passed_usec) {
		probe->pace = probe->pace == PACE_FAST ? PACE_SLOW : PACE_HANGING;
	}
	if (probe->status && probe->pace == PACE_SLOW) {
		probe->trials.slow = true;
		probe->pace = PACE_HANGING; /* the next trials need no answer */
	}
	if (probe->status) {
		upstream_trials_answered(&probe->trials);
	}
}

void upstream_watch(struct upstream_probe *probe, struct upstream_request *request)
{
	const struct upstream_trial *trial = &probe->trials.trials[probe->trials.count - 1];
	uint64_t now = clock_now_usec();
	struct watch watch = {
		.probe = probe,
		/* Without an amount, the size of what is sent shows nothing. */
		.amount = trial->header ? trial->header
			: trial->query  ? trial->query
					: UINT32_MAX,
		.began_usec = now,
		.checked_usec = now,
	};
	struct pollfd answer = {.fd = upstream_request_fd(request), .events = POLLIN};
	long pause_usec = 10;
	int r = 0;

	probe->passed_usec = 0;
	probe->status = 0;
	while (r == 0 && probe->passed == PASSED_UNKNOWN && !watch.over &&
		!atomic_load(probe->question->stop) &&
		(now = clock_now_usec()) < watch_end(&watch)) {
		struct timespec wait = {.tv_nsec = pause_usec * 1000};

		if (now >= watch.checked_usec + CHECK_USEC) {
			check(&watch);
			probe->passed = passed_until_now(&watch, false);
		}
		tcp_traffic_look(probe->traffic, &probe->trials, probe->chain);
		if (pause_usec < UNIX_PAUSE_USEC) {
			upstream_probe_see_unix(probe);
		}
		r = ppoll(&answer, 1, &wait, NULL);
		r = r > 0 ? upstream_request_read(request, &probe->status) : r;
		pause_usec = pause_usec < 5000 ? pause_usec * 5 / 4 + 1 : pause_usec;
	}
	take_end(&watch, r);
	probe->any_ended = r == 0 && upstream_trials_any_open(&probe->trials);
}
