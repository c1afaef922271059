/* SPDX-License-Identifier: MIT */
#include "util/jobs.h"

#include <errno.h>
#include <sys/epoll.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/worker.h"

#define LOG_MODULE "loop"
#include "util/log.h"

/* A job for which no thread could be started: it runs on the loop. */
struct job_here {
	loop_job_fn *work, *done;
	void *userdata;
	struct job_here *next;
};

struct jobs {
	struct loop *loop;
	struct worker *worker; /* NULL before the first job, and while none can be started */
	struct loop_fd *worker_fd;
	struct job_here *here; /* the oldest first */
	struct loop_timer *timer; /* NULL before the first of them */
};

struct jobs *jobs_new(struct loop *loop)
{
	struct jobs *jobs = mem_new(struct jobs);

	jobs->loop = loop;
	return jobs;
}

void jobs_free(struct jobs *jobs)
{
	if (jobs) {
		loop_timer_free(jobs->timer);
		loop_fd_free(jobs->worker_fd);
		worker_free(jobs->worker);
		free(jobs);
	}
}

static void on_worker(uint32_t events, void *userdata)
{
	struct jobs *jobs = userdata;

	worker_collect(jobs->worker);
}

static bool jobs_have_worker(struct jobs *jobs)
{
	if (jobs->worker) {
		return true;
	}
	jobs->worker = worker_new();
	if (!jobs->worker) {
		return false;
	}
	jobs->worker_fd =
		loop_fd_new(jobs->loop, worker_fd(jobs->worker), EPOLLIN, on_worker, jobs);
	if (!jobs->worker_fd) {
		worker_free(mem_steal(jobs->worker));
		return false;
	}
	return true;
}

static void jobs_do_here(void *userdata)
{
	struct jobs *jobs = userdata;
	struct job_here *job;

	while ((job = jobs->here)) {
		jobs->here = job->next;
		job->work(job->userdata);
		job->done(job->userdata);
		free(job);
	}
}

static void jobs_add_here(struct jobs *jobs, loop_job_fn *work, loop_job_fn *done, void *userdata)
{
	struct job_here **end = &jobs->here, *job = mem_new(struct job_here);

	while (*end) {
		end = &(*end)->next;
	}
	*job = (struct job_here){.work = work, .done = done, .userdata = userdata};
	*end = job;
	if (!jobs->timer) {
		log_warning("worker thread: %s: file access that may block runs on the event loop "
			    "until a thread can be started",
			strerror(errno));
		jobs->timer = loop_timer_new(jobs->loop, jobs_do_here, jobs);
	}
	loop_timer_set(jobs->timer, clock_now_usec());
}

void jobs_add(struct jobs *jobs, loop_job_fn *work, loop_job_fn *done, void *userdata)
{
	if (jobs_have_worker(jobs)) {
		worker_submit(jobs->worker, work, done, userdata);
	} else {
		jobs_add_here(jobs, work, done, userdata);
	}
}

void jobs_finish(struct jobs *jobs)
{
	jobs_do_here(jobs);
	if (jobs->worker) {
		worker_finish(jobs->worker);
	}
}
