/* SPDX-License-Identifier: MIT */
#include "project/state.h"

#include <errno.h>
#include <stdio.h>

#include "project/state-kind.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"
#include "util/utf8.h"

#define LOG_MODULE "state"
#include "util/log.h"

/* PROJECTS_MAX names, each byte encoded. */
enum { STATE_BYTES_MAX = 16 * 1024 * 1024 };

/* A caller that waits until the file is written. */
struct state_wait {
	state_stored_fn *stored;
	void *userdata;
	struct state_wait *next;
};

struct state_file {
	const struct state_text *text;
	struct state *state;
	void *object; /* whose contents it has */
	bool unread; /* its mount does not answer: writing it would destroy its contents */
	bool storing; /* a worker writes it */
	bool changed; /* it is to be written (again) after that */
	struct state_wait *waiting; /* until it is written the next time */
};

struct state {
	struct loop *loop;
	char *folder; /* NULL: there is none */
	struct state_file files[STATE_KINDS];
};

struct state *state_new(struct loop *loop, const char *folder)
{
	struct state *state = mem_new(struct state);

	state->loop = loop;
	state->folder = folder ? mem_printf("%s/savecast", folder) : NULL;
	for (size_t i = 0; i < STATE_KINDS; i++) {
		state->files[i] = (struct state_file){.text = &state_texts[i], .state = state};
	}
	return state;
}

void state_free(struct state *state)
{
	if (state) {
		free(state->folder);
		free(state);
	}
}

/* Calls those that wait, and frees the list. */
static void tell_stored(struct state_wait *waiting, int error)
{
	while (waiting) {
		struct state_wait *next = waiting->next;

		waiting->stored(error, waiting->userdata);
		free(waiting);
		waiting = next;
	}
}

void state_finish(struct state *state)
{
	for (size_t i = 0; state && i < STATE_KINDS; i++) {
		tell_stored(mem_steal(state->files[i].waiting), -ECANCELED);
	}
}

static void state_set_aside(const char *name, const char *why, const char *loss)
{
	_cleanup_free_ char *aside = mem_printf("%s.damaged", name);

	if (rename(name, aside) < 0) {
		log_error("%s: %s: and it cannot be moved aside: %s", name, why, strerror(errno));
	} else {
		log_error("%s: %s: moved aside to %s; %s", name, why, aside, loss);
	}
}

static int file_load(struct state_file *file)
{
	const struct state_text *kind = file->text;
	_cleanup_free_ char *name = mem_printf("%s/%s", file->state->folder, kind->name);
	_cleanup_free_ char *text = NULL, *why = NULL;
	size_t length;
	int r = mounts_read_own(name, STATE_BYTES_MAX, &text, &length);

	file->unread = r == -EAGAIN;
	if (r == -EAGAIN || r == -ENOENT || r == -ENOTDIR) {
		return 0; /* a folder that cannot be created is reported when storing fails */
	}
	if (file_error_passes(-r)) {
		log_error("%s: %s: not starting without it", name, strerror(-r));
		return r;
	}
	if (r < 0) {
		state_set_aside(name, strerror(-r), kind->loss);
	} else if (kind->read(file->object, text, length, &why) < 0) {
		state_set_aside(name, why, kind->loss);
	}
	return 0;
}

int state_load(struct state *state, const struct state_objects *objects)
{
	void *const of[STATE_KINDS] = {
		[STATE_PROJECTS] = objects->registry,
		[STATE_HISTORY] = objects->history,
		[STATE_TRUSTED] = objects->trust,
		[STATE_EXTENSIONS] = objects->extensions,
		[STATE_CHOICES] = objects->choices,
	};
	int r = 0;

	if (!state->folder) {
		log_warning("no $XDG_STATE_HOME and no $HOME: tracked projects are forgotten "
			    "when the daemon ends");
	}
	/* The projects last: they need the rest. */
	for (size_t i = STATE_KINDS; i-- > 0 && r == 0;) {
		state->files[i].object = of[i];
		r = state->folder ? file_load(&state->files[i]) : 0;
	}
	return r;
}

bool state_is_unread(const struct state *state)
{
	for (size_t i = 0; i < STATE_KINDS; i++) {
		if (state->files[i].unread) {
			return true;
		}
	}
	return false;
}

char *state_problem(const struct state *state)
{
	_cleanup_free_ char *folder = NULL;

	if (!state_is_unread(state)) {
		return NULL;
	}
	folder = utf8_dup(state->folder);
	return mem_printf("%s: its file system does not answer: browsers, tracked projects and "
			  "saves that waited are served when it does",
		folder);
}

static void file_store(struct state_file *file);

bool state_load_rest(struct state *state)
{
	for (size_t i = STATE_KINDS; i-- > 0;) {
		struct state_file *file = &state->files[i];

		if (file->unread && file_load(file) == 0 && !file->unread && file->changed) {
			file_store(file);
		}
	}
	return !state_is_unread(state);
}

struct state_job {
	struct state_file *file;
	char *name;
	char *text;
	int error;
	struct state_wait *waiting;
};

static void state_write(void *userdata)
{
	struct state_job *job = userdata;

	job->error = file_replace(job->name, job->text, strlen(job->text));
}

static void state_written(void *userdata)
{
	struct state_job *job = userdata;
	struct state_file *file = job->file;

	if (job->error < 0) {
		log_error("%s: %s: its contents are kept only until the daemon ends", job->name,
			strerror(-job->error));
	}
	file->storing = false;
	if (file->changed) {
		file_store(file);
	}
	tell_stored(job->waiting, job->error);
	free(job->name);
	free(job->text);
	free(job);
}

static void file_store(struct state_file *file)
{
	struct state_job *job = mem_new(struct state_job);

	*job = (struct state_job){
		.file = file,
		.name = mem_printf("%s/%s", file->state->folder, file->text->name),
		.text = file->text->write(file->object),
		.error = -EAGAIN, /* replaced when the file was written */
		.waiting = file->waiting,
	};
	file->waiting = NULL;
	file->storing = true;
	file->changed = false;
	mounts_look(file->state->loop, job->name, state_write, state_written, job);
}

/* If the file cannot be written now, all that changes until then is written at once. */
static void state_store_file(struct state_file *file, state_stored_fn *stored, void *userdata)
{
	struct state_wait **end = &file->waiting;

	if (!file->state->folder) {
		if (stored) {
			stored(-ENOENT, userdata);
		}
		return;
	}
	if (stored) {
		while (*end) {
			end = &(*end)->next;
		}
		*end = mem_new(struct state_wait);
		**end = (struct state_wait){stored, userdata, NULL};
	}
	file->changed = true;
	if (!file->storing && !file->unread) {
		file_store(file);
	}
}

void state_store(struct state *state, state_stored_fn *stored, void *userdata)
{
	state_store_file(&state->files[STATE_PROJECTS], stored, userdata);
}

void state_store_trust(struct state *state, state_stored_fn *stored, void *userdata)
{
	state_store_file(&state->files[STATE_TRUSTED], stored, userdata);
}

void state_store_extensions(struct state *state, state_stored_fn *stored, void *userdata)
{
	state_store_file(&state->files[STATE_EXTENSIONS], stored, userdata);
}

void state_store_choices(struct state *state)
{
	state_store_file(&state->files[STATE_CHOICES], NULL, NULL);
}

void state_store_history(struct state *state)
{
	state_store_file(&state->files[STATE_HISTORY], NULL, NULL);
}
