/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/verb.h"

/*
 * `savecast save --stdin`: reads names, one a line, and tells the daemon of them
 * until the input ends, without ever waiting for an answer before it reads on.
 * One thread, one poll(); asleep while nothing comes. Names that one read()
 * brought go in one call. When too many calls are unanswered, the input waits in
 * its pipe.
 */
enum {
	FEEDER_READ_BYTES = 65536,
	FEEDER_END_MSEC = 10000, /* for the last answers, once the input has ended */
};

enum exit_code feeder_run(bool json);
