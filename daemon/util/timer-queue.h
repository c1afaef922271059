/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which of many timers is due next: a binary heap. Pure. Timers that are due at the same time come in the
 * order in which they were set.
 */

#include <stddef.h>
#include <stdint.h>

/* Embedded in the owner's structure, zero at first. It must be removed before it is freed. */
struct timer_entry {
	uint64_t at_usec;
	uint64_t serial;
	size_t place; /* in the heap, from 1; 0: in none */
};

struct timer_queue {
	struct timer_entry **heap;
	size_t count, size;
	uint64_t serial;
};

void timer_queue_clear(struct timer_queue *queue);

/* Inserts it, or moves it to another time. */
void timer_queue_set(struct timer_queue *queue, struct timer_entry *entry, uint64_t at_usec);
/* Does nothing if it is in no queue. */
void timer_queue_remove(struct timer_queue *queue, struct timer_entry *entry);

/* The next one; NULL if there is none. */
struct timer_entry *timer_queue_first(const struct timer_queue *queue);
