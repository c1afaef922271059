/* SPDX-License-Identifier: MIT */
#pragma once

/* The files of the state folder: their names, and how their contents are read and written. */

#include <stddef.h>

enum state_kind {
	STATE_PROJECTS, /* a struct registry */
	STATE_HISTORY, /* a struct restart_history */
	STATE_TRUSTED, /* a struct trust */
	STATE_EXTENSIONS, /* a struct extensions */
	STATE_CHOICES, /* a struct choices */
	STATE_KINDS
};

struct state_text {
	const char *name;
	/* Adds the text's contents; -EINVAL and why (the caller frees it) if it is damaged. */
	int (*read)(void *into, const char *text, size_t length, char **why);
	/* The caller frees it. */
	char *(*write)(const void *from);
	const char *loss; /* what it means if the file is damaged */
};

extern const struct state_text state_texts[STATE_KINDS];
