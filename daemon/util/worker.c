/* SPDX-License-Identifier: MIT */
#include "util/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/mem.h"

struct job {
	worker_fn *work;
	worker_fn *done;
	void *userdata;
	struct job *next;
};

struct queue {
	struct job *first;
	struct job **end;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock; /* guards the queues and `stop` */
	pthread_cond_t wake; /* there is a job, or `stop` */
	/* jobs submitted and not collected; used only by the caller's thread */
	unsigned unfinished;
	struct queue todo;
	struct queue finished;
	bool stop;
	int event;
};

static void queue_push(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static struct job *queue_pop(struct queue *queue)
{
	struct job *job = queue->first;

	if (job) {
		queue->first = job->next;
		if (!queue->first) {
			queue->end = &queue->first;
		}
	}
	return job;
}

static struct job *worker_next(struct worker *worker)
{
	struct job *job = NULL;

	pthread_mutex_lock(&worker->lock);
	while (!worker->stop && !worker->todo.first) {
		pthread_cond_wait(&worker->wake, &worker->lock);
	}
	if (!worker->stop) {
		job = queue_pop(&worker->todo);
	}
	pthread_mutex_unlock(&worker->lock);
	return job;
}

static void *worker_run(void *userdata)
{
	struct worker *worker = userdata;
	struct job *job;

	while ((job = worker_next(worker))) {
		job->work(job->userdata);
		pthread_mutex_lock(&worker->lock);
		queue_push(&worker->finished, job);
		pthread_mutex_unlock(&worker->lock);
		eventfd_write(worker->event, 1);
	}
	return NULL;
}

static void worker_discard(struct worker *worker)
{
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
	if (worker->event >= 0) {
		close(worker->event);
	}
	free(worker);
}

/* Closes all descriptors except the one that reports finished jobs. */
static void *worker_run_apart(void *userdata)
{
	struct worker *worker = userdata;
	unsigned event = (unsigned)worker->event;

	if (unshare(CLONE_FILES) == 0) {
		if (event > 3) {
			close_range(3, event - 1, 0);
		}
		close_range(event + 1, ~0U, 0);
	}
	return worker_run(userdata);
}

static struct worker *worker_start(void *(*run)(void *userdata))
{
	struct worker *worker = mem_new(struct worker);
	sigset_t all, before;
	int error;

	worker->todo.end = &worker->todo.first;
	worker->finished.end = &worker->finished.first;
	worker->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->wake, NULL);
	/* Signals are handled by the loop. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = worker->event < 0 ? errno : pthread_create(&worker->thread, NULL, run, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		worker_discard(worker);
		errno = error;
		return NULL;
	}
	return worker;
}

struct worker *worker_new(void)
{
	return worker_start(worker_run);
}

struct worker *worker_new_apart(void)
{
	return worker_start(worker_run_apart);
}

void worker_free(struct worker *worker)
{
	if (!worker) {
		return;
	}
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	worker_discard(worker);
}

int worker_fd(const struct worker *worker)
{
	return worker->event;
}

static worker_ended_fn *on_ended;

void worker_on_ended(worker_ended_fn *ended)
{
	on_ended = ended;
}

static void collect(struct worker *worker)
{
	eventfd_t count;
	struct queue finished;
	struct job *job;

	eventfd_read(worker->event, &count);
	pthread_mutex_lock(&worker->lock);
	finished = worker->finished;
	if (!finished.first) {
		finished.end = &finished.first;
	}
	worker->finished = (struct queue){.end = &worker->finished.first};
	pthread_mutex_unlock(&worker->lock);

	while ((job = queue_pop(&finished))) {
		worker->unfinished--;
		job->done(job->userdata);
		free(job);
	}
}

void worker_collect(struct worker *worker)
{
	collect(worker);
	if (on_ended) {
		on_ended();
	}
}

void worker_finish(struct worker *worker)
{
	while (worker->unfinished) {
		poll(&(struct pollfd){.fd = worker->event, .events = POLLIN}, 1, -1);
		collect(worker);
	}
}

void worker_submit(struct worker *worker, worker_fn *work, worker_fn *done, void *userdata)
{
	struct job *job = mem_new(struct job);

	*job = (struct job){.work = work, .done = done, .userdata = userdata};
	worker->unfinished++;
	pthread_mutex_lock(&worker->lock);
	queue_push(&worker->todo, job);
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
}
