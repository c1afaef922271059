/* SPDX-License-Identifier: MIT */
#include "dbus/bus-variant.h"

#include <errno.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

void bus_append_string(DBusMessageIter *to, const char *value)
{
	dbus_message_iter_append_basic(to, DBUS_TYPE_STRING, &value);
}

void bus_append_strings(DBusMessageIter *to, char *const *values, size_t count)
{
	DBusMessageIter array;

	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "s", &array);
	for (size_t i = 0; i < count; i++) {
		bus_append_string(&array, values[i]);
	}
	dbus_message_iter_close_container(to, &array);
}

void bus_append_u32(DBusMessageIter *to, uint32_t value)
{
	dbus_message_iter_append_basic(to, DBUS_TYPE_UINT32, &value);
}

void bus_append_bool(DBusMessageIter *to, bool value)
{
	dbus_bool_t b = value;

	dbus_message_iter_append_basic(to, DBUS_TYPE_BOOLEAN, &b);
}

void bus_append_pathname(DBusMessageIter *to, const char *name)
{
	_cleanup_free_ char *text = pathname_to_text(name);

	bus_append_string(to, text);
}

void bus_dict_open(DBusMessageIter *to, DBusMessageIter *dict)
{
	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "{sv}", dict);
}

void bus_dict_close(DBusMessageIter *to, DBusMessageIter *dict)
{
	dbus_message_iter_close_container(to, dict);
}

void bus_dict_begin(DBusMessageIter *dict, const char *key, const char *type,
	DBusMessageIter *entry, DBusMessageIter *variant)
{
	dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, entry);
	bus_append_string(entry, key);
	dbus_message_iter_open_container(entry, DBUS_TYPE_VARIANT, type, variant);
}

void bus_dict_end(DBusMessageIter *dict, DBusMessageIter *entry, DBusMessageIter *variant)
{
	dbus_message_iter_close_container(entry, variant);
	dbus_message_iter_close_container(dict, entry);
}

static void bus_dict_basic(DBusMessageIter *dict, const char *key, int type, const void *value)
{
	const char signature[] = {(char)type, '\0'};
	DBusMessageIter entry, variant;

	bus_dict_begin(dict, key, signature, &entry, &variant);
	dbus_message_iter_append_basic(&variant, type, value);
	bus_dict_end(dict, &entry, &variant);
}

void bus_dict_string(DBusMessageIter *dict, const char *key, const char *value)
{
	bus_dict_basic(dict, key, DBUS_TYPE_STRING, &value);
}

void bus_dict_text(DBusMessageIter *dict, const char *key, const char *value)
{
	_cleanup_free_ char *text = utf8_dup(value);

	bus_dict_string(dict, key, text);
}

void bus_dict_pathname(DBusMessageIter *dict, const char *key, const char *name)
{
	_cleanup_free_ char *text = pathname_to_text(name);

	bus_dict_string(dict, key, text);
}

void bus_dict_pathnames(DBusMessageIter *dict, const char *key, char *const *names, size_t count)
{
	DBusMessageIter entry, variant, array;

	bus_dict_begin(dict, key, "as", &entry, &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "s", &array);
	for (size_t i = 0; i < count; i++) {
		bus_append_pathname(&array, names[i]);
	}
	dbus_message_iter_close_container(&variant, &array);
	bus_dict_end(dict, &entry, &variant);
}

void bus_dict_u32(DBusMessageIter *dict, const char *key, uint32_t value)
{
	bus_dict_basic(dict, key, DBUS_TYPE_UINT32, &value);
}

void bus_dict_u64(DBusMessageIter *dict, const char *key, uint64_t value)
{
	bus_dict_basic(dict, key, DBUS_TYPE_UINT64, &value);
}

void bus_dict_bool(DBusMessageIter *dict, const char *key, bool value)
{
	dbus_bool_t b = value;

	bus_dict_basic(dict, key, DBUS_TYPE_BOOLEAN, &b);
}

int bus_dict_find(DBusMessageIter *dict, const char *key, int type, void *value)
{
	DBusMessageIter entries, entry, variant;

	dbus_message_iter_recurse(dict, &entries);
	for (; dbus_message_iter_get_arg_type(&entries) == DBUS_TYPE_DICT_ENTRY;
		dbus_message_iter_next(&entries)) {
		const char *name;

		dbus_message_iter_recurse(&entries, &entry);
		dbus_message_iter_get_basic(&entry, &name);
		if (strcmp(name, key) != 0) {
			continue;
		}
		dbus_message_iter_next(&entry);
		dbus_message_iter_recurse(&entry, &variant);
		if (dbus_message_iter_get_arg_type(&variant) != type) {
			return -EINVAL;
		}
		dbus_message_iter_get_basic(&variant, value);
		return 1;
	}
	return 0;
}
