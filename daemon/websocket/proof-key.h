/* SPDX-License-Identifier: MIT */
#pragma once

#include "websocket/proof.h"

/*
 * The daemon's key on disk: $XDG_STATE_HOME/savecast/key, 64 hex digits, for
 * nobody but its user to read.
 *
 * Reads it, or makes one where there is none. One that is damaged, or that others
 * could read, is replaced and a message says so: browsers must pair again then.
 * `folder` is as for state_new(). Returns -errno if there is none that would outlast
 * this daemon (said in the log). Blocks; for start-up.
 */
int key_load(struct proof_key *key, const char *folder);
