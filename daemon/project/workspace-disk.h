/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The functions of workspace.h on the disk, for the loop or for a worker. What the
 * thread must not read (see mounts_may_read()) counts as missing.
 */

#include "project/workspace.h"

char *workspace_disk_part_of(const char *name, const char *root);
bool workspace_disk_is_app(const char *folder);
enum workspace_need workspace_disk_needs(const char *root, const char *part, const char *other);
