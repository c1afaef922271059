/* SPDX-License-Identifier: MIT */
#include "util/mounts-leads.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/mount-find.h"
#include "util/mounts.h"
#include "util/pathname.h"

enum { LEADS_MAX = 256 };
#define LEAD_USEC CLOCK_USEC_PER_SEC

struct lead {
	char *folder, *mount;
	mounts_lead_fn *check;
	uint64_t until_usec; /* then it is checked again */
	bool gone; /* not told yet */
	struct lead *next;
};

/* The lock guards all but `told` to `timer`, which are the loop's. */
static struct {
	pthread_mutex_t lock;
	struct mount_table table;
	struct mount_memory memory;
	struct lead *first;
	unsigned count;
	atomic_uint noted;
	atomic_bool any;
	unsigned told; /* `noted` when MOUNT_WAITS was told last */
	struct loop *loop;
	mounts_leads_due_fn *due;
	struct loop_timer *timer;
} leads = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local bool is_worker;

void mounts_leads_worker(void)
{
	is_worker = true;
}

bool mounts_any(void)
{
	return leads.any;
}

/* The mount of the name, which the caller frees. */
static char *mount_of(const char *name)
{
	const char *folder;
	char *copy = NULL;

	if (leads.any) {
		pthread_mutex_lock(&leads.lock);
		for (size_t i = 0; i < COUNT_OF(leads.memory.local); i++) {
			leads.memory.local[i].until_usec = 0; /* a link may be new */
		}
		folder = mount_find(&leads.table, &leads.memory, name);
		copy = folder ? mem_strdup(folder) : NULL;
		pthread_mutex_unlock(&leads.lock);
	}
	return copy;
}

bool mounts_may_read(const char *name)
{
	_cleanup_free_ char *mount = is_worker ? NULL : mount_of(name);

	return !mount;
}

bool mounts_is_on(const char *name)
{
	bool on = false;

	if (leads.any) {
		pthread_mutex_lock(&leads.lock);
		on = mount_table_find(&leads.table, name);
		pthread_mutex_unlock(&leads.lock);
	}
	return on;
}

void mounts_copy(struct mount_table *table)
{
	pthread_mutex_lock(&leads.lock);
	mount_table_copy(table, &leads.table);
	pthread_mutex_unlock(&leads.lock);
}

void mounts_find(
	struct loop *loop, char *const *names, size_t count, mounts_found_fn *found, void *userdata)
{
	pthread_mutex_lock(&leads.lock);
	mount_find_many(loop, &leads.table, names, count, found, userdata);
	pthread_mutex_unlock(&leads.lock);
}

int mounts_stat_near(const char *name, struct stat *st)
{
	if (!is_worker && mounts_is_on(name)) {
		errno = EAGAIN;
		return -1;
	}
	if (lstat(name, st) < 0) {
		return -1;
	}
	if (!S_ISLNK(st->st_mode)) {
		return 0;
	}
	if (!mounts_may_read(name)) {
		errno = EAGAIN;
		return -1;
	}
	return stat(name, st);
}

void mounts_lead_add(const char *folder, const char *name, mounts_lead_fn *check)
{
	_cleanup_free_ char *mount = mount_of(name);
	struct lead *lead;

	if (!mount) {
		return; /* it was unmounted meanwhile */
	}
	pthread_mutex_lock(&leads.lock);
	for (lead = leads.first; lead && strcmp(lead->folder, folder) != 0;) {
		lead = lead->next;
	}
	if (!lead && leads.count < LEADS_MAX) {
		lead = mem_new(struct lead);
		*lead = (struct lead){.folder = mem_strdup(folder),
			.mount = mem_steal(mount),
			.check = check,
			.gone = true,
			.next = leads.first};
		leads.first = lead;
		leads.count++;
	}
	if (lead) {
		leads.noted += lead->gone;
		lead->gone = false;
		lead->until_usec = clock_now_usec() + LEAD_USEC;
	}
	pthread_mutex_unlock(&leads.lock);
}

