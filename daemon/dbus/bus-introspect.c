/* SPDX-License-Identifier: MIT */
#include "dbus/bus-object.h"

#include "dbus/names.h"

#include <stdio.h>


static const struct bus_interface standard[] = {
	{
		.name = DBUS_INTERFACE_INTROSPECTABLE,
		.methods = (const struct bus_method[]){
			{.name = "Introspect", .in = "", .out = "s", .out_names = "xml"}, {0}},
	},
	{
		.name = DBUS_INTERFACE_PEER,
		.methods = (const struct bus_method[]){
			{.name = "Ping", .in = "", .out = ""},
			{.name = "GetMachineId", .in = "", .out = "s", .out_names = "id"}, {0}},
	},
	{
		.name = DBUS_INTERFACE_PROPERTIES,
		.methods = (const struct bus_method[]){
			{.name = "Get", .in = "ss", .in_names = "interface property",
				.out = "v", .out_names = "value"},
			{.name = "GetAll", .in = "s", .in_names = "interface",
				.out = "a{sv}", .out_names = "properties"},
			{.name = "Set", .in = "ssv", .in_names = "interface property value",
				.out = ""}, {0}},
		.signals = (const struct bus_signal[]){
			{"PropertiesChanged", "sa{sv}as", "interface changed invalidated"}, {0}},
	},
};

static const struct bus_interface object_manager = {
	.name = OBJECT_MANAGER_INTERFACE,
	.methods = (const struct bus_method[]){
		{.name = "GetManagedObjects", .in = "", .out = "a{oa{sa{sv}}}",
			.out_names = "objects"}, {0}},
	.signals = (const struct bus_signal[]){
		{"InterfacesAdded", "oa{sa{sv}}", "object interfaces"},
		{"InterfacesRemoved", "oas", "object interfaces"}, {0}},
};

static void introspect_arguments(
	FILE *xml, const char *signature, const char *names, const char *direction)
{
	DBusSignatureIter iter;
	int width;

	if (!signature || !*signature) {
		return;
	}
	dbus_signature_iter_init(&iter, signature);
	do {
		char *type = dbus_signature_iter_get_signature(&iter);

		width = (int)strcspn(names, " ");
		fprintf(xml, "      <arg type=\"%s\" name=\"%.*s\"%s%s%s/>\n", type, width, names,
			direction ? " direction=\"" : "", direction ? direction : "",
			direction ? "\"" : "");
		names += width + (names[width] == ' ');
		dbus_free(type);
	} while (dbus_signature_iter_next(&iter));
}

static void introspect_property(FILE *xml, const struct bus_property *property)
{
	static const char *const values[] = {
		[BUS_PROPERTY_CONST] = "const",
		[BUS_PROPERTY_SILENT] = "false",
	};

	fprintf(xml, "    <property name=\"%s\" type=\"%s\" access=\"read\"", property->name,
		property->type);
	if (property->kind == BUS_PROPERTY_TOLD) {
		fputs("/>\n", xml);
	} else {
		fprintf(xml,
			">\n      <annotation name=\"org.freedesktop.DBus.Property."
			"EmitsChangedSignal\" value=\"%s\"/>\n    </property>\n",
			values[property->kind]);
	}
}

static void introspect_interface(FILE *xml, const struct bus_interface *interface)
{
	fprintf(xml, "  <interface name=\"%s\">\n", interface->name);
	for (const struct bus_method *m = interface->methods; m && m->name; m++) {
		fprintf(xml, "    <method name=\"%s\">\n", m->name);
		introspect_arguments(xml, m->in, m->in_names, "in");
		introspect_arguments(xml, m->out, m->out_names, "out");
		fputs("    </method>\n", xml);
	}
	for (const struct bus_signal *s = interface->signals; s && s->name; s++) {
		fprintf(xml, "    <signal name=\"%s\">\n", s->name);
		introspect_arguments(xml, s->arguments, s->names, NULL);
		fputs("    </signal>\n", xml);
	}
	for (const struct bus_property *p = interface->properties; p && p->name; p++) {
		introspect_property(xml, p);
	}
	fputs("  </interface>\n", xml);
}

char *bus_introspect(DBusConnection *connection, const char *path,
	const struct bus_interface *interface, bool manager)
{
	char *text = NULL, **children = NULL;
	size_t size;
	FILE *xml = open_memstream(&text, &size);

	if (!xml) {
		abort();
	}
	fputs(DBUS_INTROSPECT_1_0_XML_DOCTYPE_DECL_NODE "<node>\n", xml);
	for (size_t i = 0; i < COUNT_OF(standard); i++) {
		introspect_interface(xml, &standard[i]);
	}
	if (manager) {
		introspect_interface(xml, &object_manager);
	}
	introspect_interface(xml, interface);
	if (dbus_connection_list_registered(connection, path, &children)) {
		for (char **child = children; *child; child++) {
			fprintf(xml, "  <node name=\"%s\"/>\n", *child);
		}
		dbus_free_string_array(children);
	}
	fputs("</node>\n", xml);
	fclose(xml);
	return text;
}
