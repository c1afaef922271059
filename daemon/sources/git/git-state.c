/* SPDX-License-Identifier: MIT */
#include "sources/git/git-state.h"

#include <errno.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/mounts.h"

static void state_read(struct git_state *state, const struct git_dir *dir, unsigned parts,
	const struct git_logs *since)
{
	*state = (struct git_state){.index = -1};
	state->locked = parts & GIT_STATE_LOCKED && git_dir_is_locked(dir);
	state->stepping = parts & GIT_STATE_STEPPING ? git_dir_stepping(dir) : NULL;
	if (parts & GIT_STATE_INDEX) {
		state->index = git_dir_open_index(dir, &state->index_why);
	}
	if (parts & GIT_STATE_TOLD) {
		git_dir_tell(dir, since, &state->told);
	}
	if (parts & GIT_STATE_LOGS) {
		git_dir_logs(dir, &state->logs);
	}
}

struct reading {
	struct git_dir dir; /* its own copy; only what state_read() uses */
	unsigned parts;
	struct git_logs since;
	struct git_state state;
};

static void reading_work(void *data)
{
	struct reading *reading = data;

	state_read(&reading->state, &reading->dir, reading->parts, &reading->since);
}

static void reading_drop(void *data)
{
	struct reading *reading = data;

	if (reading->state.index >= 0) {
		close(reading->state.index);
	}
	git_dir_clear(&reading->dir);
	free(reading);
}

static bool reading_same(const void *one, const void *other)
{
	const struct reading *a = one, *b = other;

	return a->parts == b->parts && a->since.head == b->since.head &&
		a->since.stash == b->since.stash;
}

bool git_state_read(struct git_state *state, struct project *project, const struct git_dir *dir,
	unsigned parts, const struct git_logs *since)
{
	/* The index is opened for the daemon. */
	static const struct mount_try what = {.work = reading_work,
		.drop = reading_drop,
		.same = reading_same,
		.shares = true};
	struct reading *reading;
	const char *remote = mounts_is_remote(dir->path) ? dir->path
		: mounts_is_remote(dir->top)             ? dir->top
							 : NULL;

	if (!remote) {
		state_read(state, dir, parts, since);
		return true;
	}
	reading = mem_new(struct reading);
	*reading = (struct reading){
		.dir = {.path = mem_strdup(dir->path), .common = mem_strdup(dir->common)},
		.parts = parts,
		.state = {.index = -1},
	};
	if (since) {
		reading->since = *since;
	}
	reading = mounts_try(remote, &what, reading);
	if (!reading) {
		project->unread = true;
		return false;
	}
	*state = reading->state;
	reading->state.index = -1;
	reading_drop(reading);
	return true;
}

struct finding {
	char *folder;
	struct git_dir dir;
	char *why;
	int result;
};

static void finding_work(void *data)
{
	struct finding *finding = data;

	finding->result = git_dir_find(&finding->dir, finding->folder, &finding->why);
}

static void finding_drop(void *data)
{
	struct finding *finding = data;

	git_dir_clear(&finding->dir);
	free(finding->folder);
	free(finding->why);
	free(finding);
}

static struct finding *find(const char *root)
{
	static const struct mount_try what = {.work = finding_work, .drop = finding_drop};
	struct finding *finding = mem_new(struct finding);

	finding->folder = mem_strdup(root);
	return mounts_try(root, &what, finding);
}

int git_state_find(struct git_dir *dir, struct project *project, char **why)
{
	unsigned leads = mounts_lead_count();
	struct finding *finding = find(project->root);
	int r;

	if (finding && finding->result == -EAGAIN && mounts_lead_count() != leads) {
		finding_drop(finding);
		finding = find(project->root);
	}
	if (!finding) {
		project->unread = true;
		return -EAGAIN;
	}
	*dir = finding->dir;
	*why = mem_steal(finding->why);
	r = finding->result;
	finding->dir = (struct git_dir){0};
	finding_drop(finding);
	return r;
}
