/* SPDX-License-Identifier: MIT */
#include "util/portions.h"

#include <sys/queue.h>

#include "util/clock.h"
#include "util/loop.h"
#include "util/mem.h"

#define PORTION_USEC (2 * CLOCK_USEC_PER_MSEC)

struct portion {
	struct portions *portions;
	portion_fn *work;
	void *userdata;
	TAILQ_ENTRY(portion) at;
};

struct portions {
	struct loop_timer *turn;
	TAILQ_HEAD(portion_list, portion) waiting;
};

static void on_turn(void *userdata)
{
	struct portions *portions = userdata;
	struct portion *first = TAILQ_FIRST(&portions->waiting);

	if (first) {
		TAILQ_REMOVE(&portions->waiting, first, at);
		if (first->work(clock_now_usec() + PORTION_USEC, first->userdata)) {
			TAILQ_INSERT_TAIL(&portions->waiting, first, at);
		} else {
			free(first);
		}
	}
	if (!TAILQ_EMPTY(&portions->waiting)) {
		loop_timer_set(portions->turn, clock_now_usec());
	}
}

struct portions *portions_new(struct loop *loop)
{
	struct portions *portions = mem_new(struct portions);

	portions->turn = loop_timer_new(loop, on_turn, portions);
	TAILQ_INIT(&portions->waiting);
	return portions;
}

void portions_free(struct portions *portions)
{
	if (!portions) {
		return;
	}
	while (!TAILQ_EMPTY(&portions->waiting)) {
		portions_remove(TAILQ_FIRST(&portions->waiting));
	}
	loop_timer_free(portions->turn);
	free(portions);
}

struct portion *portions_add(struct portions *portions, portion_fn *work, void *userdata)
{
	struct portion *portion = mem_new(struct portion);

	*portion = (struct portion){.portions = portions, .work = work, .userdata = userdata};
	TAILQ_INSERT_TAIL(&portions->waiting, portion, at);
	loop_timer_set(portions->turn, clock_now_usec());
	return portion;
}

void portions_remove(struct portion *portion)
{
	if (portion) {
		TAILQ_REMOVE(&portion->portions->waiting, portion, at);
		free(portion);
	}
}
