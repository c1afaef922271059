/* SPDX-License-Identifier: MIT */
#include "project/finder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pathname.h"
#include "git/git-worktree.h"

char *finder_resolve(const char *name)
{
	_cleanup_free_ char *head = mem_strdup(name);
	char *real;

	/* The deepest part that exists is resolved; the rest is kept as it was said. */
	for (;;) {
		char *slash;

		real = realpath(head, NULL);
		slash = strrchr(head, '/');
		if (real || !slash || slash == head) {
			break;
		}
		*slash = '\0';
	}
	if (!real) {
		return mem_strdup(name);
	}
	if (strlen(head) < strlen(name)) {
		char *whole =
			mem_printf("%s%s", strcmp(real, "/") ? real : "", name + strlen(head));

		free(real);
		real = whole;
	}
	if (strlen(real) > PATHNAME_MAX) {
		free(real);
		real = mem_strdup(name);
	}
	return real;
}

/* Only our own file counts: in a folder like /tmp it could be anybody's. */
static bool has_project_file(const char *folder)
{
	_cleanup_free_ char *name = mem_printf("%s/.savecast", strcmp(folder, "/") ? folder : "");
	struct stat st;

	return lstat(name, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
}

static struct project *finder_meet(
	struct registry *registry, const char *folder, enum project_how how, char **why)
{
	struct project *project = registry_meet(registry, folder, how);

	if (!project) {
		*why = mem_printf(
			"%d projects that nobody tracked are known already", PROJECTS_MAX);
	}
	return project;
}

struct project *finder_find(struct registry *registry, const char *name, char **why)
{
	_cleanup_free_ char *file = finder_resolve(name);

	return finder_find_resolved(registry, file, why);
}

struct project *finder_find_resolved(struct registry *registry, const char *file, char **why)
{
	_cleanup_free_ char *folder = mem_strdup(file);
	_cleanup_free_ char *obstacle = NULL;

	for (;;) {
		struct project *project = registry_find(registry, folder);
		_cleanup_free_ char *bad_git = NULL;
		char *slash;

		if (project) {
			return project;
		}
		if (git_worktree_check(folder, &bad_git) == 0) {
			return finder_meet(registry, folder, PROJECT_BY_GIT, why);
		}
		if (has_project_file(folder)) {
			return finder_meet(registry, folder, PROJECT_BY_FILE, why);
		}
		if (bad_git && !obstacle) {
			_cleanup_free_ char *text = pathname_to_text(folder);

			obstacle = mem_printf("%s: git: %s", text, bad_git);
		}
		slash = strrchr(folder, '/');
		if (!slash || folder[1] == '\0') {
			break;
		}
		slash[slash == folder ? 1 : 0] = '\0';
	}
	*why = obstacle ? mem_steal(obstacle)
			: mem_strdup("it is in no tracked project and no git work tree: "
				     "savecast track DIR makes a folder a project");
	return NULL;
}
