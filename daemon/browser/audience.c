/* SPDX-License-Identifier: MIT */
#include "browser/audience.h"

#include "project/workspace.h"
#include "server/router.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

/* The deepest part of the project that has the file and that another tab's server serves. */
static const char *served_part_of(const struct project *project, const char *file)
{
	const char *found = NULL;

	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		if (tab->part && pathname_is_below(file, tab->part) &&
			(!found || strlen(tab->part) > strlen(found))) {
			found = tab->part;
		}
	}
	return found;
}

/*
 * Whether the file can matter to what the tab's server serves. If it cannot, `other` is the
 * folder that it is part of, which the caller frees. `before`: such a folder, or NULL.
 */
static bool concerns(const struct tab *tab, const char *file, const char *before, char **other)
{
	const struct project *project = tab->project;
	const char *served;
	_cleanup_free_ char *part = NULL;
	enum workspace_need need;

	if (pathname_is_below(file, tab->part)) {
		return true;
	}
	served = served_part_of(project, file);
	part = workspace_part_of(file, project->root);
	if (served && (!part || strlen(served) > strlen(part))) {
		free(part);
		part = mem_strdup(served);
	}
	if (!part || pathname_is_below(tab->part, part)) {
		return true; /* of the whole tree, or of a folder around the tab's part */
	}
	need = before && strcmp(before, part) == 0
		? WORKSPACE_NEEDS_NOT
		: workspace_needs(project->root, tab->part, part);
	if (need == WORKSPACE_NEEDS ||
		(need == WORKSPACE_UNKNOWN && !served && !workspace_is_app(part))) {
		return true;
	}
	*other = mem_steal(part);
	return false;
}

/* To read the manifests takes milliseconds for each part: a save in more parts is for all tabs. */
enum { AUDIENCE_FILES_MAX = 64, AUDIENCE_PARTS_MAX = 4 };

static bool concerns_any(const struct tab *tab, char *const *names, size_t count, char **other)
{
	unsigned parts = 0;

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *before = mem_steal(*other);

		if (count > AUDIENCE_FILES_MAX || parts > AUDIENCE_PARTS_MAX ||
			concerns(tab, names[i], before, other)) {
			return true;
		}
		parts += !before || strcmp(before, *other) != 0;
	}
	return false;
}

/*
 * Whether the extension decides for each file who updates the page: its server, or savecast. It can
 * if it has permission for the page.
 */
static bool page_decides(const struct tab *tab)
{
	return tab->updates.known &&
		(!tab->updates.count || server_main(tab->server)->traits.unsure);
}

bool audience_is_aside(const struct tab *tab)
{
	return router_stands_aside(tab->project, tab->server) && !page_decides(tab);
}

enum audience audience_of(const struct tab *tab, char *const *names, size_t count, char **why)
{
	_cleanup_free_ char *other = NULL;

	*why = NULL;
	if (!count) {
		return AUDIENCE_TOLD;
	}
	if (tab->part && tab->project && !concerns_any(tab, names, count, &other)) {
		size_t root = strlen(tab->project->root) + 1;
		_cleanup_free_ char *theirs = utf8_dup(other + root);
		_cleanup_free_ char *own = utf8_dup(tab->part + root);

		_cleanup_free_ char *place = server_place(tab->server);

		*why = mem_printf("%s is another part of the project than %s, which %s serves",
			theirs, own, place);
		return AUDIENCE_ELSEWHERE;
	}
	if (audience_is_aside(tab)) {
		*why = mem_printf("%s reloads its pages itself; savecast.stand-aside is true",
			server_main(tab->server)->traits.livereload);
		return AUDIENCE_ASIDE;
	}
	return AUDIENCE_TOLD;
}

const char *audience_aside(const struct tab *tab)
{
	return tab->project && router_stands_aside(tab->project, tab->server) && page_decides(tab)
		? server_main(tab->server)->traits.livereload
		: NULL;
}

char *audience_updaters(const struct tab *tab)
{
	char *text = mem_strdup("");

	for (size_t i = 0; i < tab->updates.count; i++) {
		const struct wire_updater *one = &tab->updates.items[i];
		char *longer = mem_printf(
			"%s%s%s (port %u)", text, i ? ", " : "", one->who, (unsigned)one->port);

		free(text);
		text = longer;
	}
	return text;
}
