/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The ledger records what happened to each event. It gives an event its serial number, and
 * each part of the daemon adds steps, which `savecast log` and `why` show. It keeps in memory
 * the last LEDGER_EVENTS_MAX events, each with at most LEDGER_STEPS_MAX steps, of which the
 * last one says how the event ended. Pure: time is an argument.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LEDGER_EVENTS_MAX = 256,
	LEDGER_STEPS_MAX = 256,
	LEDGER_FILES_MAX = 16, /* names kept for display */
	LEDGER_TEXT_MAX = 512, /* bytes of a step's text */
};

enum event_source {
	EVENT_SAVE,
	EVENT_RELOAD, /* a caller asked for it; nothing was saved */
	EVENT_SERVER, /* a server has started with new code */
	EVENT_GIT,    /* a git command changed the work tree or the index */
	EVENT_OUTPUT, /* a build wrote its output */
	EVENT_BUILD,  /* a command that held the project failed */
	EVENT_DISK,   /* files changed on disk, and no editor has reported it */
};

/* Words of the D-Bus API: see ListEvents in protocol/. Add new ones at the end. */
enum step_kind {
	STEP_HEARD,
	STEP_JOINED,
	STEP_LEFT,
	STEP_NO_PROJECT,
	STEP_NO_TAB,
	STEP_CAST,
	STEP_RELOADING,
	STEP_LOADED,
	STEP_FAILED,
	STEP_SKIPPED,
	STEP_GONE,
	STEP_WAITING,
	STEP_DOWN,
	STEP_READY,
	STEP_SWAPPED,
	STEP_UNUSED,
	STEP_PENDING,
	STEP_IGNORED,
	STEP_UNCHANGED,
	STEP_HELD,
	STEP_BUILD_FAILED,
	STEP_SAID,
	STEP_PROBLEM,
	STEP_PATCHED,
	STEP_STAYS,
	STEP_KINDS,
};

struct step {
	uint64_t at_usec; /* since the event started */
	enum step_kind kind;
	bool in_tab;	 /* if true, browser and tab say where */
	uint32_t browser;
	uint64_t tab;
	bool in_frame; /* the tab is a frame, in the tab `top` */
	uint64_t top;
	size_t text; /* offset in the event's texts; see step_text() */
};

struct event {
	uint64_t serial; /* from 1 */
	enum event_source source;
	char *root; /* the project's root, or NULL */
	char *files[LEDGER_FILES_MAX];
	size_t files_kept;
	size_t file_count;
	uint64_t started_usec;
	uint64_t wall_usec; /* the same moment by CLOCK_REALTIME */
	struct step *steps;
	size_t step_count;
	char *texts; /* of all steps, one after the other, each with its NUL */
	size_t texts_length, texts_size;
	unsigned awaited; /* tabs that have not reported a final step yet */
	bool closed;
};

struct ledger;

/* Called after a step was added; `event` and `step` belong to the ledger. */
typedef void ledger_step_fn(
	const struct event *event, const struct step *step, void *userdata);

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);
void ledger_listen(struct ledger *ledger, ledger_step_fn *told, void *userdata);

/* UTF-8, for display; may be empty. Valid until the event gets its next step. */
const char *step_text(const struct event *event, const struct step *step);

/* Creates an event; `root` may be NULL. Returns its serial number. */
uint64_t ledger_open(struct ledger *ledger, enum event_source source, const char *root,
	uint64_t now_usec, uint64_t wall_usec);

/* Adds a file to an event. */
void ledger_file(struct ledger *ledger, uint64_t serial, const char *name);
/* The event has `count` files more, whose names are not known. */
void ledger_more_files(struct ledger *ledger, uint64_t serial, size_t count);

/* The tab in which a step happened. */
struct step_place {
	uint32_t browser;
	uint64_t tab;
	bool in_frame; /* it is a frame, in the tab `top` */
	uint64_t top;
};

/*
 * Adds a step; `place` is NULL unless it happened in one tab. Ignores an unknown serial
 * number.
 */
void ledger_step(struct ledger *ledger, uint64_t serial, uint64_t now_usec, enum step_kind kind,
	const struct step_place *place, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* The event was sent to this many tabs, which will report a final step. */
void ledger_await(struct ledger *ledger, uint64_t serial, unsigned tabs);
/*
 * One of these tabs has sent its final report; the last one ends the event. To be called
 * before adding that tab's last step.
 */
void ledger_arrived(struct ledger *ledger, uint64_t serial);
/* The event ends without a report of a tab. To be called before adding its last step. */
void ledger_close(struct ledger *ledger, uint64_t serial);

/* 0 before the first event. */
uint64_t ledger_last(const struct ledger *ledger);
/* NULL if the event is not kept (any more). Valid until the ledger changes. */
const struct event *ledger_find(const struct ledger *ledger, uint64_t serial);

const char *event_source_name(enum event_source source);
const char *step_kind_name(enum step_kind kind);
/* Whether a tab reports it, in a `report` message. */
bool step_kind_is_of_tab(enum step_kind kind);
