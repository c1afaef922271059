/* SPDX-License-Identifier: MIT */
#pragma once

/* The loop's second thread, for work that may block. See loop_job(). */

struct worker;
typedef void worker_fn(void *userdata);

/* Starts the thread; NULL with errno set if it cannot be started. */
struct worker *worker_new(void);
/*
 * The same, with descriptors of its own: a thread that waits for a file system may exist after
 * its process was killed, and must not keep the process's sockets open. Its jobs can use no
 * descriptor of the caller.
 */
struct worker *worker_new_apart(void);
/* Ends the thread. All jobs must have been collected. */
void worker_free(struct worker *worker);

/* Readable while worker_collect() has something to do. */
int worker_fd(const struct worker *worker);
/* Calls done() of the finished jobs, in order, on the calling thread. */
void worker_collect(struct worker *worker);
/* The same, but waits until no job is left. */
void worker_finish(struct worker *worker);
/*
 * worker_collect() of any worker calls ended() last, on the calling thread; NULL: nothing (any more).
 * There is one such function.
 */
typedef void worker_ended_fn(void);
void worker_on_ended(worker_ended_fn *ended);

void worker_submit(struct worker *worker, worker_fn *work, worker_fn *done, void *userdata);
