/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "pipeline/fileset.h"
#include "pipeline/intake.h"
#include "pipeline/ledger.h"
#include "project/project.h"
#include "util/loop.h"

/*
 * The way of a save through the daemon: which project, did a byte change, is
 * anything holding it, does it leave at once or with the rest of its burst, then
 * out to the tabs. Every source enters here and gets the event's serial number
 * back.
 */

struct pipeline;

/* An event leaves: tell the project's tabs. `files` is NULL if nothing was saved. */
typedef void pipeline_leave_fn(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata);

struct pipeline *pipeline_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct ledger *ledger, pipeline_leave_fn *leave, void *userdata);
void pipeline_free(struct pipeline *pipeline);

/*
 * Files were saved; names as pathname_from_text() gives them, at least one. One
 * event for each project concerned, one for the files that are in none, and
 * one for those that a project ignores; returns the event of the first file, of
 * those that are not ignored if there are some. Files that hold what was announced
 * last are left out, and an event without others ends as "unchanged". Sources alone wait
 * for the output that is made from them; see output-wait.h.
 */
uint64_t pipeline_saved(struct pipeline *pipeline, char *const *names, size_t count);

/* What a source of its own found out about files of one project. */
struct pipeline_change {
	const char *name;
	struct content_mark mark; /* what the file holds now */
};

/*
 * A source saw that these files of the project changed, and `count` in all (more
 * than `kept` if it did not keep all names). They are compared with nothing, but
 * remembered. `what` is the text of the event's first step. Returns 0 if the
 * project's rules ignore them all.
 */
uint64_t pipeline_changed(struct pipeline *pipeline, struct project *project,
	enum event_source source, const struct pipeline_change *changes, size_t kept, size_t count,
	const char *what);

/*
 * The same in pieces, for who has thousands: each change is taken by itself, which
 * returns whether the rules let it pass, and then they leave as one. The project must
 * be held from the first to the last.
 */
bool pipeline_add_change(
	struct pipeline *pipeline, struct project *project, const struct pipeline_change *change);
/* At least one has passed, or there are `more`, whose names were not kept, or nothing is known. */
uint64_t pipeline_finish_changes(struct pipeline *pipeline, struct project *project,
	enum event_source source, size_t more, const char *what);

/* A build wrote outputs of the project, with the bytes that they had. */
void pipeline_output_unchanged(struct pipeline *pipeline, struct project *project);

/* What was announced of each file, for sources to compare with. */
struct content_memory *pipeline_contents(struct pipeline *pipeline);

/* Somebody asks for a reload of the project's tabs. */
uint64_t pipeline_reload(struct pipeline *pipeline, struct project *project);

/*
 * The project's events are kept from here, until as many calls of pipeline_release()
 * or pipeline_fail(), and then leave as one. `why` is said in the story of what waits.
 */
void pipeline_hold(struct pipeline *pipeline, struct project *project, const char *why);
void pipeline_release(struct pipeline *pipeline, struct project *project);
/* Why the project is held, in the words of the last hold, which may be none (""); NULL: it is not held. */
const char *pipeline_held_by(const struct project *project);
/* A hold ends and what it kept stays: as the daemon itself ends. */
void pipeline_drop_hold(struct project *project);

/*
 * As pipeline_release(), but what was waited for has failed: nothing leaves, the page
 * stays. `what` says what failed and how, `said` its last words, of which at most
 * PIPELINE_SAID_MAX lines are kept; both UTF-8. Returns the event that tells of it.
 * What was kept counts as never announced, so that the same bytes can come again.
 */
enum { PIPELINE_SAID_MAX = 12 };
uint64_t pipeline_fail(
	struct pipeline *pipeline, struct project *project, const char *what, const char *said);

/* The build that held the project went well; call it before pipeline_release(). */
void pipeline_build_passed(struct pipeline *pipeline, struct project *project);

/* Told when a build of the project has failed, and when the next one went well: see project->failure. */
typedef void pipeline_build_fn(struct project *project, void *userdata);
void pipeline_on_build(struct pipeline *pipeline, pipeline_build_fn *told, void *userdata);

/* The project is about to be forgotten: what waits for it is closed. */
void pipeline_forget(struct pipeline *pipeline, struct project *project);
