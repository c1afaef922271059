/* SPDX-License-Identifier: MIT */
#include "project/workspace.h"

#include "project/workspace-disk.h"
#include "util/mem.h"
#include "util/mounts.h"

/* A question about a folder on a mount that may not answer; see mounts_try(). */
struct question {
	char *name, *root, *other; /* root, other: NULL if they are not needed */
	char *part;
	bool app;
	enum workspace_need need;
};

static void question_work(void *data)
{
	struct question *question = data;

	if (question->other) {
		question->need =
			workspace_disk_needs(question->root, question->name, question->other);
	} else if (question->root) {
		question->part = workspace_disk_part_of(question->name, question->root);
	} else {
		question->app = workspace_disk_is_app(question->name);
	}
}

static void question_drop(void *data)
{
	struct question *question = data;

	free(question->name);
	free(question->root);
	free(question->other);
	free(question->part);
	free(question);
}

static bool same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool question_same(const void *one, const void *other)
{
	const struct question *a = one, *b = other;

	return same_text(a->root, b->root) && same_text(a->other, b->other);
}

/* The answer, UNKNOWN if there is none, and the part, which the caller frees. */
static struct question question_ask(const char *name, const char *root, const char *other)
{
	static const struct mount_try what = {
		.work = question_work, .drop = question_drop, .same = question_same};
	struct question *question = mem_new(struct question), answer = {.need = WORKSPACE_UNKNOWN};

	*question = (struct question){.name = mem_strdup(name),
		.root = root ? mem_strdup(root) : NULL,
		.other = other ? mem_strdup(other) : NULL,
		.need = WORKSPACE_UNKNOWN};
	question = mounts_try(name, &what, question);
	if (question) {
		answer.part = mem_steal(question->part);
		answer.app = question->app;
		answer.need = question->need;
		question_drop(question);
	}
	return answer;
}

char *workspace_part_of(const char *name, const char *root)
{
	return mounts_is_remote(name) ? question_ask(name, root, NULL).part
				      : workspace_disk_part_of(name, root);
}

bool workspace_is_app(const char *folder)
{
	return mounts_is_remote(folder) ? question_ask(folder, NULL, NULL).app
					: workspace_disk_is_app(folder);
}

enum workspace_need workspace_needs(const char *root, const char *part, const char *other)
{
	if (mounts_is_remote(part)) {
		return question_ask(part, root, other).need;
	}
	return mounts_is_remote(other) ? WORKSPACE_UNKNOWN
				       : workspace_disk_needs(root, part, other);
}
