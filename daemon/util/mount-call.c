/* SPDX-License-Identifier: MIT */
#include "util/mount-call.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"

/* For how long a result is kept for a caller that has not asked for it again. */
#define KEEP_USEC CLOCK_USEC_PER_SEC

static void check_once(const char *folder, const char *name)
{
	_cleanup_free_ char *at = mem_strdup(name);
	size_t least = strlen(folder);
	struct stat st;

	while (strlen(at) >= least) {
		_cleanup_free_ char *git = mem_printf("%s/.git", at);
		_cleanup_free_ char *own = mem_printf("%s/.savecast", at);
		char *slash = strrchr(at, '/');

		if (stat(at, &st) < 0 || lstat(git, &st) < 0 || lstat(own, &st) < 0) {
			/* Whether the file exists does not matter here. */
		}
		if (!slash || slash == at) {
			break;
		}
		*slash = '\0';
	}
}

struct asking {
	struct mount *mount; /* not freed while it has jobs */
	char *folder, *name;
	uint64_t took_usec;
};

static void ask_work(void *userdata)
{
	struct asking *asking = userdata;
	uint64_t began;

	mounts_leads_worker();
	check_once(asking->folder, asking->name); /* it may need to wake up or to fill its cache */
	began = clock_now_usec();
	check_once(asking->folder, asking->name);
	asking->took_usec = clock_now_usec() - began;
}

void mount_ask_worker(struct mount *mount, loop_job_fn *done)
{
	struct asking *asking = mem_new(struct asking);

	*asking = (struct asking){
		.mount = mount,
		.folder = mem_strdup(mount->folder),
		.name = mem_strdup(pathname_is_below(mount->name, mount->folder) ? mount->name
										 : mount->folder),
	};
	mount->jobs++;
	worker_submit(mount->looks.worker, ask_work, done, asking);
}

bool mount_asked(void *userdata, struct mount **mount)
{
	_cleanup_free_ struct asking *asking = userdata;

	*mount = asking->mount;
	(*mount)->jobs--;
	free(asking->folder);
	free(asking->name);
	return asking->took_usec <= MOUNT_QUICK_USEC;
}

struct job {
	struct mount *mount; /* not freed while it has jobs */
	bool below;
	uint64_t took_usec;
	loop_job_fn *work, *done;
	void *userdata;
};

static void job_work(void *userdata)
{
	struct job *job = userdata;
	uint64_t began = clock_now_usec();

	mounts_leads_worker();
	job->work(job->userdata);
	job->took_usec = clock_now_usec() - began;
}

static void job_done(void *userdata)
{
	_cleanup_free_ struct job *job = userdata;

	job->mount->jobs--;
	if (job->took_usec <= MOUNT_QUICK_USEC && !job->below) {
		job->mount->answered_usec = clock_now_usec();
	}
	job->done(job->userdata);
}

void mount_job(struct mount *mount, struct worker *worker, bool below, loop_job_fn *work,
	loop_job_fn *done, void *userdata)
{
	struct job *job = mem_new(struct job);

	*job = (struct job){.mount = mount,
		.below = below,
		.work = work,
		.done = done,
		.userdata = userdata};
	mount->jobs++;
	worker_submit(worker, job_work, job_done, job);
}

struct mount_call {
	struct mount *mount; /* not freed while it has jobs */
	const struct mount_try *what;
	char *name;
	void *data;
	pthread_mutex_t lock; /* guards `finished` */
	pthread_cond_t end;
	bool finished;
	bool late; /* the loop no longer waits for it; it is in the mount's list */
	uint64_t kept_usec; /* since when its result is kept; 0: there is none yet */
	struct mount_call *next;
};

static struct mount_call *call_new(
	struct mount *mount, const char *name, const struct mount_try *what, void *data)
{
	struct mount_call *call = mem_new(struct mount_call);
	pthread_condattr_t monotonic;

	*call = (struct mount_call){
		.mount = mount, .what = what, .name = mem_strdup(name), .data = data};
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&call->lock, NULL);
	pthread_cond_init(&call->end, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return call;
}

static void call_free(struct mount_call *call)
{
	if (call->data) {
		call->what->drop(call->data);
	}
	pthread_cond_destroy(&call->end);
	pthread_mutex_destroy(&call->lock);
	free(call->name);
	free(call);
}

static void call_work(void *userdata)
{
	struct mount_call *call = userdata;

	mounts_leads_worker();
	call->what->work(call->data);
	pthread_mutex_lock(&call->lock);
	call->finished = true;
	pthread_cond_signal(&call->end);
	pthread_mutex_unlock(&call->lock);
}

static void call_done(void *userdata)
{
	struct mount_call *call = userdata;
	struct mount *mount = call->mount;

	mount->jobs--;
	if (!call->late) {
		call_free(call);
		return;
	}
	call->kept_usec = clock_now_usec();
	if (mount->wanted && !mount->asking) {
		loop_timer_set(mount->timer, call->kept_usec);
	}
}

static bool call_is_finished(struct mount_call *call, uint64_t until_usec)
{
	const struct timespec until = {
		.tv_sec = (time_t)(until_usec / CLOCK_USEC_PER_SEC),
		.tv_nsec = (long)(until_usec % CLOCK_USEC_PER_SEC) * 1000,
	};
	bool finished;

	pthread_mutex_lock(&call->lock);
	while (!call->finished &&
		pthread_cond_timedwait(&call->end, &call->lock, &until) == 0) {
	}
	finished = call->finished;
	pthread_mutex_unlock(&call->lock);
	return finished;
}

void *mount_call(struct mount *mount, struct worker *worker, const char *name,
	const struct mount_try *what, void *data, uint64_t until_usec)
{
	struct mount_call *call = call_new(mount, name, what, data);

	mount->jobs++;
	worker_submit(worker, call_work, call_done, call);
	if (call_is_finished(call, until_usec)) {
		return mem_steal(call->data);
	}
	call->late = true;
	call->next = mount->late;
	mount->late = call;
	mount->late_count++;
	return NULL;
}

static struct mount_call *late_remove(struct mount_call **at)
{
	struct mount_call *call = *at;

	*at = call->next;
	call->mount->late_count--;
	return call;
}

/* The call's place in the list; frees results that were kept for too long. */
static struct mount_call **find_late(
	struct mount *mount, const char *name, const struct mount_try *what, const void *data)
{
	struct mount_call **at = &mount->late, **found = NULL;
	uint64_t now = clock_now_usec();

	while (*at) {
		struct mount_call *call = *at;

		if (call->kept_usec && now - call->kept_usec > KEEP_USEC) {
			call_free(late_remove(at));
			continue;
		}
		if (call->what == what && strcmp(call->name, name) == 0 &&
			(!what->same || what->same(call->data, data))) {
			found = at;
		}
		at = &call->next;
	}
	return found;
}

bool mount_call_is_late(
	struct mount *mount, const char *name, const struct mount_try *what, const void *data)
{
	struct mount_call **at = find_late(mount, name, what, data);

	return at ? !(*at)->kept_usec : mount->late_count == MOUNT_LATE_MAX;
}

void *mount_call_take(
	struct mount *mount, const char *name, const struct mount_try *what, const void *data)
{
	struct mount_call **at = find_late(mount, name, what, data);
	struct mount_call *call = at ? *at : NULL;
	void *result;

	if (!call || !call->kept_usec) {
		return NULL;
	}
	result = mem_steal(call->data);
	call_free(late_remove(at));
	return result;
}

void mount_calls_drop(struct mount *mount)
{
	while (mount->late) {
		call_free(late_remove(&mount->late));
	}
}
