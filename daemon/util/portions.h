/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Long work on the loop, in portions. A turn of the loop does one portion of one piece of work,
 * however many there are; they take turns. Descriptors and timers are served in between.
 */

struct loop;
struct portions;

struct portions *portions_new(struct loop *loop);
/* Forgets all work. */
void portions_free(struct portions *portions);

/*
 * Does a portion of the work, until about `until_usec`, a monotonic time that is some milliseconds
 * away. Returns whether there is more to do; if not, it is not called again.
 */
typedef bool portion_fn(uint64_t until_usec, void *userdata);

struct portion;
/* The first portion is done in the next turn. The result is valid until work() returns false. */
struct portion *portions_add(struct portions *portions, portion_fn *work, void *userdata);
/* Forgets the work. Not to be called in work() itself. */
void portions_remove(struct portion *portion);
