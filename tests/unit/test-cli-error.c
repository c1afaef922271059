/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "cli/error.h"

static void is(const char *name, const char *text, enum call_result result, const char *part)
{
	_cleanup_free_ char *why = NULL;

	assert_int_equal(error_explain(name, text, &why), result);
	assert_non_null(strstr(why, part));
}

static void errors_are_explained(void **state)
{
	is("org.freedesktop.DBus.Error.ServiceUnknown", "The name ...", CALL_UNREACHABLE,
		"not running and not installed for activation: start savecastd, or install");
	is("org.freedesktop.DBus.Error.NameHasNoOwner", "", CALL_UNREACHABLE, "not running");
	is("org.freedesktop.DBus.Error.Spawn.ChildExited", "exited with status 1", CALL_UNREACHABLE,
		"exited with status 1");
	is("org.freedesktop.systemd1.NoSuchUnit", "Unit savecast.service not found.",
		CALL_UNREACHABLE, "not found");
	is("org.freedesktop.DBus.Error.NoReply", "x", CALL_UNREACHABLE, "no answer");
	is("org.freedesktop.DBus.Error.Disconnected", "x", CALL_UNREACHABLE, "session bus");
	is("org.freedesktop.DBus.Error.UnknownMethod", "x", CALL_REFUSED, "restart it");
	is("org.freedesktop.DBus.Error.AccessDenied", "a rule", CALL_UNREACHABLE, "no access: a rule");
	is("org.freedesktop.DBus.Error.InvalidArgs", "file: a: must be absolute", CALL_REFUSED,
		"file: a: must be absolute");
	is("io.github.savecast.Error.NotTracked", "", CALL_REFUSED, "NotTracked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(errors_are_explained)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
