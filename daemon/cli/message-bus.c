/* SPDX-License-Identifier: MIT */
#include "cli/message-bus.h"

#include <inttypes.h>
#include <stdio.h>

#include "dbus/names.h"
#include "util/mem.h"
#include "util/utf8.h"


/* libdbus returns false if it is out of memory. */
static void must(dbus_bool_t done)
{
	if (!done) {
		abort();
	}
}

static void append_text(DBusMessageIter *to, const char *text)
{
	_cleanup_free_ char *valid = utf8_dup(text); /* libdbus aborts if it is not UTF-8 */

	must(dbus_message_iter_append_basic(to, DBUS_TYPE_STRING, &valid));
}

static void append_names(DBusMessageIter *to, char *const *names, size_t count)
{
	DBusMessageIter array;

	must(dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "s", &array));
	for (size_t i = 0; i < count; i++) {
		append_text(&array, names[i]);
	}
	must(dbus_message_iter_close_container(to, &array));
}

static void append_options(DBusMessageIter *to, const struct client_option *options, size_t count)
{
	DBusMessageIter array, entry, variant;

	must(dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "{sv}", &array));
	for (size_t i = 0; i < count; i++) {
		const char type[] = {options[i].type, '\0'};
		dbus_uint32_t small = (dbus_uint32_t)options[i].number;
		dbus_uint64_t large = options[i].number;

		must(dbus_message_iter_open_container(&array, DBUS_TYPE_DICT_ENTRY, NULL, &entry));
		append_text(&entry, options[i].key);
		must(dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, type, &variant));
		if (type[0] == 's') {
			append_text(&variant, options[i].text);
		} else {
			must(dbus_message_iter_append_basic(&variant, type[0],
				type[0] == 't' ? (const void *)&large : (const void *)&small));
		}
		must(dbus_message_iter_close_container(&entry, &variant));
		must(dbus_message_iter_close_container(&array, &entry));
	}
	must(dbus_message_iter_close_container(to, &array));
}

DBusMessage *message_from_method(const struct client_method *method)
{
	DBusMessage *message = dbus_message_new_method_call(DAEMON_NAME, DAEMON_OBJECT,
		method->interface ? method->interface : DAEMON_NAME, method->member);
	DBusMessageIter to;

	must(message != NULL);
	dbus_message_set_auto_start(message, !method->passive);
	dbus_message_iter_init_append(message, &to);
	if (method->cookie) {
		must(dbus_message_iter_append_basic(&to, DBUS_TYPE_UINT32, method->cookie));
	}
	for (size_t i = 0; i < COUNT_OF(method->texts) && method->texts[i]; i++) {
		append_text(&to, method->texts[i]);
	}
	if (method->names) {
		append_names(&to, method->names, method->name_count);
	}
	if (method->has_options) {
		append_options(&to, method->options, method->option_count);
	}
	return message;
}

static json_t *value_of(DBusMessageIter *from);

static json_t *values_until_end(DBusMessageIter *from)
{
	json_t *array = json_array();

	for (; dbus_message_iter_get_arg_type(from) != DBUS_TYPE_INVALID;
		dbus_message_iter_next(from)) {
		json_array_append_new(array, value_of(from));
	}
	return array;
}

static json_t *value_of_dictionary(DBusMessageIter *entries)
{
	json_t *object = json_object();

	for (; dbus_message_iter_get_arg_type(entries) == DBUS_TYPE_DICT_ENTRY;
		dbus_message_iter_next(entries)) {
		DBusMessageIter entry;
		json_t *key;

		dbus_message_iter_recurse(entries, &entry);
		key = value_of(&entry);
		dbus_message_iter_next(&entry);
		if (json_is_string(key)) {
			json_object_set_new(object, json_string_value(key), value_of(&entry));
		} else {
			_cleanup_free_ char *text = json_dumps(key, JSON_ENCODE_ANY);

			json_object_set_new(object, text, value_of(&entry));
		}
		json_decref(key);
	}
	return object;
}

static json_t *value_of_integer(int type, const DBusBasicValue *value)
{
	char text[32];

	switch (type) {
	case DBUS_TYPE_BYTE:
		return json_integer(value->byt);
	case DBUS_TYPE_INT16:
		return json_integer(value->i16);
	case DBUS_TYPE_UINT16:
		return json_integer(value->u16);
	case DBUS_TYPE_INT32:
		return json_integer(value->i32);
	case DBUS_TYPE_UINT32:
		return json_integer(value->u32);
	case DBUS_TYPE_INT64:
		return json_integer(value->i64);
	}
	if (value->u64 <= INT64_MAX) {
		return json_integer((json_int_t)value->u64);
	}
	snprintf(text, sizeof text, "%" PRIu64, (uint64_t)value->u64);
	return json_string(text);
}

static json_t *value_of(DBusMessageIter *from)
{
	int type = dbus_message_iter_get_arg_type(from);
	DBusMessageIter inner;
	DBusBasicValue value;
	json_t *json;

	switch (type) {
	case DBUS_TYPE_ARRAY:
		dbus_message_iter_recurse(from, &inner);
		return dbus_message_iter_get_element_type(from) == DBUS_TYPE_DICT_ENTRY
			? value_of_dictionary(&inner)
			: values_until_end(&inner);
	case DBUS_TYPE_STRUCT:
		dbus_message_iter_recurse(from, &inner);
		return values_until_end(&inner);
	case DBUS_TYPE_VARIANT:
		dbus_message_iter_recurse(from, &inner);
		return value_of(&inner);
	case DBUS_TYPE_UNIX_FD: /* a descriptor would have to be closed */
		return json_null();
	}
	dbus_message_iter_get_basic(from, &value);
	switch (type) {
	case DBUS_TYPE_STRING:
	case DBUS_TYPE_OBJECT_PATH:
	case DBUS_TYPE_SIGNATURE:
		json = json_string(value.str);
		return json ? json : json_null();
	case DBUS_TYPE_BOOLEAN:
		return json_boolean(value.bool_val);
	case DBUS_TYPE_DOUBLE:
		json = json_real(value.dbl);
		return json ? json : json_null(); /* not finite */
	}
	return value_of_integer(type, &value);
}

json_t *message_to_json(DBusMessage *message)
{
	DBusMessageIter from;

	dbus_message_iter_init(message, &from);
	return values_until_end(&from);
}
