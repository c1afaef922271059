/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"

/* The state file's text. Pure; see state.h for its form. */

/* The caller frees it. */
char *state_text_write(const struct registry *registry);

/*
 * Adds the text's projects to the registry; one whose number another project has gets a new number. Returns 0, or -EINVAL and why (the caller frees
 * it) if the text is damaged; then nothing was added.
 */
int state_text_read(struct registry *registry, const char *text, size_t length, char **why);