unsigned mounts_lead_count(void)
{
	return leads.noted;
}

static void lead_free(struct lead *lead)
{
	free(lead->folder);
	free(lead->mount);
	free(lead);
}

/* Called with the lock held, which check() is called without: only the loop removes leads. */
static bool lead_is_current(struct lead *lead)
{
	uint64_t now = clock_now_usec();
	_cleanup_free_ char *name = NULL, *mount = NULL;

	if (lead->gone || now < lead->until_usec) {
		return !lead->gone;
	}
	pthread_mutex_unlock(&leads.lock);
	name = lead->check(lead->folder);
	mount = name ? mount_of(name) : NULL;
	pthread_mutex_lock(&leads.lock);
	lead->until_usec = now + LEAD_USEC;
	if (!mount) {
		lead->gone = true;
		loop_timer_set(leads.timer, now);
	} else if (strcmp(mount, lead->mount) != 0) {
		free(lead->mount);
		lead->mount = mem_steal(mount);
	}
	return !lead->gone;
}

void mounts_tell_again(void)
{
	if (leads.timer && leads.any) {
		loop_timer_set(leads.timer, clock_now_usec());
	}
}

const char *mounts_leads_find(const char *name)
{
	const char *mount = NULL;

	if (!leads.noted || !leads.loop) {
		return NULL;
	}
	if (leads.told != leads.noted) {
		leads.told = leads.noted;
		mounts_tell_again();
	}
	pthread_mutex_lock(&leads.lock);
	for (struct lead *lead = leads.first; lead && !mount; lead = lead->next) {
		if (pathname_is_below(name, lead->folder) && lead_is_current(lead)) {
			mount = lead->mount;
		}
	}
	pthread_mutex_unlock(&leads.lock);
	return mount;
}

bool mounts_leads_to(const char *name, const char *mount)
{
	bool found = pathname_is_below(name, mount);

	pthread_mutex_lock(&leads.lock);
	for (struct lead *lead = leads.first; lead && !found; lead = lead->next) {
		found = pathname_is_below(name, lead->folder) && strcmp(lead->mount, mount) == 0;
	}
	pthread_mutex_unlock(&leads.lock);
	return found;
}

/* The lead that is gone, out of the list; NULL: there is none. */
static struct lead *take_gone(void)
{
	struct lead **at, *lead;

	pthread_mutex_lock(&leads.lock);
	for (at = &leads.first; *at && !(*at)->gone;) {
		at = &(*at)->next;
	}
	lead = *at;
	if (lead) {
		*at = lead->next;
		leads.count--;
	}
	pthread_mutex_unlock(&leads.lock);
	return lead;
}

static void on_due(void *userdata)
{
	struct lead *lead;

	while ((lead = take_gone())) {
		leads.due(lead->folder);
		lead_free(lead);
	}
	leads.due(NULL);
}

void mounts_leads_new(struct loop *loop, mounts_leads_due_fn *due)
{
	leads.loop = loop;
	leads.due = due;
	leads.timer = loop_timer_new(loop, on_due, NULL);
}

void mounts_leads_free(void)
{
	struct lead *next;

	loop_timer_free(mem_steal(leads.timer));
	leads.loop = NULL;
	for (struct lead *lead = leads.first; lead; lead = next) {
		next = lead->next;
		lead_free(lead);
	}
	leads.first = NULL;
	leads.count = 0;
	mounts_leads_table(&(struct mount_table){0});
}

void mounts_leads_table(const struct mount_table *table)
{
	pthread_mutex_lock(&leads.lock);
	mount_table_clear(&leads.table);
	mount_table_copy(&leads.table, table);
	leads.any = table->count > 0;
	for (struct lead *lead = leads.first; lead; lead = lead->next) {
		lead->until_usec = 0;
	}
	pthread_mutex_unlock(&leads.lock);
}
