/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "server/choices.h"
#include "util/mem.h"

static void a_choice_is_for_exactly_its_site(void **state)
{
	struct choices *choices = choices_new();

	choices_set(choices, "http://a.localhost:1355", "/w/shop");
	assert_string_equal(choices_find(choices, "http://a.localhost:1355"), "/w/shop");
	assert_null(choices_find(choices, "http://a.localhost:13550"));
	assert_null(choices_find(choices, "https://a.localhost:1355"));
	choices_set(choices, "http://a.localhost:1355", "/w/potato");
	assert_string_equal(choices_find(choices, "http://a.localhost:1355"), "/w/potato");
	choices_free(choices);
}

static void choices_are_stored(void **state)
{
	struct choices *choices = choices_new(), *again = choices_new();
	_cleanup_free_ char *text = NULL;
	char *why = NULL;

	choices_set(choices, "http://a", "/w/caf\xe9");
	text = choices_write(choices);
	assert_int_equal(choices_read(again, text, strlen(text), &why), 0);
	assert_string_equal(choices_find(again, "http://a"), "/w/caf\xe9");
	choices_free(choices);
	choices_free(again);
}

static void a_damaged_file_chooses_nothing(void **state)
{
	static const char odd[] = "{\"version\": 1, \"choices\": [1, {}, {\"site\": \"s\", \"root\": "
				  "\"relative\"}, {\"site\": \"t\", \"root\": \"/w\"}]}";
	struct choices *choices = choices_new();
	char *why = NULL;

	assert_int_equal(choices_read(choices, "{\"version\": 2}", 14, &why), -EINVAL);
	assert_non_null(why);
	free(why);
	assert_int_equal(choices_read(choices, odd, strlen(odd), &why), 0);
	assert_null(choices_find(choices, "s"));
	assert_string_equal(choices_find(choices, "t"), "/w");
	choices_free(choices);
}

static void choices_are_bounded(void **state)
{
	struct choices *choices = choices_new();
	char longest[CHOICE_SITE_MAX + 2];

	for (int i = 0; i <= CHOICES_MAX; i++) {
		_cleanup_free_ char *site = mem_printf("http://%d", i);

		choices_set(choices, site, "/w");
	}
	assert_null(choices_find(choices, "http://0"));
	assert_non_null(choices_find(choices, "http://1"));
	memset(longest, 'x', sizeof longest);
	longest[CHOICE_SITE_MAX + 1] = '\0';
	choices_set(choices, longest, "/w");
	assert_null(choices_find(choices, longest));
	longest[CHOICE_SITE_MAX] = '\0';
	choices_set(choices, longest, "/w");
	assert_non_null(choices_find(choices, longest));
	choices_free(choices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_choice_is_for_exactly_its_site),
		cmocka_unit_test(choices_are_stored),
		cmocka_unit_test(a_damaged_file_chooses_nothing),
		cmocka_unit_test(choices_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
