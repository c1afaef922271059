/* SPDX-License-Identifier: MIT */
#include "git/git-taking.h"

/* Returns whether it becomes part of the event. */
static bool taking_take(const struct git_look *look, size_t i, struct project *project,
	const struct registry *registry, struct pipe *pipe)
{
	const struct git_candidate *candidate = &look->candidates.list[i];
	const struct content_mark *mark = &look->marks[i];
	struct content_memory *contents = pipe_contents(pipe);
	struct pipe_change change = {candidate->path, *mark};

	/* Else a deeper project has it. */
	if (registry_lookup(registry, candidate->path) != project) {
		return false;
	}
	switch (git_verdict(
		candidate, &look->deed, mark, content_find(contents, candidate->path))) {
	case GIT_CHANGED:
		return pipe_take(pipe, project, &change);
	case GIT_UNCHANGED:
		/* Of a command that has begun, the next look sees an index that is not so. */
		content_announce(contents, candidate->path, mark);
		break;
	case GIT_NOT_TOLD:
		break;
	}
	return false;
}

bool git_taking_next(struct git_taking *taking, struct project *project, struct registry *registry,
	struct pipe *pipe)
{
	const struct git_look *look = taking->look;
	size_t kept = look->candidates.kept, more = look->candidates.count - kept;
	size_t end = kept - taking->judged > GIT_SLICE ? taking->judged + GIT_SLICE : kept;

	for (; taking->judged < end; taking->judged++) {
		taking->passed += taking_take(look, taking->judged, project, registry, pipe);
	}
	if (end < kept) {
		return true;
	}
	if (taking->passed || more || (look->error < 0 && look->deed.rewrote_index)) {
		pipe_taken(pipe, project, EVENT_GIT, more, look->told.text);
	}
	return false;
}
