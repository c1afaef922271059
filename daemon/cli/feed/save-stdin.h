/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "cli/verb/verb.h"

/* `savecast save --stdin`: names, one a line. */
enum exit_code save_from_stdin(bool json);
