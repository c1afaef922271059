/* SPDX-License-Identifier: MIT */
#include "pipeline/holds.h"

#include "util/mem.h"

struct hold {
	uint32_t cookie;
	struct project *project;
	const void *owner;
	bool build;
	struct hold *next;
};

struct holds {
	struct pipeline *pipeline;
	struct hold *first;
	unsigned count;
	uint32_t last_cookie;
	holds_ending_fn *ending;
	void *userdata;
};

struct holds *holds_new(struct pipeline *pipeline)
{
	struct holds *holds = mem_new(struct holds);

	holds->pipeline = pipeline;
	return holds;
}

void holds_on_ending(struct holds *holds, holds_ending_fn *ending, void *userdata)
{
	holds->ending = ending;
	holds->userdata = userdata;
}

static void holds_tell(const struct holds *holds, struct project *project, bool failed)
{
	if (holds->ending) {
		holds->ending(project, failed, holds->userdata);
	}
}

static struct hold **holds_find(struct holds *holds, const void *owner, uint32_t cookie)
{
	struct hold **at = &holds->first;

	while (*at && ((*at)->cookie != cookie || (*at)->owner != owner)) {
		at = &(*at)->next;
	}
	return at;
}

/* Removes the hold from the list; returns its project. */
static struct project *holds_take(struct holds *holds, struct hold **at)
{
	struct hold *hold = *at;
	struct project *project = hold->project;

	*at = hold->next;
	holds->count--;
	free(hold);
	return project;
}

void holds_free(struct holds *holds)
{
	if (holds) {
		while (holds->first) {
			holds_take(holds, &holds->first);
		}
		free(holds);
	}
}

uint32_t holds_add(struct holds *holds, struct project *project, const void *owner, const char *why,
	bool build)
{
	struct hold *hold;

	if (holds->count == HOLDS_MAX) {
		return 0;
	}
	hold = mem_new(struct hold);
	*hold = (struct hold){
		.cookie = ++holds->last_cookie,
		.project = project,
		.owner = owner,
		.build = build,
		.next = holds->first,
	};
	holds->first = hold;
	holds->count++;
	pipeline_hold(holds->pipeline, project, why);
	return hold->cookie;
}

bool holds_release(struct holds *holds, const void *owner, uint32_t cookie)
{
	struct hold **at = holds_find(holds, owner, cookie);
	struct project *project;
	bool build;

	if (!*at) {
		return false;
	}
	build = (*at)->build;
	project = holds_take(holds, at);
	holds_tell(holds, project, false);
	if (build) {
		pipeline_build_passed(holds->pipeline, project);
	}
	pipeline_release(holds->pipeline, project);
	return true;
}

uint64_t holds_fail(
	struct holds *holds, const void *owner, uint32_t cookie, const char *what, const char *said)
{
	struct hold **at = holds_find(holds, owner, cookie);
	struct project *project;

	if (!*at) {
		return 0;
	}
	project = holds_take(holds, at);
	holds_tell(holds, project, true);
	return pipeline_fail(holds->pipeline, project, what, said);
}

bool holds_any(const struct holds *holds, const void *owner)
{
	for (const struct hold *hold = holds->first; hold; hold = hold->next) {
		if (hold->owner == owner) {
			return true;
		}
	}
	return false;
}

void holds_drop_owner(struct holds *holds, const void *owner)
{
	for (struct hold **at = &holds->first; *at;) {
		if ((*at)->owner == owner) {
			struct project *project = holds_take(holds, at);

			holds_tell(holds, project, false);
			pipeline_release(holds->pipeline, project);
			at = &holds->first; /* sending the event may end other holds */
		} else {
			at = &(*at)->next;
		}
	}
}

void holds_forget(struct holds *holds, struct project *project)
{
	for (struct hold **at = &holds->first; *at;) {
		if ((*at)->project == project) {
			holds_take(holds, at);
			pipeline_drop_hold(project);
		} else {
			at = &(*at)->next;
		}
	}
}
