/* SPDX-License-Identifier: MIT */
#include "util/mounts.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mount-call.h"
#include "util/mount-find.h"
#include "util/mount.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"
#include "util/worker.h"

#define LOG_MODULE "mounts"
#include "util/log.h"

/* How long after an answer the loop may wait for calls to the mount. */
#define READY_USEC (15 * 1000)
#define ASK_AGAIN_FIRST_USEC CLOCK_USEC_PER_SEC
#define ASK_AGAIN_MAX_USEC (30 * CLOCK_USEC_PER_SEC)

static struct {
	struct loop *loop;
	mounts_told_fn *told;
	void *userdata;
	int fd;
	struct loop_fd *changed;
	struct mount_table table;
	char *text; /* of the mounts; "" if it cannot be read */
	struct mount_list used;
	struct mount_memory memory;
	uint64_t patient_until_usec;
	unsigned refused;
} mounts = {.fd = -1};

static void table_read(void)
{
	size_t length;

	mount_table_clear(&mounts.table);
	mounts.memory = (struct mount_memory){0};
	if (file_read("/proc/self/mountinfo", MOUNT_TABLE_BYTES_MAX, &mounts.text, &length) < 0) {
		mounts.text = mem_strdup("");
	}
	mount_table_read(&mounts.table, mounts.text);
	mounts_leads_table(&mounts.table);
}

/* The folder of the remote mount that the name is in or leads to; NULL: it is local. */
static const char *find(const char *name)
{
	const char *folder = mount_find(&mounts.table, &mounts.memory, name);

	return folder ? folder : mounts_leads_find(name);
}

static void on_difference(const char *name, void *userdata)
{
	mounts.told(name, MOUNT_CHANGED, mounts.userdata);
}

/* A mount that did not answer may have been unmounted. */
static void on_changed(uint32_t events, void *userdata)
{
	_cleanup_free_ char *before = mounts.text;

	table_read();
	for (struct mount *mount = mounts.used.first; mount; mount = mount->next) {
		if (mount->wanted && !mount_table_find(&mounts.table, mount->folder)) {
			mount->wanted = mount->said = false;
			mount->jobs++; /* so that it is not freed while told() runs */
			mounts.told(mount->folder, MOUNT_ANSWERS, mounts.userdata);
			mount->jobs--;
		}
	}
	mount_table_compare(before, mounts.text, on_difference, NULL);
}

static void on_timer(void *userdata);

static void on_leads_due(const char *gone)
{
	if (gone) {
		mounts.told(gone, MOUNT_ANSWERS, mounts.userdata);
	} else {
		mount_each_said(&mounts.used, mounts.told, mounts.userdata);
	}
}

void mounts_new(struct loop *loop, mounts_told_fn *told, void *userdata)
{
	mounts.loop = loop;
	mounts.used = (struct mount_list){.loop = loop, .due = on_timer};
	mounts.told = told;
	mounts.userdata = userdata;
	mounts.fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (mounts.fd >= 0) {
		/*
		 * Always readable, and each change is an edge. EPOLLPRI would be lost: the kernel
		 * reports it once, and libwebsockets polls the epoll descriptor before it is read.
		 */
		mounts.changed = loop_fd_new(loop, mounts.fd, EPOLLIN | EPOLLET, on_changed, NULL);
	}
	mounts_leads_new(loop, on_leads_due);
	table_read();
}

void mounts_finish(void)
{
	mount_finish_all(&mounts.used, clock_now_usec() + MOUNT_PATIENCE_USEC);
}

void mounts_free(void)
{
	while (mounts.used.first) {
		mount_drop_first(&mounts.used);
	}
	loop_fd_free(mem_steal(mounts.changed));
	if (mounts.fd >= 0) {
		close(mounts.fd);
		mounts.fd = -1;
	}
	mount_table_clear(&mounts.table);
	mounts_leads_free();
	free(mem_steal(mounts.text));
	mounts.loop = NULL;
}

void mounts_each(mount_table_found_fn *found, void *userdata)
{
	mount_table_compare("", mounts.text, found, userdata);
}

char *mounts_of(const char *name)
{
	const char *folder = find(name);

	return folder ? mem_strdup(folder) : NULL;
}

void mounts_forget_names(void)
{
	mounts.memory = (struct mount_memory){0};
}

bool mounts_is_apart(const char *folder, const char *root)
{
	const char *mount = mount_table_find(&mounts.table, folder);

	return mount && !pathname_is_below(root, mount);
}

static void mount_say_waits(struct mount *mount)
{
	if (!mount->said) {
		mount->said = true;
		log_warning("%s: does not answer: everything that needs it waits", mount->folder);
		mounts.told(mount->folder, MOUNT_WAITS, mounts.userdata);
	}
}

