/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"

/*
 * A project's own settings, from `.savecast` in its root, which is tracked with
 * it: git-config syntax, section [savecast], guarded as config.h says.
 *
 *   output      a pattern of files that a build writes, relative to the root;
 *               may stand several times. Default: none
 *   unchanged   "ignore" (default): a save that changed no byte does nothing;
 *               "announce": it is a save like any other
 *
 * Blocks for as long as it takes to read the file. What is wrong is logged.
 */
enum { PROJECT_OUTPUTS_MAX = 32, PROJECT_OUTPUT_LENGTH_MAX = 1024 };

void config_project_load(struct project_settings *settings, const char *root);
