/* SPDX-License-Identifier: MIT */
#include "project/state.h"

#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "project/state-text.h"

#define LOG_MODULE "state"
#include "base/log.h"

enum { STATE_BYTES_MAX = 16 * 1024 * 1024 }; /* PROJECTS_MAX names, each byte encoded */

struct state {
	struct loop *loop;
	char *name; /* NULL if there is no place for it */
};

struct state_job {
	char *name;
	char *text;
	int error;
	state_stored_fn *stored;
	void *userdata;
};

struct state *state_new(struct loop *loop, const char *folder)
{
	struct state *state = mem_new(struct state);

	state->loop = loop;
	state->name = folder ? mem_printf("%s/savecast/projects.json", folder) : NULL;
	return state;
}

void state_free(struct state *state)
{
	if (state) {
		free(state->name);
		free(state);
	}
}

static void state_set_aside(struct state *state, const char *why)
{
	_cleanup_free_ char *aside = mem_printf("%s.damaged", state->name);

	if (rename(state->name, aside) < 0) {
		log_error("%s: %s: and it cannot be set aside: %s", state->name, why,
			strerror(errno));
	} else {
		log_error("%s: %s: set aside as %s; starting with no tracked projects: "
			  "mend that file and put it back, or track them again",
			state->name, why, aside);
	}
}

void state_load(struct state *state, struct registry *registry)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *why = NULL;
	size_t length;
	int r;

	if (!state->name) {
		log_warning("no $XDG_STATE_HOME and no $HOME: tracked projects are forgotten "
			    "when the daemon ends");
		return;
	}
	r = file_read(state->name, STATE_BYTES_MAX, &text, &length);
	if (r == -ENOENT) {
		return;
	}
	if (r < 0) {
		state_set_aside(state, strerror(-r));
	} else if (state_text_read(registry, text, length, &why) < 0) {
		state_set_aside(state, why);
	}
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
		log_error("%s: %s: tracked projects are forgotten when the daemon ends", job->name,
			strerror(-job->error));
	}
	job->stored(job->error, job->userdata);
	free(job->name);
	free(job->text);
	free(job);
}

void state_store(struct state *state, const struct registry *registry, state_stored_fn *stored,
	void *userdata)
{
	struct state_job *job;

	if (!state->name) {
		stored(-ENOENT, userdata);
		return;
	}
	job = mem_new(struct state_job);
	*job = (struct state_job){
		.name = mem_strdup(state->name),
		.text = state_text_write(registry),
		.stored = stored,
		.userdata = userdata,
	};
	loop_job(state->loop, state_write, state_written, job);
}
