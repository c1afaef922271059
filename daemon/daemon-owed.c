/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include "project/finder.h"
#include "util/clock.h"
#include "util/mem.h"

/*
 * Events that were acknowledged and still waited when the previous daemon ended: their tabs are
 * reloaded once these are connected again. Until then they stay in the journal.
 */

/* Within this time, browsers connect to a new daemon again and report their tabs. */
#define OWED_USEC (30 * CLOCK_USEC_PER_SEC)
#define OWED_TABS_USEC (CLOCK_USEC_PER_SEC / 2)

/* The project of an event that is owed; NULL: none, or its mount has to answer first. */
static struct project *project_of(struct daemon *daemon, const char *root)
{
	return mounts_ready(root) ? finder_find(daemon->registry, root, NULL) : NULL;
}

static void on_each_owed(uint64_t serial, const char *root, void *userdata)
{
	struct project *project = project_of(userdata, root);

	if (project) {
		project->owed = serial;
	}
}

void daemon_read_owed(struct daemon *daemon)
{
	if (journal_read(daemon->journal)) {
		daemon->owed_until_usec = clock_now_usec() + OWED_USEC;
		loop_timer_set(daemon->owed, daemon->owed_until_usec);
		journal_each_owed(daemon->journal, on_each_owed, daemon);
	}
}

void daemon_expect_tabs(struct daemon *daemon)
{
	loop_timer_set(daemon->owed, clock_now_usec() + OWED_TABS_USEC);
}

/* Returns whether the event is no longer owed. */
static bool show_owed(uint64_t serial, const char *root, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, root);
	bool last = clock_now_usec() >= daemon->owed_until_usec;
	_cleanup_free_ char *what = NULL;

	if (!project) {
		return last && mounts_ready(root);
	}
	if (!project->tab_count && !last) {
		return false;
	}
	if (project->owed) { /* otherwise it was reloaded just now, for another event */
		project->owed = 0;
		what = mem_printf(
			"event %llu waited when savecastd ended", (unsigned long long)serial);
		pipeline_reload(daemon->pipeline, project, what);
	}
	return true;
}

void daemon_show_owed(struct daemon *daemon)
{
	journal_each_owed(daemon->journal, on_each_owed, daemon);
	journal_settle(daemon->journal, show_owed, daemon);
}

void on_owed(void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_show_owed(daemon);
	if (clock_now_usec() < daemon->owed_until_usec) {
		loop_timer_set(daemon->owed, daemon->owed_until_usec);
	}
}
