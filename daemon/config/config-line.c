/* SPDX-License-Identifier: MIT */
#include "config/config-line.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

void config_line_begin(struct config_line *line, const char *text)
{
	*line = (struct config_line){.at = text, .number = 1};
}

/* Parses [section] or [section "sub"] at `at`; returns the rest of the line. */
static const char *section_read(struct config_line *line, const char *at)
{
	size_t n = 0;
	bool quoted = false;

	for (at++; *at && *at != '\n' && (quoted || *at != ']'); at++) {
		char c = *at;

		if (c == '"') {
			quoted = !quoted;
			c = '.';
			if (!quoted) {
				continue;
			}
		} else if (!quoted && isspace((unsigned char)c)) {
			continue;
		} else if (quoted && c == '\\' && at[1]) {
			c = *++at;
		}
		if (n + 2 < sizeof line->section) {
			line->section[n++] = quoted ? c : (char)tolower((unsigned char)c);
		}
	}
	line->section[n++] = '.';
	line->section[n] = '\0';
	if (n + 1 == sizeof line->section) {
		line->section[0] = '\0';
	}
	return at + (*at == ']');
}

/* The position after the end of the line, including the lines that continue it. */
static const char *line_end(const char *at, unsigned *number)
{
	for (; *at; at++) {
		if (*at == '\\' && at[1]) {
			at++;
		} else if (*at == '\n') {
			++*number;
			return at + 1;
		}
		*number += *at == '\n';
	}
	return at;
}

static bool is_key(const struct config_line *line, const char *at, const char *key)
{
	size_t section = strlen(line->section);
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '-') {
		length++;
	}
	return length && section && strncmp(key, line->section, section) == 0 &&
		strncasecmp(key + section, at, length) == 0 && key[section + length] == '\0';
}

unsigned config_line_find(struct config_line *line, const char *key)
{
	struct config_line next = *line;

	while (*next.at) {
		unsigned number;

		next.at += strspn(next.at, " \t\r");
		if (*next.at == '[') {
			next.at = section_read(&next, next.at);
			next.at += strspn(next.at, " \t\r");
		}
		number = next.number;
		if (*next.at == '#' || *next.at == ';') {
			next.at += strcspn(next.at, "\n"); /* a comment is not continued */
			next.number += *next.at == '\n';
			next.at += *next.at == '\n';
			continue;
		}
		if (is_key(&next, next.at, key)) {
			next.at = line_end(next.at, &next.number);
			*line = next;
			return number;
		}
		next.at = line_end(next.at, &next.number);
	}
	return 0;
}
