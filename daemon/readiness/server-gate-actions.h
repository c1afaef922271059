/* SPDX-License-Identifier: MIT */
#pragma once

#include "readiness/server-gate.h"

/* What one server's gate decides, as the tabs and the ledger are told of it. */

/* Does what `actions` say; `view` is what they were decided by. */
void kept_act(struct kept *kept, unsigned actions, const struct server_view *view);

/* The event waits, in place of the one that did before. */
void kept_wait(struct kept *kept, uint64_t serial, uint64_t now_usec);
