/* SPDX-License-Identifier: MIT */
#pragma once

/* What the gate's two halves share: gate.c takes saves, gate-look.c what was seen of the server. */

#include "readiness/gate.h"

/* Sets when to check next; depends on the state that was just reached. */
void gate_set_look(struct gate *gate, uint64_t now);

/* The generation of the youngest worker. */
static inline uint64_t gate_newest_of(const struct server_state *seen)
{
	return seen->newest > seen->generation ? seen->newest : seen->generation;
}
