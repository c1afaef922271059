/* SPDX-License-Identifier: MIT */
#pragma once

#include "websocket/wire.h"

/*
 * What a file is to a web page, by its name alone. Pure.
 *
 * A source map is of the kind of its file ("app.css.map": css).
 *
 * WIRE_KIND_OTHER is everything a page may depend on in a way that a name does
 * not tell: it reloads the page, as WIRE_KIND_PAGE does.
 */
enum wire_kind kind_by_suffix(const char *name);
