/* SPDX-License-Identifier: MIT */
#include "pipeline/ledger.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/mem.h"
#include "util/utf8.h"

struct ledger {
	struct event ring[LEDGER_EVENTS_MAX]; /* serial N is at N % LEDGER_EVENTS_MAX */
	uint64_t last;
	ledger_step_fn *told;
	void *userdata;
};

const char *event_source_name(enum event_source source)
{
	static const char *const names[] = {
		[EVENT_SAVE] = "save",
		[EVENT_RELOAD] = "reload",
		[EVENT_SERVER] = "server",
		[EVENT_GIT] = "git",
		[EVENT_OUTPUT] = "output",
		[EVENT_BUILD] = "build",
		[EVENT_DISK] = "disk",
	};

	return names[source];
}

static const struct {
	const char *name;
	bool is_of_tab;
} step_kinds[] = {
	[STEP_HEARD] = {"heard"},
	[STEP_JOINED] = {"joined"},
	[STEP_LEFT] = {"left"},
	[STEP_NO_PROJECT] = {"no-project"},
	[STEP_NO_TAB] = {"no-tab"},
	[STEP_CAST] = {"cast"},
	[STEP_RELOADING] = {"reloading", true},
	[STEP_LOADED] = {"loaded", true},
	[STEP_FAILED] = {"failed", true},
	[STEP_SKIPPED] = {"skipped", true},
	[STEP_GONE] = {"gone"},
	[STEP_WAITING] = {"waiting"},
	[STEP_DOWN] = {"down"},
	[STEP_READY] = {"ready"},
	[STEP_SWAPPED] = {"swapped", true},
	[STEP_UNUSED] = {"unused", true},
	[STEP_PENDING] = {"pending", true},
	[STEP_IGNORED] = {"ignored"},
	[STEP_UNCHANGED] = {"unchanged"},
	[STEP_HELD] = {"held"},
	[STEP_BUILD_FAILED] = {"build-failed"},
	[STEP_SAID] = {"said"},
	[STEP_PROBLEM] = {"problem"},
	[STEP_PATCHED] = {"patched", true},
	[STEP_STAYS] = {"stays", true},
};

const char *step_kind_name(enum step_kind kind)
{
	return step_kinds[kind].name;
}

bool step_kind_is_of_tab(enum step_kind kind)
{
	return step_kinds[kind].is_of_tab;
}

static void event_clear(struct event *event)
{
	for (size_t i = 0; i < event->files_kept; i++) {
		free(event->files[i]);
	}
	free(event->steps);
	free(event->texts);
	free(event->root);
	*event = (struct event){0};
}

struct ledger *ledger_new(void)
{
	return mem_new(struct ledger);
}

void ledger_free(struct ledger *ledger)
{
	if (ledger) {
		for (size_t i = 0; i < LEDGER_EVENTS_MAX; i++) {
			event_clear(&ledger->ring[i]);
		}
		free(ledger);
	}
}

void ledger_listen(struct ledger *ledger, ledger_step_fn *told, void *userdata)
{
	ledger->told = told;
	ledger->userdata = userdata;
}

static struct event *ledger_event(struct ledger *ledger, uint64_t serial)
{
	struct event *event = &ledger->ring[serial % LEDGER_EVENTS_MAX];

	return serial && event->serial == serial ? event : NULL;
}

const struct event *ledger_find(const struct ledger *ledger, uint64_t serial)
{
	return ledger_event((struct ledger *)ledger, serial);
}

uint64_t ledger_last(const struct ledger *ledger)
{
	return ledger->last;
}

uint64_t ledger_open(struct ledger *ledger, enum event_source source, const char *root,
	uint64_t now_usec, uint64_t wall_usec)
{
	uint64_t serial = ++ledger->last;
	struct event *event = &ledger->ring[serial % LEDGER_EVENTS_MAX];

	event_clear(event);
	event->serial = serial;
	event->source = source;
	event->root = root ? mem_strdup(root) : NULL;
	event->started_usec = now_usec;
	event->wall_usec = wall_usec;
	return serial;
}

void ledger_file(struct ledger *ledger, uint64_t serial, const char *name)
{
	struct event *event = ledger_event(ledger, serial);

	if (!event) {
		return;
	}
	event->file_count++;
	if (event->files_kept < LEDGER_FILES_MAX) {
		event->files[event->files_kept++] = mem_strdup(name);
	}
}

void ledger_more_files(struct ledger *ledger, uint64_t serial, size_t count)
{
	struct event *event = ledger_event(ledger, serial);

	if (event) {
		event->file_count += count;
	}
}

const char *step_text(const struct event *event, const struct step *step)
{
	return event->texts + step->text;
}

static size_t event_keep_text(struct event *event, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/*
 * The texts go to D-Bus and JSON clients, which close the connection on invalid UTF-8. All
 * texts of an event are in one allocation: many small ones would fragment the heap.
 */
static size_t event_keep_text(struct event *event, const char *format, va_list args)
{
	char text[LEDGER_TEXT_MAX];
	size_t at = event->texts_length;

	if (vsnprintf(text, sizeof text, format, args) < 0) {
		text[0] = '\0';
	}
	if (event->texts_size - at < LEDGER_TEXT_MAX) {
		event->texts_size = at + at / 2 + LEDGER_TEXT_MAX;
		event->texts = mem_resize(event->texts, event->texts_size, 1);
	}
	utf8_copy(event->texts + at, LEDGER_TEXT_MAX, text, strlen(text));
	event->texts_length += strlen(event->texts + at) + 1;
	return at;
}

void ledger_step(struct ledger *ledger, uint64_t serial, uint64_t now_usec, enum step_kind kind,
	const struct step_place *place, const char *format, ...)
{
	struct event *event = ledger_event(ledger, serial);
	struct step *step;
	va_list args;

	if (!event || event->step_count == LEDGER_STEPS_MAX) {
		return;
	}
	if (event->step_count == LEDGER_STEPS_MAX - 1 && !event->closed) {
		return; /* the last step must be the one that ends the event */
	}
	if ((event->step_count & (event->step_count - 1)) == 0) {
		event->steps = mem_resize(event->steps,
			event->step_count ? 2 * event->step_count : 1, sizeof *event->steps);
	}
	step = &event->steps[event->step_count++];
	*step = (struct step){
		.at_usec = now_usec - event->started_usec,
		.kind = kind,
		.in_tab = place,
		.browser = place ? place->browser : 0,
		.tab = place ? place->tab : 0,
		.in_frame = place && place->in_frame,
		.top = place ? place->top : 0,
	};
	va_start(args, format);
	step->text = event_keep_text(event, format, args);
	va_end(args);
	if (ledger->told) {
		ledger->told(event, step, ledger->userdata);
	}
}

void ledger_await(struct ledger *ledger, uint64_t serial, unsigned tabs)
{
	struct event *event = ledger_event(ledger, serial);

	if (event) {
		event->awaited += tabs;
	}
}

void ledger_arrived(struct ledger *ledger, uint64_t serial)
{
	struct event *event = ledger_event(ledger, serial);

	if (event && event->awaited && --event->awaited == 0) {
		event->closed = true;
	}
}

void ledger_close(struct ledger *ledger, uint64_t serial)
{
	struct event *event = ledger_event(ledger, serial);

	if (event) {
		event->closed = true;
	}
}
