/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "pipeline/ledger.h"
#include "project/file-kind.h"
#include "project/path-rule.h"
#include "websocket/wire.h"

/*
 * The changes of an event, as they are sent to a browser. Pure. Fills at most
 * WIRE_CHANGES_MAX changes, whose paths belong to the event, and returns how many. 0: the
 * changes cannot be described completely, so the browser must reload: there are no files,
 * or more than the ledger keeps, or a name is outside the project, too long, or not valid
 * UTF-8. `actions` are the rules of `savecast.action`.
 */
size_t changes_of(const struct event *event, const struct path_rules *actions,
	struct wire_change changes[WIRE_CHANGES_MAX]);

enum { SUBJECT_MAX = 200 };

/*
 * What the event is about, as the log prints it: "save templates/home.html and 2 more".
 * Pure. A long name is cut at its beginning. `event` may be NULL; then the text is empty.
 */
void subject_of(const struct event *event, char subject[SUBJECT_MAX + 1]);
