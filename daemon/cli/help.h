/* SPDX-License-Identifier: MIT */
#pragma once

/* Prints the verb table, for users and for programs. */

#include "cli/verb.h"

/* NULL if there is no such verb. */
const struct verb *verb_find(const char *name);
/* All verbs with ", " between them; the caller frees it. */
char *verb_names(void);

/* `savecast --help` */
void help_print_all(void);
/* `savecast VERB --help` */
void help_print_verb(const struct verb *verb);

/*
 * `savecast --help --json`: the whole table as one object, from which the build makes
 * the completions and savecast(1). Keys: "version", "exit-codes" (each "code", "meaning"),
 * "settings" (their names, with ", " between them),
 * "verbs" (each "name", "synopsis" (an array), "summary", "description", "examples" (an
 * array), "takes", "options" (each "name", "short", "argument", "help")).
 */
void help_print_json(void);

void help_print_version(void);
