/* SPDX-License-Identifier: MIT */
#pragma once

/* What cmocka.h needs before it, in the order it needs it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
