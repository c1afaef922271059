/* SPDX-License-Identifier: MIT */
#include "project/problem.h"

#include "util/mem.h"

#define LOG_MODULE "project"
#include "util/log.h"

bool problem_is_of(const struct project *project, const char *source)
{
	size_t length = strlen(source);

	return project->problem && strncmp(project->problem, source, length) == 0 &&
		project->problem[length] == ':';
}

void problem_set(
	struct registry *registry, struct project *project, const char *source, const char *why)
{
	_cleanup_free_ char *problem = why ? mem_printf("%s: %s", source, why) : NULL;

	if (!problem && !problem_is_of(project, source)) {
		return;
	}
	if (problem && (!project->problem || strcmp(project->problem, problem) != 0)) {
		log_warning("%s: %s", project->root, problem);
	}
	registry_set_problem(registry, project, problem);
}
