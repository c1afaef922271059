/* SPDX-License-Identifier: MIT */
#include "config/setting-type.h"

#include <strings.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"

static bool number_read(const char *value, unsigned long min, unsigned long max, unsigned long *out)
{
	size_t digits = value ? strspn(value, "0123456789") : 0;

	if (digits == 0 || digits > 9 || value[digits]) {
		return false;
	}
	*out = strtoul(value, NULL, 10);
	return *out >= min && *out <= max;
}

static bool port_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	unsigned long port;
	bool right = number_read(value, 1, 65535, &port);

	if (right) {
		*(uint16_t *)field = (uint16_t)port;
	}
	return right;
}

static bool time_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	unsigned long msec;
	bool right = number_read(value, 0, TIME_MSEC_MAX, &msec);

	if (right) {
		*(uint64_t *)field = msec * CLOCK_USEC_PER_MSEC;
	}
	return right;
}

/* The words of git-config(1). */
static bool bool_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	static const char *const words[][4] = {{"false", "no", "off", "0"}, {"true", "yes", "on", "1"}};

	for (size_t i = 0; value && i < COUNT_OF(words[0]); i++) {
		for (size_t b = 0; b < 2; b++) {
			if (strcasecmp(value, words[b][i]) == 0) {
				*(bool *)field = b;
				return true;
			}
		}
	}
	if (!value) {
		*(bool *)field = true;
	}
	return !value;
}

/* Sets a bool: whether pages may be patched. */
static bool reload_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	*(bool *)field = value && strcmp(value, "patch") == 0;
	return value && (*(bool *)field || strcmp(value, "reload") == 0);
}

static void urls_clear(void *field)
{
	struct url_rules *rules = field;

	for (size_t i = 0; i < rules->count; i++) {
		url_pattern_clear(&rules->items[i]);
	}
	free(rules->items);
	*rules = (struct url_rules){0};
}

static bool urls_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	struct url_rules *rules = field;
	struct url_pattern pattern;

	if (rules->count == URL_RULES_MAX) {
		*why = "there are 64 of these already";
		return false;
	}
	if (!value || url_pattern_parse(value, &pattern, why) < 0) {
		return false;
	}
	rules->items = mem_resize(rules->items, rules->count + 1, sizeof *rules->items);
	rules->items[rules->count++] = pattern;
	return true;
}

static void rules_clear(void *field)
{
	path_rules_clear(field);
}

static bool patterns_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	return value && path_rules_add(field, value, why);
}

static bool outside_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	return value && path_rules_add_outside(field, value, place->root, place->home, why);
}

/* Any URL may belong to the server of another project. */
static bool url_is_outside(const char *value, const struct setting_place *place)
{
	return true;
}

static bool pattern_is_outside(const char *value, const struct setting_place *place)
{
	struct path_rules rules = {0};
	const char *why;
	bool outside = path_rules_add_outside(&rules, value, place->root, place->home, &why) &&
		!pathname_is_below(rules.items[0].base, place->root);

	path_rules_clear(&rules);
	return outside;
}

/* Outputs are below the root, but a link in the project may lead out of it. */
static bool output_is_outside(const char *value, const struct setting_place *place)
{
	_cleanup_free_ char *folder = NULL, *real = NULL;
	struct path_rules rules = {0};
	bool deep, outside = false;
	const char *why;

	value += *value == '/';
	if (place->resolve && path_rules_add_outside(&rules, value, place->root, NULL, &why)) {
		folder = path_rule_folder(&rules.items[0], &deep);
		if (!value[strcspn(value, "*?[\\")]) {
			*strrchr(folder, '/') = '\0'; /* the name of a file */
		}
		real = place->resolve(folder);
		outside = real && pathname_is_below(folder, place->root) &&
			!pathname_is_below(real, place->root);
	}
	path_rules_clear(&rules);
	return outside;
}

static bool actions_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	return value && path_rules_add_action(field, value, why);
}

static void watch_clear(void *field)
{
	struct watch_rules *rules = field;

	path_rules_clear(&rules->patterns);
	*rules = (struct watch_rules){0};
}

static bool watch_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	struct watch_rules *rules = field;
	bool on;

	if (!bool_take(&on, value, place, why)) {
		return path_rules_add(&rules->patterns, value, why);
	}
	rules->on = on;
	rules->off = !on;
	return true;
}

static bool count_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	unsigned long count;
	bool right = number_read(value, 1, COUNT_MAX, &count);

	if (right) {
		*(uint64_t *)field = count;
	}
	return right;
}

static bool problems_take(
	void *field, const char *value, const struct setting_place *place, const char **why)
{
	return value && problem_sources_read(field, value);
}

static void problems_clear(void *field)
{
	*(problem_sources *)field = 0;
}

const struct setting_type setting_port = {
	.allowed = "a number from 1 to 65535",
	.take = port_take,
};
const struct setting_type setting_bool = {
	.allowed = "true or false",
	.take = bool_take,
};
const struct setting_type setting_reload = {
	.allowed = "patch or reload",
	.take = reload_take,
};
const struct setting_type setting_time = {
	.allowed = "milliseconds, a number from 0 to 600000",
	.take = time_take,
};
const struct setting_type setting_urls = {
	.allowed = "a URL pattern: SCHEME://HOST[:PORT][/PATH]",
	.many = true,
	.take = urls_take,
	.clear = urls_clear,
	.outside = url_is_outside,
};
const struct setting_type setting_patterns = {
	.allowed = "a file pattern",
	.many = true,
	.take = patterns_take,
	.clear = rules_clear,
};
const struct setting_type setting_outputs = {
	.allowed = "a file pattern",
	.many = true,
	.take = patterns_take,
	.clear = rules_clear,
	.outside = output_is_outside,
};
const struct setting_type setting_outside = {
	.allowed = "a file pattern: absolute, below ~/, or relative to the root",
	.many = true,
	.take = outside_take,
	.clear = rules_clear,
	.outside = pattern_is_outside,
};
const struct setting_type setting_watch = {
	.allowed = "true, false or a file pattern",
	.many = true,
	.take = watch_take,
	.clear = watch_clear,
};
const struct setting_type setting_count = {
	.allowed = "a number from 1 to 65536",
	.take = count_take,
};
const struct setting_type setting_problems = {
	.allowed = "error, rejection, resource, blocked, document, console, third-party, extension or "
		   "favicon, or no- and one of these",
	.many = true,
	.take = problems_take,
	.clear = problems_clear,
};
const struct setting_type setting_actions = {
	.allowed = "page, css, image or none, and a file pattern",
	.many = true,
	.take = actions_take,
	.clear = rules_clear,
};
