/* SPDX-License-Identifier: MIT */
#pragma once

/* The headers that cmocka.h needs before it, in the right order. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
