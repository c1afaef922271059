/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"

/* The types of values that settings have. Pure. */

enum { TIME_MSEC_MAX = 600000, COUNT_MAX = 65536 };

struct setting_type {
	const char *allowed; /* "must be ..." */
	/* can be given several times; an empty value removes all earlier ones */
	bool many;
	bool (*take)(void *field, const char *value, const struct setting_place *place,
		const char **why);
	void (*clear)(void *field); /* NULL if there is nothing to free */
	/* whether the value is about more than the project's own folder; NULL: none is */
	bool (*outside)(const char *value, const struct setting_place *place);
};

extern const struct setting_type setting_port;	   /* uint16_t */
extern const struct setting_type setting_bool;	   /* bool */
extern const struct setting_type setting_reload;   /* bool, whether to patch */
extern const struct setting_type setting_time;	   /* uint64_t, microseconds */
extern const struct setting_type setting_urls;	   /* struct url_rules */
extern const struct setting_type setting_patterns; /* struct path_rules */
extern const struct setting_type setting_outputs;  /* struct path_rules */
extern const struct setting_type setting_outside;  /* struct path_rules with a base */
extern const struct setting_type setting_watch;	   /* struct watch_rules */
extern const struct setting_type setting_count;	   /* uint64_t */
extern const struct setting_type setting_problems; /* problem_sources */
extern const struct setting_type setting_actions;  /* struct path_rules with an action */
