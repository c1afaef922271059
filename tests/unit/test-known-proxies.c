/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

#include "server/known-proxies.h"

static struct upstream_end end_of(uint16_t port)
{
	return (struct upstream_end){.ip = "127.0.0.1", .port = port};
}

static void note(struct known_proxies *known, const char *key, uint16_t port)
{
	struct upstream_end end = end_of(port);

	known_proxies_note(known, key, &end);
}

static void each_has_its_servers_the_latest_first(void **state)
{
	struct known_proxies known = {.count = 0};
	const struct known_proxy *one;

	assert_null(known_proxies_find(&known, "node 1"));
	note(&known, "node 1", 4001);
	note(&known, "node 2", 5001);
	note(&known, "node 1", 4002);
	note(&known, "node 1", 4001);
	one = known_proxies_find(&known, "node 1");
	assert_int_equal(one->count, 2);
	assert_int_equal(one->ends[0].port, 4001);
	assert_int_equal(one->ends[1].port, 4002);
	assert_int_equal(known_proxies_find(&known, "node 2")->count, 1);
	known_proxies_clear(&known);
	assert_null(known_proxies_find(&known, "node 1"));
}

static void limits_hold(void **state)
{
	struct known_proxies known = {.count = 0};
	const struct known_proxy *one;

	note(&known, "first", 1);
	for (uint16_t i = 0; i < UPSTREAM_ENDS_MAX + 2; i++) {
		note(&known, "many", 100 + i);
	}
	one = known_proxies_find(&known, "many");
	assert_int_equal(one->count, UPSTREAM_ENDS_MAX);
	assert_int_equal(one->ends[0].port, 100 + UPSTREAM_ENDS_MAX + 1);
	assert_int_equal(one->ends[UPSTREAM_ENDS_MAX - 1].port, 102);
	for (int i = 0; i < KNOWN_PROXIES_MAX - 1; i++) {
		char key[16];

		snprintf(key, sizeof key, "node %d", i);
		note(&known, key, 1);
	}
	assert_int_equal(known.count, KNOWN_PROXIES_MAX);
	assert_null(known_proxies_find(&known, "first"));
	assert_non_null(known_proxies_find(&known, "many"));
	known_proxies_clear(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_servers_the_latest_first),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
