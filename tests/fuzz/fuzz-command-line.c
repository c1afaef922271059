/* SPDX-License-Identifier: MIT */

/* Any process's command line: few folders, all absolute and plain; traits. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "server/command-line.h"
#include "server/program-traits.h"
#include "util/mem.h"
#include "util/pathname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *folders[COMMAND_LINE_FOLDERS_MAX];
	struct program_traits traits;
	size_t count = command_line_folders((const char *)data, size, NULL, "/w/shop", folders);

	assert(count <= COMMAND_LINE_FOLDERS_MAX);
	for (size_t i = 0; i < count; i++) {
		char *again;
		const char *why;

		/*
		 * The form that pathname_from_text() produces, and the only one that it accepts.
		 */
		assert(pathname_from_text(folders[i], &again, &why) == 0);
		assert(strcmp(again, folders[i]) == 0);
		free(again);
		free(folders[i]);
	}
	program_traits_of((const char *)data, size, NULL, &traits);
	program_traits_add_environment(&traits, (const char *)data, size);
	assert(memchr(traits.suffixes, '\0', sizeof traits.suffixes));
	program_traits_ask(&traits, "py");
	if (size && data[size - 1] == 0) { /* also as a text: the script behind a title */
		static const char title[] = "webpack\0\0";
		size_t words;

		free(command_line_behind(title, sizeof title, (const char *)data, &words));
		free(command_line_behind((const char *)data, size, NULL, &words));
		command_line_is_title((const char *)data, size);
	}
	return 0;
}
