/* SPDX-License-Identifier: MIT */
#include "project/state-kind.h"

#include "browser/extensions.h"
#include "config/trust.h"
#include "project/state-text.h"
#include "readiness/restart-history.h"
#include "server/choices.h"

static int read_projects(void *into, const char *text, size_t length, char **why)
{
	return state_text_read(into, text, length, why);
}

static char *write_projects(const void *from)
{
	return state_text_write(from);
}

static int read_history(void *into, const char *text, size_t length, char **why)
{
	return restart_history_read(into, text, length, why);
}

static char *write_history(const void *from)
{
	return restart_history_write(from);
}

static int read_trusted(void *into, const char *text, size_t length, char **why)
{
	return trust_read(into, text, length, why);
}

static char *write_trusted(const void *from)
{
	return trust_write(from);
}

static int read_extensions(void *into, const char *text, size_t length, char **why)
{
	return extensions_read(into, text, length, why);
}

static char *write_extensions(const void *from)
{
	return extensions_write(from);
}

static int read_choices(void *into, const char *text, size_t length, char **why)
{
	return choices_read(into, text, length, why);
}

static char *write_choices(const void *from)
{
	return choices_write(from);
}

const struct state_text state_texts[STATE_KINDS] = {
	[STATE_PROJECTS] = {"projects.json", read_projects, write_projects,
		"starting without tracked projects: fix that file and put it back, or track "
		"them again"},
	[STATE_HISTORY] = {"learned.json", read_history, write_history,
		"savecast observes again which saves restart which server"},
	[STATE_TRUSTED] = {"trusted.json", read_trusted, write_trusted,
		"rules of .savecast files that reach outside their project have no effect until "
		"you trust them again"},
	[STATE_EXTENSIONS] = {"extensions.json", read_extensions, write_extensions,
		"browser extensions that you have confirmed wait for savecast pair again"},
	[STATE_CHOICES] = {"choices.json", read_choices, write_choices,
		"the popup asks again which project pages behind a proxy belong to"},
};
