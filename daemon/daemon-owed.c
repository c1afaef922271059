/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include "project/finder.h"
#include "util/clock.h"
#include "util/mem.h"

/*
 * Events that were acknowledged and still waited when the previous daemon ended: their tabs are
 * reloaded once these are connected again. Until then they stay in the journal. A browser that
 * connects later than the others gets a reload of its own.
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

static void expect_tabs(struct daemon *daemon, struct project *project)
{
	project->owed.at_usec = clock_now_usec() + OWED_TABS_USEC;
	wake_at(daemon, project->owed.at_usec);
}

/* The number of the browser of its tabs that connected last. */
static uint32_t last_browser(const struct project *project)
{
	uint32_t last = 0;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		uint32_t number = browser_number(tab->browser);

		last = number > last ? number : last;
	}
	return last;
}

void daemon_tabs_changed(struct daemon *daemon, struct project *project)
{
	struct project_owed *owed = &project->owed;

	if (owed->shown && clock_now_usec() >= daemon->owed_until_usec) {
		owed->shown = 0;
	}
	if (owed->shown && last_browser(project) > owed->told) {
		owed->event = owed->shown;
	}
	if (owed->event && project->tab_count) {
		expect_tabs(daemon, project);
	}
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

	if (project && !project->owed.event && !project->owed.shown) {
		project->owed.event = serial;
		expect_tabs(daemon, project);
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

/* Returns whether the event has been shown, to all or to those browsers that came later. */
static bool show(struct daemon *daemon, struct project *project)
{
	struct project_owed *owed = &project->owed;
	uint64_t now = clock_now_usec();
	bool last = now >= daemon->owed_until_usec;
	_cleanup_free_ char *what = NULL;

	if (!last && (!project->tab_count || now < owed->at_usec)) {
		wake_at(daemon, now < owed->at_usec ? owed->at_usec : daemon->owed_until_usec);
		return false;
	}
	what = mem_printf(
		"event %llu waited when savecastd ended", (unsigned long long)owed->event);
	owed->shown = owed->event;
	owed->event = 0;
	pipeline_reload(daemon->pipeline, project, what, owed->told);
	owed->told = last_browser(project);
	return true;
}

/* Returns whether the event is no longer owed. */
static bool show_owed(uint64_t serial, const char *root, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, root);

	if (!project) {
		return clock_now_usec() >= daemon->owed_until_usec && mounts_ready(root);
	}
	return !project->owed.event || show(daemon, project);
}

void daemon_show_owed(struct daemon *daemon)
{
	journal_each_owed(daemon->journal, on_each_owed, daemon);
	journal_settle(daemon->journal, show_owed, daemon);
	/* Those that were shown to other browsers before are no longer in the journal. */
	for (size_t i = 0; i < registry_count(daemon->registry); i++) {
		struct project *project = registry_at(daemon->registry, i);

		if (project->owed.event) {
			show(daemon, project);
		}
	}
}

void on_owed(void *userdata)
{
	struct daemon *daemon = userdata;

	daemon->owed_due_usec = CLOCK_NEVER;
	daemon_show_owed(daemon);
}
