/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "server/url-pattern.h"

/*
 * The first step of routing: does a project's `savecast.url` claim the URL? Of
 * several that fit the narrowest does (url_pattern_weight()), then the first
 * project in the order of roots. Pure.
 */

struct url_rule {
	struct project *project;
	const struct url_pattern *pattern; /* borrowed from the project's settings */
};

/* Returns false if none fits. */
bool url_rule_find(
	const struct registry *registry, const struct url *url, struct url_rule *found);
