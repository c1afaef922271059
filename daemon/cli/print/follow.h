/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/verb/verb.h"

/*
 * `savecast log --follow`. Steps come as signals, which know only their event's
 * number; an event that is new to us is asked for with ListEvents. Since the
 * daemon's messages come in the order it sent them, a signal before the answer
 * is part of the answer, and one behind it is news: nothing is lost or doubled.
 */
enum exit_code follow_run(const struct arguments *args);
