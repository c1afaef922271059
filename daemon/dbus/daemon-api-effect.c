/* SPDX-License-Identifier: MIT */
#include "browser/audience.h"
#include "dbus/daemon-api-private.h"
#include "project/file-kind.h"
#include "project/verdict.h"

/* What a save would do, in one sentence. */

/*
 * What a page replaces after a save of the file, for display; NULL: it reloads. `file` is NULL for
 * a URL.
 */
static const char *replaced_by(const struct verdict *verdict, const char *file)
{
	switch (verdict && verdict->rule ? verdict->rule->action : ACTION_DEFAULT) {
	case ACTION_CSS:
		return file_kind_replaced(FILE_KIND_CSS);
	case ACTION_IMAGE:
		return file_kind_replaced(FILE_KIND_IMAGE);
	case ACTION_DEFAULT:
		return file ? file_kind_replaced(file_kind_of(file)) : NULL;
	case ACTION_PAGE:
	case ACTION_NONE:
		break;
	}
	return NULL;
}

/* How many tabs a save reaches; if it reaches none, `why` is set to why. */
static unsigned reached_by(const struct project *project, const char *file, char **why)
{
	const char *name = file ? file : project->root;
	unsigned count = 0;

	*why = NULL;
	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		_cleanup_free_ char *not = NULL;

		if (audience_of(tab, (char *const *)&name, 1, &not ) == AUDIENCE_TOLD) {
			count++;
		} else if (!*why) {
			*why = mem_steal(not );
		}
	}
	return count;
}

/* The program that reloads all the project's pages itself, or NULL. */
static const char *aside_of(const struct project *project)
{
	const char *aside = NULL;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		aside = audience_aside(tab);
		if (!aside) {
			break;
		}
	}
	return aside;
}

/* The dev servers that update the first tab that has any, for display; NULL: there are none. */
static char *updaters_of(const struct project *project)
{
	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		if (tab->updates.count && project->settings->stand_aside) {
			return audience_updaters(tab);
		}
	}
	return NULL;
}

char *daemon_api_effect(struct daemon_api *api, const struct project *project,
	const struct verdict *verdict, const char *file)
{
	_cleanup_free_ char *why = NULL, *updaters = NULL;
	const char *replaced;
	unsigned count;

	if (verdict && verdict->ignored) {
		return mem_printf("nothing: the file is ignored: %s", verdict->ignored);
	}
	if (!project->tab_count) {
		return mem_strdup(browsers_count(api->parts.browsers)
				? "nothing: no tab of this project is switched on"
				: "nothing: no browser is connected");
	}
	count = reached_by(project, file, &why);
	if (!count) {
		return mem_printf("nothing: %s", why);
	}
	if (aside_of(project)) {
		return mem_printf(
			"nothing: %s reloads its pages itself; if it does not update the file, "
			"savecast reloads %u tab%s",
			aside_of(project), count, count == 1 ? "" : "s");
	}
	updaters = updaters_of(project);
	replaced = replaced_by(verdict, file);
	return mem_printf("%s%s%s %u tab%s%s%s%s", replaced ? "replaces " : "reloads",
		replaced ? replaced : "", replaced ? " in" : "", count, count == 1 ? "" : "s",
		updaters ? ", unless " : "", updaters ? updaters : "",
		updaters ? " updates the page itself" : "");
}
