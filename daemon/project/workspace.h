/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The parts of one work tree: the folders of its packages and apps, and which of them needs
 * which, as their manifests say (manifest.h). Reads the disk, and nothing on a mount that may not
 * answer. Names are absolute, links resolved.
 */

#include <stdbool.h>

/*
 * The nearest folder that has the manifest of a package or an app: `name` itself or a folder above
 * it, but below `root`. NULL if there is none: it belongs to the whole tree. The caller frees it.
 */
char *workspace_part_of(const char *name, const char *root);

/*
 * Whether a server is likely to be started in that folder: it has a page, a server program or a
 * script that starts one.
 */
bool workspace_is_app(const char *folder);

enum workspace_need {
	WORKSPACE_UNKNOWN, /* the manifests do not say */
	WORKSPACE_NEEDS, /* directly or through other packages */
	WORKSPACE_NEEDS_NOT, /* both are in a workspace whose manifests name all needs */
};
/* Whether the package in `part` depends on the one in `other`; both are below `root`. */
enum workspace_need workspace_needs(const char *root, const char *part, const char *other);
