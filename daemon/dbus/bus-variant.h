/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <dbus/dbus.h>

/*
 * Writes and reads dictionaries, a{sv}. Texts must be valid UTF-8; for names of files use
 * bus_append_pathname().
 */

void bus_append_string(DBusMessageIter *to, const char *value);
void bus_append_u32(DBusMessageIter *to, uint32_t value);
void bus_append_bool(DBusMessageIter *to, bool value);
void bus_append_strings(DBusMessageIter *to, char *const *values, size_t count);
void bus_append_pathname(DBusMessageIter *to, const char *name);

void bus_dict_open(DBusMessageIter *to, DBusMessageIter *dict);
void bus_dict_close(DBusMessageIter *to, DBusMessageIter *dict);
/* For a value of any type: append it to `variant` between these two calls. */
void bus_dict_begin(DBusMessageIter *dict, const char *key, const char *type,
	DBusMessageIter *entry, DBusMessageIter *variant);
void bus_dict_end(DBusMessageIter *dict, DBusMessageIter *entry, DBusMessageIter *variant);
/* A text that may contain bytes that are not UTF-8: they become U+FFFD. */
void bus_dict_text(DBusMessageIter *dict, const char *key, const char *value);
void bus_dict_string(DBusMessageIter *dict, const char *key, const char *value);
void bus_dict_pathname(DBusMessageIter *dict, const char *key, const char *name);
void bus_dict_pathnames(DBusMessageIter *dict, const char *key, char *const *names, size_t count);
void bus_dict_u32(DBusMessageIter *dict, const char *key, uint32_t value);
void bus_dict_u64(DBusMessageIter *dict, const char *key, uint64_t value);
void bus_dict_bool(DBusMessageIter *dict, const char *key, bool value);

/*
 * Looks for a key of a basic type (a D-Bus type code) in the a{sv} at `dict`. Returns 1 and
 * the value; 0 if there is no such key; -EINVAL if it has another type. Ignores other keys.
 */
int bus_dict_find(DBusMessageIter *dict, const char *key, int type, void *value);
