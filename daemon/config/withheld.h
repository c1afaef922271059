/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/config-text.h"
#include "config/trust.h"
#include "project/project.h"

/*
 * The rules of a project's own file that reach outside the project and that the user has not
 * trusted (trust.h): they have no effect. This is what they would do.
 */

struct withheld {
	struct project_settings rules; /* only `url` and `include` */
	char **texts; /* "url = http://shop.test", in UTF-8 for display */
	size_t count;
	uint64_t revision; /* a new number each time the texts change */
};

/* Marks the file's values that have no effect, and keeps them here. */
void withheld_find(struct withheld *withheld, struct config_text *own, const struct trust *trust,
	const struct setting_place *place);
void withheld_clear(struct withheld *withheld);
/* Trusts all rules of the file, and no others of this root. As trust_add(). */
bool withheld_trust(const struct config_text *own, struct trust *trust, const char *root);

/* "savecast trust /home/me/shop". The caller frees it. */
char *withheld_advice(const struct project *project);
/*
 * "not trusted: url = http://shop.test in /home/me/shop/.savecast: to apply it, run
 * savecast trust /home/me/shop". The caller frees it.
 */
char *withheld_reason(const struct project *project, const char *key, const char *value);
