/* SPDX-License-Identifier: MIT */
#include "project/path-rule.h"

#include "project/glob.h"
#include "util/mem.h"
#include "util/pathname.h"

static const char *const action_names[] = {
	[ACTION_DEFAULT] = "default",
	[ACTION_PAGE] = "page",
	[ACTION_CSS] = "css",
	[ACTION_IMAGE] = "image",
	[ACTION_NONE] = "none",
};

const char *action_name(enum action action)
{
	return action_names[action];
}

void path_rules_clear(struct path_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		free(rules->items[i].text);
		free(rules->items[i].base);
	}
	free(rules->items);
	*rules = (struct path_rules){0};
}

/* `at` is where in `text` the pattern begins. */
static struct path_rule *path_rules_grow(
	struct path_rules *rules, const char *text, size_t at, const char **why)
{
	struct path_rule *added;

	if (rules->count == PATH_RULES_MAX) {
		*why = "there are 256 of these already";
		return NULL;
	}
	if (!glob_check(text + at, why)) {
		return NULL;
	}
	rules->items = mem_resize(rules->items, rules->count + 1, sizeof *rules->items);
	added = &rules->items[rules->count++];
	*added = (struct path_rule){.text = mem_strdup(text)};
	added->pattern = added->text + at;
	return added;
}

bool path_rules_add(struct path_rules *rules, const char *pattern, const char **why)
{
	if (pattern[0] == '!') {
		*why = "a pattern cannot be undone with \"!\"; an empty value removes all";
		return false;
	}
	return path_rules_grow(rules, pattern, 0, why);
}

bool path_rules_add_action(struct path_rules *rules, const char *value, const char **why)
{
	size_t word = strcspn(value, " \t");
	size_t at = word + strspn(value + word, " \t");
	struct path_rule *added;

	for (enum action i = ACTION_PAGE; i <= ACTION_NONE; i++) {
		if (strlen(action_names[i]) == word && strncmp(action_names[i], value, word) == 0) {
			added = path_rules_grow(rules, value, at, why);
			if (added) {
				added->action = i;
			}
			return added;
		}
	}
	*why = "the first word must be page, css, image or none";
	return false;
}

/* Whether ".." is a component of the pattern. */
static bool goes_up(const char *pattern)
{
	for (const char *at = pattern; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
			return true;
		}
	}
	return false;
}

bool path_rules_add_outside(struct path_rules *rules, const char *pattern, const char *root,
	const char *home, const char **why)
{
	_cleanup_free_ char *base = mem_strdup(*pattern == '/' ? "/" : root);
	const char *at = pattern;
	struct path_rule *added;

	if (strncmp(pattern, "~/", 2) == 0 && home) {
		free(base);
		base = mem_strdup(home);
		at += 2;
	}
	while (strncmp(at, "../", 3) == 0) {
		char *slash = strrchr(base, '/');

		slash[slash == base ? 1 : 0] = '\0';
		at += 3;
	}
	if (goes_up(at)) {
		*why = "\"..\" is allowed only at the start";
		return false;
	}
	added = path_rules_grow(rules, pattern, (size_t)(at - pattern), why);
	if (added) {
		added->base = mem_steal(base);
	}
	return added;
}

const struct path_rule *path_rules_find(const struct path_rules *rules, const char *name)
{
	for (size_t i = rules->count; i-- > 0;) {
		if (glob_matches(rules->items[i].pattern, name)) {
			return &rules->items[i];
		}
	}
	return NULL;
}

const struct path_rule *path_rules_find_outside(const struct path_rules *rules, const char *name)
{
	for (size_t i = rules->count; i-- > 0;) {
		const struct path_rule *rule = &rules->items[i];
		size_t length = strlen(rule->base);

		if (!pathname_is_below(name, rule->base) || !name[length]) {
			continue;
		}
		if (glob_matches(rule->pattern, name + length + (length > 1))) {
			return rule;
		}
	}
	return NULL;
}

char *path_rule_folder(const struct path_rule *rule, bool *deep)
{
	const char *pattern = rule->pattern + (*rule->pattern == '/');
	size_t plain = strcspn(pattern, "*?[\\");
	const char *rest = pattern + plain;

	*deep = !*rest || strchr(rest, '/') || strstr(rest, "**");
	while (*rest && plain && pattern[plain - 1] != '/') {
		plain--;
	}
	while (plain && pattern[plain - 1] == '/') {
		plain--;
	}
	if (!plain) {
		return mem_strdup(rule->base);
	}
	return mem_printf("%s/%.*s", strcmp(rule->base, "/") ? rule->base : "", (int)plain, pattern);
}
