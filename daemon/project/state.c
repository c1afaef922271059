/* SPDX-License-Identifier: MIT */
#include "project/state.h"

#include <errno.h>
#include <stdio.h>

#include "browser/extensions.h"
#include "config/trust.h"
#include "project/state-text.h"
#include "readiness/restart-history.h"
#include "server/choices.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"

#define LOG_MODULE "state"
#include "util/log.h"

/* PROJECTS_MAX names, each byte encoded. */
enum { STATE_BYTES_MAX = 16 * 1024 * 1024 };

#define STATE_PROJECTS "projects.json"
#define STATE_HISTORY "learned.json"
#define STATE_TRUSTED "trusted.json"
#define STATE_EXTENSIONS "extensions.json"
#define STATE_CHOICES "choices.json"

struct state {
	struct loop *loop;
	char *folder; /* NULL: there is none */
};

struct state_job {
	char *name;
	char *text;
	int error;
	state_stored_fn *stored; /* may be NULL */
	void *userdata;
};

struct state *state_new(struct loop *loop, const char *folder)
{
	struct state *state = mem_new(struct state);

	state->loop = loop;
	state->folder = folder ? mem_printf("%s/savecast", folder) : NULL;
	return state;
}

void state_free(struct state *state)
{
	if (state) {
		free(state->folder);
		free(state);
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

typedef int state_read_fn(void *into, const char *text, size_t length, char **why);

static int state_load_file(struct state *state, const char *file, state_read_fn *read,
	void *into, const char *loss)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *why = NULL;
	size_t length;
	int r;

	if (!state->folder) {
		return 0;
	}
	name = mem_printf("%s/%s", state->folder, file);
	r = file_read_own(name, STATE_BYTES_MAX, &text, &length);
	if (r == -ENOENT || r == -ENOTDIR) {
		return 0; /* a folder that cannot be created is reported when storing fails */
	}
	if (file_error_passes(-r)) {
		log_error("%s: %s: not starting without it", name, strerror(-r));
		return r;
	}
	if (r < 0) {
		state_set_aside(name, strerror(-r), loss);
	} else if (read(into, text, length, &why) < 0) {
		state_set_aside(name, why, loss);
	}
	return 0;
}

static int read_projects(void *into, const char *text, size_t length, char **why)
{
	return state_text_read(into, text, length, why);
}

static int read_history(void *into, const char *text, size_t length, char **why)
{
	return restart_history_read(into, text, length, why);
}

static int read_trusted(void *into, const char *text, size_t length, char **why)
{
	return trust_read(into, text, length, why);
}

int state_load(struct state *state, struct registry *registry)
{
	if (!state->folder) {
		log_warning("no $XDG_STATE_HOME and no $HOME: tracked projects are forgotten "
			    "when the daemon ends");
	}
	return state_load_file(state, STATE_PROJECTS, read_projects, registry,
		"starting without tracked projects: fix that file and put it back, or track "
		"them again");
}

int state_load_history(struct state *state, struct restart_history *history)
{
	return state_load_file(state, STATE_HISTORY, read_history, history,
		"savecast observes again which saves restart which server");
}

int state_load_trust(struct state *state, struct trust *trust)
{
	return state_load_file(state, STATE_TRUSTED, read_trusted, trust,
		"rules of .savecast files that reach outside their project have no effect until "
		"you trust them again");
}

static int read_extensions(void *into, const char *text, size_t length, char **why)
{
	return extensions_read(into, text, length, why);
}

int state_load_extensions(struct state *state, struct extensions *extensions)
{
	return state_load_file(state, STATE_EXTENSIONS, read_extensions, extensions,
		"browser extensions that you have confirmed wait for savecast pair again");
}

static int read_choices(void *into, const char *text, size_t length, char **why)
{
	return choices_read(into, text, length, why);
}

int state_load_choices(struct state *state, struct choices *choices)
{
	return state_load_file(state, STATE_CHOICES, read_choices, choices,
		"the popup asks again which project pages behind a proxy belong to");
}

static void state_write(void *userdata)
{
	struct state_job *job = userdata;

	job->error = file_replace(job->name, job->text, strlen(job->text));
}

static void state_written(void *userdata)
{
	struct state_job *job = userdata;

	if (job->error < 0) {
		log_error("%s: %s: its contents are kept only until the daemon ends",
			job->name, strerror(-job->error));
	}
	if (job->stored) {
		job->stored(job->error, job->userdata);
	}
	free(job->name);
	free(job->text);
	free(job);
}

/* Takes ownership of the text. */
static void state_store_file(struct state *state, const char *file, char *text,
	state_stored_fn *stored, void *userdata)
{
	struct state_job *job;

	if (!state->folder) {
		free(text);
		if (stored) {
			stored(-ENOENT, userdata);
		}
		return;
	}
	job = mem_new(struct state_job);
	*job = (struct state_job){
		.name = mem_printf("%s/%s", state->folder, file),
		.text = text,
		.error = -EAGAIN, /* replaced when the file was written */
		.stored = stored,
		.userdata = userdata,
	};
	mounts_job(state->loop, job->name, state_write, state_written, job);
}

void state_store(struct state *state, const struct registry *registry, state_stored_fn *stored,
	void *userdata)
{
	state_store_file(state, STATE_PROJECTS, state_text_write(registry), stored, userdata);
}

void state_store_trust(struct state *state, const struct trust *trust, state_stored_fn *stored,
	void *userdata)
{
	state_store_file(state, STATE_TRUSTED, trust_write(trust), stored, userdata);
}

void state_store_extensions(struct state *state, const struct extensions *extensions,
	state_stored_fn *stored, void *userdata)
{
	state_store_file(
		state, STATE_EXTENSIONS, extensions_write(extensions), stored, userdata);
}

void state_store_choices(struct state *state, const struct choices *choices)
{
	state_store_file(state, STATE_CHOICES, choices_write(choices), NULL, NULL);
}

void state_store_history(struct state *state, const struct restart_history *history)
{
	state_store_file(state, STATE_HISTORY, restart_history_write(history), NULL, NULL);
}
