/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include "project/finder.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"

/*
 * Events that were acknowledged and still waited when the previous daemon ended. For each, an event
 * of this daemon is opened at once: the tabs are reloaded once they are connected again. Until then
 * it stays in the journal. A browser that
 * connects later than the others gets a reload of its own.
 */

/* Within this time, browsers connect to a new daemon again and report their tabs. */
enum { OWED_SECONDS = 30 };
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
static struct project *project_of(struct daemon *daemon, const struct journal_entry *entry)
{
	return mounts_ready(entry->root) ? finder_find(daemon->registry, entry->root, NULL) : NULL;
}

static void tell_files(struct daemon *daemon, const struct journal_entry *entry, uint64_t event)
{
	for (size_t i = 0; i < entry->files_kept; i++) {
		ledger_file(daemon->ledger, event, entry->files[i]);
	}
	ledger_more_files(daemon->ledger, event, entry->file_count - entry->files_kept);
}

/* The steps of the event that logs it. The journal ignores them: the entry is in it already. */
static void tell_steps(struct daemon *daemon, const struct journal_entry *entry,
	const struct project *project, uint64_t event)
{
	uint64_t now = clock_now_usec();

	daemon->owed_opening = true;
	ledger_step(daemon->ledger, event, now, STEP_HEARD, NULL,
		"event %llu waited when savecastd ended", (unsigned long long)entry->serial);
	if (project) {
		ledger_step(daemon->ledger, event, now, STEP_WAITING, NULL,
			"for a browser that shows the project, at most %d s", OWED_SECONDS);
	} else {
		_cleanup_free_ char *name = pathname_to_text(entry->root);

		ledger_step(daemon->ledger, event, now, STEP_HELD, NULL,
			mounts_ready(entry->root) ? "%s: no project is known"
						  : "%s: its mount does not answer",
			name);
	}
	daemon->owed_opening = false;
}

static void tell_as(struct daemon *daemon, struct journal_entry *entry, uint64_t event)
{
	if (entry->event) {
		pipeline_save_done(daemon->pipeline, entry->event, event);
	}
	entry->event = event;
}

/* Opens the event that logs it; `project` is NULL if it is not known. */
static void open_event(struct daemon *daemon, struct journal_entry *entry, struct project *project)
{
	uint64_t event = ledger_open(daemon->ledger, EVENT_RELOAD, project ? project->root : NULL,
		clock_now_usec(), clock_usec(CLOCK_REALTIME));

	tell_files(daemon, entry, event);
	tell_steps(daemon, entry, project, event);
	tell_as(daemon, entry, event);
}

static void on_each_owed(struct journal_entry *entry, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, entry);

	if (!project) {
		if (!entry->event) {
			open_event(daemon, entry, NULL);
		}
	} else if (!project->owed.event && !project->owed.shown) {
		open_event(daemon, entry, project);
		project->owed.event = entry->serial;
		project->owed.opened = entry->event;
		expect_tabs(daemon, project);
	} else if (entry->event != project->owed.opened) {
		/* Another one, of which only a file was known. */
		tell_files(daemon, entry, project->owed.opened);
		tell_as(daemon, entry, project->owed.opened);
	}
}

void daemon_expect_owed(struct daemon *daemon)
{
	if (journal_owes(daemon->journal)) {
		daemon->owed_until_usec = clock_now_usec() + OWED_SECONDS * CLOCK_USEC_PER_SEC;
		daemon->owed_due_usec = CLOCK_NEVER;
		wake_at(daemon, daemon->owed_until_usec);
		journal_each_owed(daemon->journal, on_each_owed, daemon);
	}
}

/* Sends the event to all of the project's tabs, or to those of browsers that came later. */
static void send_owed(struct daemon *daemon, struct project *project)
{
	struct project_owed *owed = &project->owed;
	bool again = owed->shown;
	_cleanup_free_ char *what = mem_printf(
		"event %llu waited when savecastd ended", (unsigned long long)owed->event);

	owed->shown = owed->event;
	owed->event = 0;
	if (again) {
		pipeline_reload(daemon->pipeline, project, what, owed->told);
	} else {
		pipeline_send(daemon->pipeline, project, owed->opened);
	}
	owed->told = last_browser(project);
}

/* Returns whether the event has been shown, to all or to those browsers that came later. */
static bool show(struct daemon *daemon, struct project *project)
{
	struct project_owed *owed = &project->owed;
	uint64_t now = clock_now_usec();
	bool last = now >= daemon->owed_until_usec;

	if (!last && (!project->tab_count || now < owed->at_usec)) {
		wake_at(daemon, now < owed->at_usec ? owed->at_usec : daemon->owed_until_usec);
		return false;
	}
	send_owed(daemon, project);
	return true;
}

/* Returns whether the event is no longer owed. */
static bool show_owed(const struct journal_entry *entry, void *userdata)
{
	struct daemon *daemon = userdata;
	struct project *project = project_of(daemon, entry);

	if (project) {
		return !project->owed.event || show(daemon, project);
	}
	if (clock_now_usec() < daemon->owed_until_usec || !mounts_ready(entry->root)) {
		return false;
	}
	ledger_close(daemon->ledger, entry->event);
	ledger_step(daemon->ledger, entry->event, clock_now_usec(), STEP_NO_PROJECT, NULL,
		"the project is not known any more");
	return true;
}

static bool is_told_by(const struct journal_entry *entry, void *userdata)
{
	const struct project_owed *owed = userdata;

	return entry->event == owed->opened;
}

void daemon_forget_owed(struct daemon *daemon, struct project *project)
{
	struct project_owed *owed = &project->owed;

	if (owed->event && !owed->shown) {
		ledger_close(daemon->ledger, owed->opened);
		ledger_step(daemon->ledger, owed->opened, clock_now_usec(), STEP_NO_PROJECT, NULL,
			"the project was untracked");
		journal_settle(daemon->journal, is_told_by, owed);
	}
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
