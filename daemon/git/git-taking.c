/* SPDX-License-Identifier: MIT */
#include "git/git-taking.h"

/* Whether the candidate really changed, and belongs to no deeper project. */
static bool taking_judge(const struct git_look *look, size_t i, const struct project *project,
	const struct registry *registry, struct pipe *pipe)
{
	const struct git_candidate *candidate = &look->candidates.list[i];

	return git_verdict(candidate, &look->deed, &look->marks[i],
		       content_find(pipe_contents(pipe), candidate->path)) &&
		registry_lookup(registry, candidate->path) == project;
}

bool git_taking_next(struct git_taking *taking, struct project *project, struct registry *registry,
	struct pipe *pipe)
{
	const struct git_look *look = taking->look;
	size_t kept = look->candidates.kept, more = look->candidates.count - kept;
	size_t end = kept - taking->judged > GIT_SLICE ? taking->judged + GIT_SLICE : kept;

	for (; taking->judged < end; taking->judged++) {
		struct pipe_change change = {
			look->candidates.list[taking->judged].path, look->marks[taking->judged]};

		if (taking_judge(look, taking->judged, project, registry, pipe)) {
			taking->passed += pipe_take(pipe, project, &change);
		}
	}
	if (end < kept) {
		return true;
	}
	if (taking->passed || more || (look->error < 0 && look->deed.rewrote_index)) {
		pipe_taken(pipe, project, EVENT_GIT, more, look->told.text);
	}
	return false;
}
