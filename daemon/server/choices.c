/* SPDX-License-Identifier: MIT */
#include "server/choices.h"

#include <errno.h>
#include <string.h>

#include "util/json-list.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

struct choice {
	char *site, *root;
};

struct choices {
	struct choice list[CHOICES_MAX]; /* the oldest first */
	size_t count;
};

struct choices *choices_new(void)
{
	return mem_new(struct choices);
}

static void choices_remove(struct choices *choices, size_t index)
{
	free(choices->list[index].site);
	free(choices->list[index].root);
	choices->count--;
	memmove(&choices->list[index], &choices->list[index + 1],
		(choices->count - index) * sizeof *choices->list);
}

void choices_free(struct choices *choices)
{
	while (choices && choices->count) {
		choices_remove(choices, choices->count - 1);
	}
	free(choices);
}

static size_t index_of(const struct choices *choices, const char *site)
{
	size_t i = 0;

	while (i < choices->count && strcmp(choices->list[i].site, site) != 0) {
		i++;
	}
	return i;
}

const char *choices_find(const struct choices *choices, const char *site)
{
	size_t i = index_of(choices, site);

	return i < choices->count ? choices->list[i].root : NULL;
}

void choices_set(struct choices *choices, const char *site, const char *root)
{
	size_t i = index_of(choices, site);
	struct choice *choice;

	if (strlen(site) > CHOICE_SITE_MAX || !utf8_is_valid(site, strlen(site))) {
		return;
	}
	if (i < choices->count) {
		choices_remove(choices, i);
	} else if (choices->count == CHOICES_MAX) {
		choices_remove(choices, 0);
	}
	choice = &choices->list[choices->count++];
	choice->site = mem_strdup(site);
	choice->root = mem_strdup(root);
}

char *choices_write(const struct choices *choices)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("choices");
	json_t *list = json_object_get(file, "choices");

	for (size_t i = 0; i < choices->count; i++) {
		_cleanup_free_ char *root = pathname_to_text(choices->list[i].root);

		json_array_append_new(list,
			json_pack("{s:s, s:s}", "site", choices->list[i].site, "root", root));
	}
	return json_list_write(file);
}

static void choice_read(struct choices *choices, const json_t *choice)
{
	const char *site = json_string_value(json_object_get(choice, "site"));
	const char *text = json_string_value(json_object_get(choice, "root")), *why;
	_cleanup_free_ char *root = NULL;

	if (site && text && pathname_from_text(text, &root, &why) == 0) {
		choices_set(choices, site, root);
	}
}

int choices_read(struct choices *choices, const char *text, size_t length, char **why)
{
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "choices", why);
	const json_t *choice;
	size_t i;

	if (!file) {
		return -EINVAL;
	}
	json_array_foreach (json_object_get(file, "choices"), i, choice) {
		choice_read(choices, choice);
	}
	return 0;
}
