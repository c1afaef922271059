/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "server/hosts.h"
#include "util/mem.h"

static const char text[] =
	"# a comment shop.test\n"
	"127.0.0.1\tlocalhost myapp.test # other.test\n"
	"::1 localhost myapp.test\n"
	"  127.0.0.2   two.test\ttwo-again.test\r\n"
	"0.0.0.0 blocked.test\n"
	"10.0.0.5 remote.test\n"
	"127.0.0.1 remote.test\n"
	"127.0.0.3 both.test\n"
	"10.0.0.6 both.test\n"
	"not-an-address bad.test\n"
	"127.0.0.1\n"
	"1270000000000000000000000000000000000000000000000000000000001 long.test\n"
	"127.0.0.9 UPPER.test\n"
	"127.0.0.8 last.test";

static void names_are_found(void **state)
{
	static const struct {
		const char *name;
		size_t count;
		const char *first;
	} rows[] = {
		{"localhost", 2, "127.0.0.1"},
		{"myapp.test", 2, "127.0.0.1"},
		{"two.test", 1, "127.0.0.2"},
		{"two-again.test", 1, "127.0.0.2"},
		{"upper.test", 1, "127.0.0.9"},
		{"last.test", 1, "127.0.0.8"},
		{"both.test", 1, "127.0.0.3"},
		{"remote.test", 0, NULL},
		{"blocked.test", 0, NULL},
		{"other.test", 0, NULL},
		{"shop.test", 0, NULL},
		{"bad.test", 0, NULL},
		{"long.test", 0, NULL},
		{"app.test", 0, NULL},
		{"127.0.0.1", 0, NULL},
		{"", 0, NULL},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hosts_address addresses[HOSTS_ADDRESSES_MAX];

		if (hosts_loopback(text, rows[i].name, addresses) != rows[i].count) {
			fail_msg("%s", rows[i].name);
		}
		if (rows[i].first) {
			assert_string_equal(addresses[0].text, rows[i].first);
		}
	}
}

static void addresses_are_bounded(void **state)
{
	struct hosts_address addresses[HOSTS_ADDRESSES_MAX];
	char many[1024] = "";

	for (int i = 0; i < HOSTS_ADDRESSES_MAX + 1; i++) {
		snprintf(many + strlen(many), sizeof many - strlen(many), "127.0.0.%d x\n", i);
	}
	assert_int_equal(hosts_loopback(many, "x", addresses), HOSTS_ADDRESSES_MAX);
	assert_int_equal(hosts_loopback("", "x", addresses), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(addresses_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
