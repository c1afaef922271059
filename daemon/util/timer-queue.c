/* SPDX-License-Identifier: MIT */
#include "util/timer-queue.h"

#include <stdbool.h>

#include "util/mem.h"

enum { TIMER_QUEUE_FIRST_SIZE = 16 };

void timer_queue_clear(struct timer_queue *queue)
{
	free(queue->heap);
	*queue = (struct timer_queue){0};
}

static bool is_before(const struct timer_entry *a, const struct timer_entry *b)
{
	return a->at_usec != b->at_usec ? a->at_usec < b->at_usec : a->serial < b->serial;
}

static void put(struct timer_queue *queue, struct timer_entry *entry, size_t place)
{
	queue->heap[place - 1] = entry;
	entry->place = place;
}

/* Moves the entry, for which `place` is free, up or down to where it belongs. */
static void settle(struct timer_queue *queue, struct timer_entry *entry, size_t place)
{
	while (place > 1 && is_before(entry, queue->heap[place / 2 - 1])) {
		put(queue, queue->heap[place / 2 - 1], place);
		place /= 2;
	}
	for (size_t child = 2 * place; child <= queue->count; child = 2 * place) {
		if (child < queue->count && is_before(queue->heap[child], queue->heap[child - 1])) {
			child++;
		}
		if (!is_before(queue->heap[child - 1], entry)) {
			break;
		}
		put(queue, queue->heap[child - 1], place);
		place = child;
	}
	put(queue, entry, place);
}

void timer_queue_set(struct timer_queue *queue, struct timer_entry *entry, uint64_t at_usec)
{
	entry->at_usec = at_usec;
	entry->serial = ++queue->serial;
	if (!entry->place) {
		if (queue->count == queue->size) {
			queue->size = queue->size ? 2 * queue->size : TIMER_QUEUE_FIRST_SIZE;
			queue->heap = mem_resize(queue->heap, queue->size, sizeof(*queue->heap));
		}
		entry->place = ++queue->count;
	}
	settle(queue, entry, entry->place);
}

void timer_queue_remove(struct timer_queue *queue, struct timer_entry *entry)
{
	size_t place = entry->place;
	struct timer_entry *last;

	if (!place) {
		return;
	}
	last = queue->heap[--queue->count];
	if (last != entry) {
		settle(queue, last, place);
	}
	entry->place = 0;
}

struct timer_entry *timer_queue_first(const struct timer_queue *queue)
{
	return queue->count ? queue->heap[0] : NULL;
}
