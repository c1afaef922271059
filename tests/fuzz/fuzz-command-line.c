/* SPDX-License-Identifier: MIT */

/* Any bytes as a command line: a bounded list of absolute, normalized folders; traits; ports. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "server/command-line.h"
#include "server/forward-spec.h"
#include "server/forwarder.h"
#include "server/program-traits.h"
#include "util/mem.h"
#include "util/pathname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_forwarders(const char *arguments, size_t length)
{
	static const char *const names[] = {"ssh", "kubectl", "docker-proxy", "pasta", "socat"};
	const char *host;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		forwarder_target(names[i], arguments, length, 18000);
	}
	if (forward_spec_ssh(arguments, length, FORWARD_SSH_REMOTE, 18000, &host)) {
		assert(host);
	}
}

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
	fuzz_forwarders((const char *)data, size);
	if (size && data[size - 1] == 0) { /* also as a text: the script behind a title */
		static const char title[] = "webpack\0\0";
		size_t words;

		free(command_line_behind(title, sizeof title, (const char *)data, &words));
		free(command_line_behind((const char *)data, size, NULL, &words));
		command_line_is_title((const char *)data, size);
	}
	return 0;
}