static void ask_done(void *userdata)
{
	struct mount *mount;
	bool quick = mount_asked(userdata, &mount);

	mount->asking = false;
	if (!quick) {
		mount_say_waits(mount);
		mount->pause_usec = !mount->pause_usec               ? ASK_AGAIN_FIRST_USEC
			: mount->pause_usec * 2 < ASK_AGAIN_MAX_USEC ? mount->pause_usec * 2
								     : ASK_AGAIN_MAX_USEC;
		loop_timer_set(mount->timer, clock_now_usec() + mount->pause_usec);
		return;
	}
	loop_timer_set(mount->timer, CLOCK_NEVER);
	if (mount->said) {
		log_info("%s: answers again", mount->folder);
	}
	mount->said = mount->wanted = false;
	mount->pause_usec = 0;
	mount->answered_usec = clock_now_usec();
	mount->jobs++; /* so that it is not freed while told() runs */
	mounts.told(mount->folder, MOUNT_ANSWERS, mounts.userdata);
	mount->jobs--;
}

static void mount_ask(struct mount *mount)
{
	mount->asking = true;
	loop_timer_set(mount->timer, clock_now_usec() + MOUNT_PATIENCE_USEC);
	mount_ask_worker(mount, ask_done);
}

static void on_timer(void *userdata)
{
	struct mount *mount = userdata;

	if (mount->asking) {
		mount_say_waits(mount);
	} else if (mount->wanted) {
		mount_ask(mount);
	}
}

static bool mount_is_ready(struct mount *mount, const char *name)
{
	if (!mount->asking && clock_now_usec() - mount->answered_usec < READY_USEC) {
		return true;
	}
	free(mount->name);
	mount->name = mem_strdup(name);
	if (!mount->asking && !mount->pause_usec) {
		mount_ask(mount);
	}
	mount->wanted = true;
	return false;
}

bool mounts_ready(const char *name)
{
	const char *folder = find(name);
	struct mount *mount = folder ? mount_get(&mounts.used, folder) : NULL;

	return !folder || (mount && mount_is_ready(mount, name));
}

bool mounts_is_remote(const char *name)
{
	return find(name);
}

/* The worker for this call now; NULL: MOUNT_ANSWERS follows, or no worker can be started. */
static struct worker *worker_of_call(struct mount *mount, const char *name,
	const struct mount_try *what, const void *data, uint64_t until_usec)
{
	if (mount_call_is_late(mount, name, what, data)) {
		mount->wanted = true;
		return NULL;
	}
	if (clock_now_usec() >= until_usec && !mount_is_ready(mount, name)) {
		return NULL;
	}
	return what->shares ? mount_worker(&mounts.used, mount) : mount->looks.worker;
}

void mounts_be_patient(uint64_t until_usec)
{
	mounts.patient_until_usec = until_usec;
}

/* The loop waits until `until_usec`, or until some time after the mount's last answer. */
static void *call_try(
	const char *name, const struct mount_try *what, void *data, uint64_t until_usec)
{
	const char *folder = find(name);
	struct mount *mount;
	struct worker *worker = NULL;
	uint64_t limit;
	void *result;

	if (!folder) {
		what->work(data);
		return data;
	}
	mount = mount_get(&mounts.used, folder);
	result = mount ? mount_call_take(mount, name, what, data) : NULL;
	if (mount && !result) {
		worker = worker_of_call(mount, name, what, data, until_usec);
	}
	if (!worker) {
		what->drop(data);
		mounts.refused += !result;
		return result;
	}
	limit = mount->answered_usec + READY_USEC;
	result = mount_call(
		mount, worker, name, what, data, limit < until_usec ? until_usec : limit);
	if (!result) {
		mounts.refused++;
		mount->answered_usec = 0;
		mount_is_ready(mount, name); /* asks the mount */
	}
	return result;
}

void *mounts_try(const char *name, const struct mount_try *what, void *data)
{
	return call_try(name, what, data, 0);
}

void *mounts_try_own(const char *name, const struct mount_try *what, void *data)
{
	return call_try(name, what, data, mounts.patient_until_usec);
}

unsigned mounts_refused(void)
{
	return mounts.refused;
}

static void job_nothing(void *userdata)
{
}

static void add_job(struct loop *loop, const char *name, bool looks, loop_job_fn *work,
	loop_job_fn *done, void *userdata)
{
	const char *folder = mounts.loop ? find(name) : NULL;
	struct worker *worker = NULL;
	struct mount *mount;
	bool below = mounts.loop && !folder && !looks;

	if (below) {
		folder = mount_table_find_below(&mounts.table, name);
	}
	if (!folder) {
		loop_job(loop, work, done, userdata);
		return;
	}
	mount = mount_get(&mounts.used, folder);
	if (mount) {
		worker = looks ? mount->looks.worker : mount_worker(&mounts.used, mount);
	}
	if (worker) {
		mount_job(mount, worker, below, work, done, userdata);
	} else {
		loop_job(loop, job_nothing, done, userdata);
	}
}

void mounts_job(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata)
{
	add_job(loop, name, false, work, done, userdata);
}

void mounts_look(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata)
{
	add_job(loop, name, true, work, done, userdata);
}
