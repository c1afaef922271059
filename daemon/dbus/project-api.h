/* SPDX-License-Identifier: MIT */
#pragma once

#include "dbus/bus-object.h"
#include "project/project.h"

/* io.github.savecast.Project1: a project's object, below the manager. */
struct bus_object *project_api_new(
	struct bus *bus, struct bus_object *manager, struct project *project);

/* Appends the problems in the pages of the project's tabs: the aa{sv} of the property Problems. */
void project_api_append_problems(DBusMessageIter *to, const struct project *project);

/* The project's object path; the caller frees it. */
char *project_api_path(const struct project *project);
