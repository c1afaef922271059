/* SPDX-License-Identifier: MIT */
#pragma once

#include <dbus/dbus.h>

#include "pipeline/ledger.h"

/* Events as the dictionaries that ListEvents and EventStep carry. */
void event_bus_append(DBusMessageIter *to, const struct event *event);
void event_bus_append_step(
	DBusMessageIter *to, const struct event *event, const struct step *step);
