/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "pipeline/ledger.h"
#include "project/file-kind.h"
#include "project/path-rule.h"
#include "websocket/wire.h"

/*
 * What a browser is told of an event's files. Pure. Fills at most
 * WIRE_CHANGES_MAX changes, whose paths are the event's own, and returns how
 * many; 0 if the browser cannot be told all of it, so that it must reload: no
 * files, more than the ledger keeps, a name outside the project, too long or no
 * UTF-8. `actions` are the rules of `savecast.action`.
 */
size_t changes_of(const struct event *event, const struct path_rules *actions,
	struct wire_change changes[WIRE_CHANGES_MAX]);
