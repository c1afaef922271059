/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The lines of a TOML text, as far as manifests need them. Calls told() for each `key = value`
 * with the name of the table that it is in ("" before the first). The value is as it was written,
 * an array over several lines as one text without its comments. For text that is not valid TOML,
 * the result is unspecified. Pure. Knows the format; manifest.h knows what the keys mean.
 */
typedef void toml_told_fn(const char *table, const char *key, const char *value, void *userdata);
void toml_each(const char *text, toml_told_fn *told, void *userdata);
