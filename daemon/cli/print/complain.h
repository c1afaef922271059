/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a person is told on standard error: "savecast: <what>: <value>: <why>",
 * one line, whatever bytes a name in it holds.
 */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
