/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "pipeline/fileset.h"
#include "pipeline/intake.h"
#include "pipeline/ledger.h"
#include "project/project.h"
#include "util/loop.h"

/*
 * The steps of a save in the daemon: find its project, check whether a byte changed, check
 * whether something holds it back, send it at once or together with the rest of its burst
 * to the tabs. Every source of saves calls one of these functions and gets the serial
 * number of the event.
 */

struct pipeline;

/* Called when an event is sent to the project's tabs. `files` is NULL if nothing was saved. */
typedef void pipeline_send_fn(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata);

struct pipeline *pipeline_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct ledger *ledger, pipeline_send_fn *send, void *userdata);
void pipeline_free(struct pipeline *pipeline);

/*
 * Files were saved; names as pathname_from_text() returns them, at least one. Creates one
 * event for each project concerned, one for the files that are in no project, and one for
 * those that a project ignores. Returns the event of the first file that is not ignored, or
 * of the first file if all are. Files with the contents that were announced last are left
 * out; if none remains, the event ends as "unchanged". If only sources were saved, they
 * wait for the output that is made from them; see output-wait.h. `looks`, one for each name,
 * has the files' state on disk; NULL: reads it now.
 */
uint64_t pipeline_saved(struct pipeline *pipeline, char *const *names, size_t count,
	const struct intake_look *looks);

/*
 * pipeline_saved() in pieces, for callers that have thousands of files: pipeline_call_take() takes
 * some of them, pipeline_call_finish() frees the call and returns the event.
 */
struct pipeline_call;
struct pipeline_call *pipeline_call_new(struct pipeline *pipeline);
void pipeline_call_take(struct pipeline_call *call, char *const *names, size_t count,
	const struct intake_look *looks);
uint64_t pipeline_call_finish(struct pipeline_call *call);
/* Without an event: the daemon ends. */
void pipeline_call_free(struct pipeline_call *call);

/*
 * The disk does not answer yet: creates an event that says so and returns it. When the save has
 * been handled, as another event, pipeline_save_done() closes this one.
 */
uint64_t pipeline_save_waits(
	struct pipeline *pipeline, char *const *names, size_t count, const char *why);
void pipeline_save_done(struct pipeline *pipeline, uint64_t waited, uint64_t event);

/*
 * Called before saved files are inspected, so that changes on disk are handled first. NULL:
 * none.
 */
typedef void pipeline_before_fn(void *userdata);
void pipeline_before_saved(struct pipeline *pipeline, pipeline_before_fn *before, void *userdata);

/* A change in one project that a source has found itself. */
struct pipeline_change {
	const char *name;
	struct content_mark mark; /* the present contents of the file */
};

/*
 * A source reports that these files of the project changed, `count` in total (more than
 * `kept` if it did not keep all names). Their contents are not compared with earlier ones, but
 * remembered. `what` is the text of the event's first step. Returns 0 if the project's rules
 * ignore all files.
 */
uint64_t pipeline_changed(struct pipeline *pipeline, struct project *project,
	enum event_source source, const struct pipeline_change *changes, size_t kept, size_t count,
	const char *what);

/*
 * Files changed on disk (EVENT_DISK), or git changed them (EVENT_GIT), and the rules accept
 * them. As with pipeline_saved(), a change of only sources waits for their output, and
 * projects that include a file get an event too. If an editor reports the same save, it is
 * part of this event.
 */
void pipeline_wrote(struct pipeline *pipeline, struct project *project, enum event_source source,
	const struct pipeline_change *changes, size_t kept, size_t count, const char *what);

/*
 * The same as pipeline_changed() in pieces, for callers that have thousands of changes.
 * pipeline_add_change() takes one change and returns whether the rules accept it.
 * pipeline_finish_changes() sends all as one event. The project must be held from the first of
 * these calls to the last.
 */
bool pipeline_add_change(
	struct pipeline *pipeline, struct project *project, const struct pipeline_change *change);
/*
 * To be called if at least one change was accepted, if there are `more` changes without names, or
 * if it is not known what changed.
 */
uint64_t pipeline_finish_changes(struct pipeline *pipeline, struct project *project,
	enum event_source source, size_t more, const char *what);

/* A build wrote outputs of the project without changing a byte. */
void pipeline_output_unchanged(struct pipeline *pipeline, struct project *project);

/* The contents of each file that were announced last, for sources to compare with. */
struct content_memory *pipeline_contents(struct pipeline *pipeline);

/*
 * Whether an event may have made a tab load files of the project between these two times: then the
 * tab may show contents that the files had only in between.
 */
bool pipeline_was_loading(const struct pipeline *pipeline, const struct project *project,
	uint64_t from_usec, uint64_t until_usec);

/*
 * A caller asks for a reload of the project's tabs: of all (0), or of those whose browser connected
 * after the one with this number.
 */
uint64_t pipeline_reload(
	struct pipeline *pipeline, struct project *project, const char *what, uint32_t after);

/* Sends an event that the caller has opened: the project's tabs are reloaded. */
void pipeline_send(struct pipeline *pipeline, struct project *project, uint64_t serial);

/*
 * Holds the project's events back until pipeline_release() or pipeline_fail() was called as
 * often as this, then sends them as one event. `why` is shown in the log of the held event.
 */
void pipeline_hold(struct pipeline *pipeline, struct project *project, const char *why);
void pipeline_release(struct pipeline *pipeline, struct project *project);
/*
 * Why the project is held: the reason of the latest hold, which may be ""; NULL: it is not
 * held.
 */
const char *pipeline_held_by(const struct project *project);
/* Ends a hold without sending what waits: for the end of the daemon. */
void pipeline_drop_hold(struct project *project);

/*
 * Like pipeline_release(), but the build has failed: nothing is sent and the page stays as
 * it is. `what` says what failed and how; `said` is its last output, of which at most
 * PIPELINE_SAID_MAX lines are kept; both are UTF-8. Returns the event that records the
 * failure. What was held back counts as never announced, so that the same bytes are a
 * change when they are saved again.
 */
enum { PIPELINE_SAID_MAX = 12 };
uint64_t pipeline_fail(
	struct pipeline *pipeline, struct project *project, const char *what, const char *said);

/* The build that held the project succeeded; call this before pipeline_release(). */
void pipeline_build_passed(struct pipeline *pipeline, struct project *project);

/*
 * Called when a build of the project failed, and when the next one succeeded: see
 * project->failure.
 */
typedef void pipeline_build_fn(struct project *project, void *userdata);
void pipeline_on_build(struct pipeline *pipeline, pipeline_build_fn *told, void *userdata);

/*
 * Called when an event is held back to be combined with the saves that follow, or gets more files
 * while it waits for an output; no step of it shows that.
 */
typedef void pipeline_wait_fn(uint64_t serial, void *userdata);
void pipeline_on_wait(struct pipeline *pipeline, pipeline_wait_fn *told, void *userdata);

/* The project is about to be forgotten: ends the event that waits for it. */
void pipeline_forget(struct pipeline *pipeline, struct project *project);
