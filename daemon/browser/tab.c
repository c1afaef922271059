/* SPDX-License-Identifier: MIT */
#include "browser/tab.h"

#include "browser/problems.h"
#include "util/mem.h"

static size_t tabs_place(const struct tabs *tabs, uint64_t id)
{
	size_t low = 0, high = tabs->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (tabs->sorted[middle]->id < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

struct tab *tabs_find(const struct tabs *tabs, uint64_t id)
{
	size_t place = tabs_place(tabs, id);

	return place < tabs->count && tabs->sorted[place]->id == id ? tabs->sorted[place] : NULL;
}

struct tab *tabs_add(struct tabs *tabs, uint64_t id)
{
	size_t place = tabs_place(tabs, id);
	struct tab *tab;

	if (tabs->count == TABS_MAX) {
		return NULL;
	}
	tab = mem_new(struct tab);
	tab->id = id;
	tabs->sorted = mem_resize(tabs->sorted, tabs->count + 1, sizeof tab);
	memmove(&tabs->sorted[place + 1], &tabs->sorted[place],
		(tabs->count - place) * sizeof tab);
	tabs->sorted[place] = tab;
	tabs->count++;
	return tab;
}

void tabs_remove(struct tabs *tabs, struct tab *tab)
{
	size_t place = tabs_place(tabs, tab->id);

	tabs->count--;
	memmove(&tabs->sorted[place], &tabs->sorted[place + 1],
		(tabs->count - place) * sizeof tab);
	tab_set_project(tab, NULL);
	server_unref(tab->server);
	server_unref(tab->front);
	free(tab->url);
	free(tab->reason);
	free(tab->part);
	wire_updates_clear(&tab->updates);
	problems_free(tab->problems);
	free(tab);
}

void tabs_clear(struct tabs *tabs)
{
	while (tabs->count) {
		tabs_remove(tabs, tabs->sorted[tabs->count - 1]);
	}
	free(tabs->sorted);
	*tabs = (struct tabs){0};
}

void tab_set_project(struct tab *tab, struct project *project)
{
	if (tab->project) {
		*tab->back = tab->next;
		if (tab->next) {
			tab->next->back = tab->back;
		}
		tab->project->tab_count--;
	}
	tab->project = project;
	if (project) {
		tab->next = project->tabs;
		tab->back = &project->tabs;
		if (tab->next) {
			tab->next->back = &tab->next;
		}
		project->tabs = tab;
		project->tab_count++;
	}
}

bool tab_is_with_parent(
	const struct tab *parent, const struct project *project, const char *part)
{
	return parent && project && parent->project == project &&
		(!parent->part || (part && strcmp(parent->part, part) == 0));
}

uint64_t tab_top(const struct tabs *tabs, const struct tab *tab)
{
	uint64_t top = tab->id;

	/* A browser may say that frames contain each other. */
	for (int depth = 0; tab && tab->framed && depth < FRAMES_DEPTH_MAX; depth++) {
		top = tab->parent;
		tab = tabs_find(tabs, top);
	}
	return top;
}

bool tab_is_first_of_server(const struct tab *tab)
{
	const struct tab *first = tab->project->tabs;

	while (first->server != tab->server) {
		first = first->next;
	}
	return first == tab;
}

/* Whether two URLs have the same scheme, host and port. */
static bool is_same_site(const char *url, const char *other)
{
	const char *authority = strstr(url, "://");
	size_t length = authority ? (size_t)(authority - url) + strlen("://") : 0;

	length += strcspn(url + length, "/?#");
	return authority && strncmp(url, other, length) == 0 && strchr("/?#", other[length]);
}

void tab_set_url(struct tab *tab, char *url)
{
	tab->same_site = tab->url && is_same_site(tab->url, url);
	free(tab->url);
	tab->url = url;
}
