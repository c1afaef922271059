/* SPDX-License-Identifier: MIT */
#include "cli/feed/save-stdin.h"

#include <stdio.h>

#include "util/mem.h"
#include "cli/feed/feeder.h"
#include "cli/feed/lines.h"

struct save_stdin {
	struct feeder *feeder;
	struct lines lines;
};

static void stdin_on_line(
	enum line_kind kind, char *line, size_t length, uint64_t number, void *userdata)
{
	struct save_stdin *save = userdata;
	char where[32];

	snprintf(where, sizeof where, "line %llu", (unsigned long long)number);
	if (kind == LINE_TOO_LONG) {
		feeder_refuse(save->feeder, where, "file", "is longer than any file: URI can be");
	} else if (strlen(line) < length) {
		feeder_refuse(save->feeder, where, line, "a name cannot hold a NUL byte");
	} else if (length) {
		feeder_take(save->feeder, line, where);
	}
}

static bool stdin_feed(struct feeder *feeder, char *bytes, size_t length, void *userdata)
{
	struct save_stdin *save = userdata;

	save->feeder = feeder;
	lines_feed(&save->lines, bytes, length, stdin_on_line, save);
	return true;
}

static void stdin_finish(struct feeder *feeder, void *userdata)
{
	struct save_stdin *save = userdata;

	save->feeder = feeder;
	lines_finish(&save->lines, stdin_on_line, save);
}

enum exit_code save_from_stdin(bool json)
{
	static const struct feeder_source source = {.feed = stdin_feed, .finish = stdin_finish};
	struct save_stdin *save = mem_new(struct save_stdin);
	enum exit_code code = feeder_run(&source, save, json);

	free(save);
	return code;
}
