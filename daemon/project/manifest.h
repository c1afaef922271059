/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a package's manifest says about it and the packages around it: npm's package.json (and
 * pnpm-workspace.yaml), Cargo.toml, pyproject.toml as uv reads it, go.mod and go.work. Pure: the
 * texts may be anything. Keeps only what is needed to find out which folder depends on which.
 */

#include <stddef.h>

enum manifest_kind { MANIFEST_NPM, MANIFEST_CARGO, MANIFEST_PYTHON, MANIFEST_GO, MANIFEST_KINDS };

enum { MANIFEST_LIST_MAX = 512 }; /* further entries of a list are ignored */

struct manifest_list {
	char **items;
	size_t count;
};

struct manifest {
	char *name; /* of the package, as others refer to it; NULL: none */
	struct manifest_list needs; /* names of the packages that it depends on */
	struct manifest_list
		paths; /* folders of the packages that it names by path, relative to it */
	struct manifest_list scripts; /* names of its npm scripts */
	struct manifest_list members; /* patterns of the folders that are in its workspace */
};

/* The name of the file with the package, and of one that only defines a workspace, or NULL. */
const char *manifest_file(enum manifest_kind kind);
const char *manifest_workspace_file(enum manifest_kind kind);

/* Adds what the text of manifest_file() says. The caller clears the manifest. */
void manifest_read(
	struct manifest *manifest, enum manifest_kind kind, const char *text, size_t length);
/* The same for manifest_workspace_file(). */
void manifest_read_workspace(
	struct manifest *manifest, enum manifest_kind kind, const char *text, size_t length);
void manifest_clear(struct manifest *manifest);

/*
 * toml.c, for manifest.c: the lines of a TOML text, as far as manifests need them. Calls told() for
 * each `key = value` with the name of the table that it is in ("" before the first). The value is as
 * it was written, an array over several lines as one text without its comments. For text that is
 * not valid TOML, the result is unspecified.
 */
typedef void toml_told_fn(const char *table, const char *key, const char *value, void *userdata);
void toml_each(const char *text, toml_told_fn *told, void *userdata);
