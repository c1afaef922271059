/* SPDX-License-Identifier: MIT */
#pragma once

#include "util/loop.h"

/*
 * /etc/hosts, read when it is first asked for and again when it has changed; hosts.h
 * reads names in its text. Nobody watches it before somebody asks.
 */

struct hosts_file;

/* The text may say something else now. */
typedef void hosts_changed_fn(void *userdata);

struct hosts_file *hosts_file_new(struct loop *loop, hosts_changed_fn *changed, void *userdata);
void hosts_file_free(struct hosts_file *hosts);

/* Borrowed until the loop runs; "" and why not, a constant text, if it cannot be read. */
const char *hosts_file_text(struct hosts_file *hosts, const char **why);
