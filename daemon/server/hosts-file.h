/* SPDX-License-Identifier: MIT */
#pragma once

#include "util/loop.h"

/*
 * The text of /etc/hosts. It is read at the first call and again after a change; hosts.h
 * finds names in it. It is not watched before the first call.
 */

struct hosts_file;

/* The text may have changed. */
typedef void hosts_changed_fn(void *userdata);

struct hosts_file *hosts_file_new(struct loop *loop, hosts_changed_fn *changed, void *userdata);
void hosts_file_free(struct hosts_file *hosts);

/*
 * Borrowed until the loop runs again. If the file cannot be read: "" and a constant text
 * that says why.
 */
const char *hosts_file_text(struct hosts_file *hosts, const char **why);
