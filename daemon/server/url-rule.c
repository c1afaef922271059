/* SPDX-License-Identifier: MIT */
#include "server/url-rule.h"

#include "config/withheld.h"

static const struct url_rules *rules_of(const struct project *project, bool withheld)
{
	static const struct url_rules none;

	if (!withheld) {
		return &project->settings->url;
	}
	return project->withheld ? &project->withheld->rules.url : &none;
}

bool url_rule_find(
	const struct registry *registry, const struct url *url, bool withheld,
	struct url_rule *found)
{
	unsigned best = 0;

	*found = (struct url_rule){0};
	for (size_t i = 0; i < registry_count(registry); i++) {
		struct project *project = registry_at(registry, i);
		const struct url_rules *rules = rules_of(project, withheld);

		for (size_t k = 0; k < rules->count; k++) {
			const struct url_pattern *pattern = &rules->items[k];
			unsigned weight = url_pattern_weight(pattern);

			if ((!found->project || weight > best) &&
				url_pattern_matches(pattern, url)) {
				*found = (struct url_rule){project, pattern};
				best = weight;
			}
		}
	}
	return found->project;
}
