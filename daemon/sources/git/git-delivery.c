/* SPDX-License-Identifier: MIT */
#include "sources/git/git-delivery.h"

/*
 * A command that has just begun may have written the file, but not the index yet. So the mark
 * is remembered without the birth time: the next look, at the new index, finds the same
 * contents, but can still see whether git wrote the file.
 */
static void delivery_remember(
	struct content_memory *contents, const char *name, const struct content_mark *mark)
{
	struct content_mark unborn = *mark;

	unborn.born_nsec = 0;
	content_announce(contents, name, &unborn);
}

/* Returns whether it becomes part of the event. */
static bool delivery_take(const struct git_look *look, size_t i, struct project *project,
	const struct registry *registry, struct pipeline *pipeline)
{
	const struct git_candidate *candidate = &look->candidates.list[i];
	struct pipeline_change change = {candidate->path, look->marks[i]};
	struct content_memory *contents = pipeline_contents(pipeline);
	const struct content_mark *known = content_find(contents, change.name);

	/* Otherwise the file belongs to a deeper project. */
	if (registry_lookup(registry, change.name) != project) {
		return false;
	}
	switch (git_verdict(candidate, &look->operation, &change.mark, known)) {
	case GIT_CHANGED:
		return pipeline_add_change(pipeline, project, &change);
	case GIT_UNCHANGED:
		if (!known) {
			delivery_remember(contents, change.name, &change.mark);
		}
		break;
	case GIT_NOT_TOLD:
		break;
	}
	return false;
}

bool git_delivery_next(struct git_delivery *delivery, struct project *project,
	struct registry *registry, struct pipeline *pipeline)
{
	const struct git_look *look = delivery->look;
	size_t kept = look->candidates.kept, more = look->candidates.count - kept;
	size_t end = kept - delivery->judged > GIT_SLICE ? delivery->judged + GIT_SLICE : kept;

	for (; delivery->judged < end; delivery->judged++) {
		delivery->passed +=
			delivery_take(look, delivery->judged, project, registry, pipeline);
	}
	if (end < kept) {
		return true;
	}
	if (delivery->passed || more || (look->error < 0 && look->operation.rewrote_index)) {
		pipeline_finish_changes(pipeline, project, EVENT_GIT, more, look->told.text);
	}
	return false;
}
