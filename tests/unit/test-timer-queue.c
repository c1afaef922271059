/* SPDX-License-Identifier: MIT */
#include "unit.h"
#include "util/timer-queue.h"

enum { ENTRIES = 200, STEPS = 20000, TIMES = 64 /* so that many are due at the same time */ };

/* Found by looking at all of them. */
static struct timer_entry *first_of(struct timer_entry entries[ENTRIES])
{
	struct timer_entry *first = NULL;

	for (size_t i = 0; i < ENTRIES; i++) {
		struct timer_entry *one = &entries[i];

		if (one->place &&
			(!first || one->at_usec < first->at_usec ||
				(one->at_usec == first->at_usec && one->serial < first->serial))) {
			first = one;
		}
	}
	return first;
}

static void the_first_is_always_right(void **state)
{
	struct timer_queue queue = {0};
	struct timer_entry entries[ENTRIES] = {0};
	size_t most = 0;
	unsigned random = 1;

	for (int step = 0; step < STEPS; step++) {
		struct timer_entry *one;

		random = random * 1103515245 + 12345;
		one = &entries[(random >> 16) % ENTRIES];
		/* More are set than removed, and then more are removed. */
		if ((random >> 8) % 5 < (step < STEPS / 2 ? 2 : 4)) {
			struct timer_entry *first = timer_queue_first(&queue);

			timer_queue_remove(&queue, step % 2 && first ? first : one);
		} else {
			timer_queue_set(&queue, one, (random >> 4) % TIMES);
		}
		assert_ptr_equal(timer_queue_first(&queue), first_of(entries));
		most = queue.count > most ? queue.count : most;
	}
	assert_true(most > ENTRIES / 2);
	timer_queue_clear(&queue);
}

static void equal_times_come_in_the_order_in_which_they_were_set(void **state)
{
	struct timer_queue queue = {0};
	struct timer_entry entries[ENTRIES] = {0};

	for (size_t i = 0; i < ENTRIES; i++) {
		timer_queue_set(&queue, &entries[i], 7);
	}
	timer_queue_set(&queue, &entries[0], 7); /* again: it is the last now */
	for (size_t i = 1; i <= ENTRIES; i++) {
		assert_ptr_equal(timer_queue_first(&queue), &entries[i % ENTRIES]);
		timer_queue_remove(&queue, &entries[i % ENTRIES]);
		timer_queue_remove(&queue, &entries[i % ENTRIES]);
	}
	assert_null(timer_queue_first(&queue));
	timer_queue_clear(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_always_right),
		cmocka_unit_test(equal_times_come_in_the_order_in_which_they_were_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
