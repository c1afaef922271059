/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The event loop. It sleeps until a descriptor, a timer or a finished job wakes it.
 *
 * Inside it is libwebsockets' own poll loop (which serves the WebSocket connections). That
 * loop contains one epoll descriptor, which holds the descriptors of everything else; no
 * other file knows this. Descriptors are watched until loop_fd_free(); closing them
 * afterwards is up to the caller. All functions must be called on the loop's thread.
 */

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_fd;

struct loop *loop_new(void);
/* All descriptors, timers and jobs must have been freed. */
void loop_free(struct loop *loop);

/* Runs until loop_quit(); returns the status given there, or -errno. */
int loop_run(struct loop *loop);
void loop_quit(struct loop *loop, int status);

/* `events` are EPOLLIN, EPOLLOUT...; EPOLLERR and EPOLLHUP are always reported. */
typedef void loop_fd_fn(uint32_t events, void *userdata);
/* Returns NULL with errno set if the descriptor cannot be watched. */
struct loop_fd *loop_fd_new(
	struct loop *loop, int fd, uint32_t events, loop_fd_fn *ready, void *userdata);
void loop_fd_set_events(struct loop_fd *watch, uint32_t events);
/* May be called from any callback, including its own; ready() is not called after it. */
void loop_fd_free(struct loop_fd *watch);

/*
 * Called at the end of each turn of the loop, after everything that was ready has been handled and
 * before the loop sleeps: for work that must not delay the rest. There is one such function.
 */
typedef void loop_turn_fn(void *userdata);
void loop_on_turn(struct loop *loop, loop_turn_fn *ended, void *userdata);

struct loop_timer;
typedef void loop_timer_fn(void *userdata);
struct loop_timer *loop_timer_new(struct loop *loop, loop_timer_fn *due, void *userdata);
/*
 * Calls due() once, at this monotonic time; CLOCK_NEVER disarms it. A new time replaces the
 * old one.
 */
void loop_timer_set(struct loop_timer *timer, uint64_t at_usec);
void loop_timer_free(struct loop_timer *timer);

/*
 * A job that may block: work() runs on the worker thread, then done() on the
 * loop. One worker, started by the first job; jobs run in order. work() may
 * use only memory that `userdata` owns. done() is called once for every job. If no
 * thread can be started, work() runs on the loop, after this returns.
 */
typedef void loop_job_fn(void *userdata);
void loop_job(struct loop *loop, loop_job_fn *work, loop_job_fn *done, void *userdata);
/* Waits for all jobs and calls their done(): the first step of the shutdown. */
void loop_finish_jobs(struct loop *loop);

/* The WebSocket server's view of the loop, which is libwebsockets' own. */

struct lws_context;

/* How many descriptors libwebsockets may hold: the WebSocket connections and the loop's own. */
enum { LOOP_LWS_FDS_MAX = SAVECAST_CONNECTIONS + 8 };

struct lws_context *loop_lws_context(struct loop *loop);
