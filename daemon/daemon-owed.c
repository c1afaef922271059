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
/* Further browsers follow the first one: each tries every half a second. */
#define OWED_TABS_USEC CLOCK_USEC_PER_SEC

static void wake_at(struct daemon *daemon, uint64_t at_usec)
{
	if (at_usec < daemon->owed_due_usec) {
		daemon->owed_due_usec = at_usec;
		loop_timer_set(daemon->owed, at_usec);
	}
}

void daemon_expect_tabs(struct daemon *daemon, struct project *project)
{
	project->owed_at_usec = clock_now_usec() + OWED_TABS_USEC;
	wake_at(daemon, project->owed_at_usec);
}

/* The project of an event that is owed; NULL: none, or its mount has to answer first. */
static struct project *project_of(struct daemon *daemon, const char *root)
{
	return mounts_ready(root) ? finder_find(daemon->registry, root, NULL) : NULL;
}

static void on_each_owed(uint64_t serial, const char *root, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, root);

	if (project && !project->owed) {
		project->owed = serial;
		daemon_expect_tabs(daemon, project);
	}
}

void daemon_expect_owed(struct daemon *daemon)
{
	if (journal_owes(daemon->journal)) {
		daemon->owed_until_usec = clock_now_usec() + OWED_USEC;
		daemon->owed_due_usec = CLOCK_NEVER;
		wake_at(daemon, daemon->owed_until_usec);
		journal_each_owed(daemon->journal, on_each_owed, daemon);
	}
}

/* Returns whether the event is no longer owed. */
static bool show_owed(uint64_t serial, const char *root, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, root);
	uint64_t now = clock_now_usec();
	bool last = now >= daemon->owed_until_usec;
	_cleanup_free_ char *what = NULL;

	if (!project) {
		return last && mounts_ready(root);
	}
	if (!last && (!project->tab_count || now < project->owed_at_usec)) {
		wake_at(daemon, now < project->owed_at_usec ? project->owed_at_usec
							    : daemon->owed_until_usec);
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

	daemon->owed_due_usec = CLOCK_NEVER;
	daemon_show_owed(daemon);
}
