/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "server/url-pattern.h"

/*
 * The first step of routing: finds the project whose `savecast.url` matches the URL. If several
 * match, the most specific one wins (url_pattern_weight()), then the first project in the order
 * of roots. Pure, and tested without the router, which reads files and asks servers.
 */

struct url_rule {
	struct project *project;
	const struct url_pattern *pattern; /* borrowed from the project's settings */
};

/*
 * Returns false if none matches. `withheld`: among the rules that have no effect, because the
 * user has not trusted them (config/withheld.h).
 */
bool url_rule_find(
	const struct registry *registry, const struct url *url, bool withheld,
	struct url_rule *found);
