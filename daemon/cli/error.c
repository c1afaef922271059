/* SPDX-License-Identifier: MIT */
#include "cli/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/mem.h"
#include "cli/text.h"

#define FREEDESKTOP "org.freedesktop.DBus.Error."
#define ERROR_NO_REPLY FREEDESKTOP "NoReply"
#define ERROR_TOO_OLD                                                                              \
	"daemon: the running savecastd is older than this command: restart it with 'systemctl "    \
	"--user restart savecast'"

void error_print(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *safe = NULL;
	va_list args;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	safe = text_safe(text);
	fprintf(stderr, "savecast: %s\n", safe);
}

bool error_is_unanswered(const char *name)
{
	return strcmp(name, ERROR_NO_REPLY) == 0;
}

/* What a D-Bus error means; a name that ends with "." matches all that begin with it. */
static const struct error_row {
	const char *name;
	enum call_result result;
	const char *before;
	const char *after; /* what follows the error's own text; NULL: the text is left out */
} error_rows[] = {
	{FREEDESKTOP "ServiceUnknown", CALL_UNREACHABLE,
		"daemon: not running and not installed for activation: start savecastd, or install "
		"savecast",
		NULL},
	{FREEDESKTOP "NameHasNoOwner", CALL_UNREACHABLE,
		"daemon: not running and not installed for activation: start savecastd, or install "
		"savecast",
		NULL},
	{FREEDESKTOP "Spawn.", CALL_UNREACHABLE,
		"daemon: cannot be started by the bus: ", ": run savecastd by hand to see why"},
	{"org.freedesktop.systemd1.", CALL_UNREACHABLE,
		"daemon: cannot be started by the bus: ", ": run savecastd by hand to see why"},
	{FREEDESKTOP "TimedOut", CALL_UNREACHABLE,
		"daemon: cannot be started by the bus: ", ": run savecastd by hand to see why"},
	{ERROR_NO_REPLY, CALL_UNREACHABLE,
		"daemon: no answer: savecastd ended or hangs: 'savecast status' shows whether it "
		"is "
		"back",
		NULL},
	{FREEDESKTOP "Disconnected", CALL_UNREACHABLE,
		"session bus: the connection is gone: log in again, or start a session bus", NULL},
	{FREEDESKTOP "AccessDenied", CALL_UNREACHABLE, "session bus: no access: ", ""},
	{FREEDESKTOP "UnknownMethod", CALL_REFUSED, ERROR_TOO_OLD, NULL},
	{FREEDESKTOP "UnknownObject", CALL_REFUSED, ERROR_TOO_OLD, NULL},
	{FREEDESKTOP "UnknownInterface", CALL_REFUSED, ERROR_TOO_OLD, NULL},
};

static bool error_is(const struct error_row *row, const char *name)
{
	size_t length = strlen(row->name);

	return row->name[length - 1] == '.' ? strncmp(name, row->name, length) == 0
					    : strcmp(name, row->name) == 0;
}

/*
 * Removes the method and its argument, "Track: root: ", from the beginning of a daemon's
 * error: a user of the command line does not know them.
 */
static char *without_api_words(const char *text)
{
	static const char *const words[][2] = {{"root: ", "folder: "}, {"what: ", ""},
		{"cookie: ", "hold: "}, {"files[", "file: "}};
	size_t member = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	if (member && *text >= 'A' && *text <= 'Z' && strncmp(text + member, ": ", 2) == 0) {
		text += member + 2;
	}
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t length = strlen(words[i][0]);

		if (strncmp(text, words[i][0], length) == 0) {
			const char *rest = text + length;

			if (words[i][0][length - 1] == '[') {
				rest += strcspn(rest, " ");
				rest += *rest == ' ';
			}
			return mem_printf("%s%s", words[i][1], rest);
		}
	}
	return mem_strdup(text);
}

enum call_result error_explain(const char *name, const char *text, char **why)
{
	for (size_t i = 0; i < COUNT_OF(error_rows); i++) {
		const struct error_row *row = &error_rows[i];

		if (error_is(row, name)) {
			*why = mem_printf("%s%s%s", row->before, row->after ? text : "",
				row->after ? row->after : "");
			return row->result;
		}
	}
	*why = *text ? without_api_words(text) : mem_strdup(name);
	return CALL_REFUSED;
}
