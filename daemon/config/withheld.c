/* SPDX-License-Identifier: MIT */
#include "config/withheld.h"

#include "config/settings.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

static void texts_clear(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(texts[i]);
	}
	free(texts);
}

static bool texts_differ(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
	for (size_t i = 0; a_count == b_count && i < a_count; i++) {
		if (strcmp(a[i], b[i]) != 0) {
			return true;
		}
	}
	return a_count != b_count;
}

static void withhold(
	struct withheld *withheld, struct config_entry *entry, const struct setting_place *place)
{
	_cleanup_free_ char *rule = config_entry_rule(entry);
	const char *why;

	entry->withheld = true;
	setting_take(entry->setting, &withheld->rules, entry->value, place, &why);
	withheld->texts =
		mem_resize(withheld->texts, withheld->count + 1, sizeof *withheld->texts);
	withheld->texts[withheld->count++] = utf8_dup(rule);
}

void withheld_find(struct withheld *withheld, struct config_text *own, const struct trust *trust,
	const struct setting_place *place)
{
	static uint64_t revisions;
	char **before = withheld->texts;
	size_t count_before = withheld->count;

	project_settings_clear(&withheld->rules);
	withheld->texts = NULL;
	withheld->count = 0;
	for (size_t i = 0; i < own->count; i++) {
		struct config_entry *entry = &own->entries[i];
		_cleanup_free_ char *rule = entry->outside ? config_entry_rule(entry) : NULL;

		entry->withheld = false;
		if (rule && !trust_has(trust, place->root, rule)) {
			withhold(withheld, entry, place);
		}
	}
	if (texts_differ(before, count_before, withheld->texts, withheld->count)) {
		withheld->revision = ++revisions;
	}
	texts_clear(before, count_before);
}

bool withheld_trust(const struct config_text *own, struct trust *trust, const char *root)
{
	bool room = true;

	trust_remove(trust, root);
	for (size_t i = 0; i < own->count; i++) {
		_cleanup_free_ char *rule = config_entry_rule(&own->entries[i]);

		room &= !own->entries[i].outside || trust_add(trust, root, rule);
	}
	return room;
}

void withheld_clear(struct withheld *withheld)
{
	project_settings_clear(&withheld->rules);
	texts_clear(withheld->texts, withheld->count);
	*withheld = (struct withheld){0};
}

char *withheld_advice(const struct project *project)
{
	_cleanup_free_ char *word = pathname_to_word(project->root);

	return mem_printf("savecast trust %s", word);
}

char *withheld_reason(const struct project *project, const char *key, const char *value)
{
	_cleanup_free_ char *root = pathname_to_text(project->root);
	_cleanup_free_ char *advice = withheld_advice(project);

	return mem_printf("not trusted: %s = %.200s in %s/" PROJECT_FILE ": to apply it, run %s",
		key, value, strcmp(root, "/") ? root : "", advice);
}
