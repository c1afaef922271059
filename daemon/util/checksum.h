/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Detects damage by a disk or an editor, but not an attack: any single changed byte changes it.
 * 64-bit FNV-1a.
 */

#include <stddef.h>
#include <stdint.h>

enum { CHECKSUM_DIGITS = 16 };

static inline uint64_t checksum(const char *bytes, size_t length)
{
	uint64_t sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++) {
		sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3;
	}
	return sum;
}
