/* SPDX-License-Identifier: MIT */
#include "project/glob.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The pattern is converted to tokens. State N means "N tokens have matched". For each character
 * of the name, all states are advanced together, so none is tried twice at one character.
 */
enum kind {
	BYTE,
	ANY,	 /* ? */
	SET,	 /* [...] */
	STAR,	 /* any characters except a slash */
	FOLDERS, /* any number of "folder/" */
	REST,	 /* the rest of the name, at least one character */
};

struct token {
	enum kind kind;
	const char *at; /* BYTE: the byte; SET: after the bracket */
};

struct glob {
	struct token tokens[GLOB_MAX + 1]; /* one more, for the implicit prefix */
	size_t count;
	size_t wild; /* stars of all kinds */
	bool folder_only;
	const char *why;
};

/*
 * The position after the closing bracket of the set whose contents begin at `at`; NULL if
 * it has none.
 */
static const char *set_end(const char *at)
{
	at += *at == '!' || *at == '^';
	for (bool first = true; *at && (first || *at != ']'); first = false) {
		if (*at == '\\' && at[1]) {
			at++;
		}
		at++;
	}
	return *at ? at + 1 : NULL;
}

static bool set_has(const char *at, unsigned char c)
{
	bool inverted = *at == '!' || *at == '^';
	bool found = false;

	at += inverted;
	for (bool first = true; first || *at != ']'; first = false) {
		unsigned char low, high;

		at += *at == '\\';
		low = high = (unsigned char)*at++;
		if (at[0] == '-' && at[1] != ']') {
			at += at[1] == '\\' ? 2 : 1;
			high = (unsigned char)*at++;
		}
		found |= low <= c && c <= high;
	}
	return found != inverted;
}

static void glob_add(struct glob *glob, enum kind kind, const char *at)
{
	/* Two of these in a row match the same as one, and would only cost time. */
	if (glob->count && (kind == STAR || kind == FOLDERS) &&
		glob->tokens[glob->count - 1].kind == kind) {
		return;
	}
	glob->wild += kind == STAR || kind == FOLDERS || kind == REST;
	glob->tokens[glob->count++] = (struct token){kind, at};
}

/* Handles the stars at `at`; returns the position after them. */
static const char *glob_stars(struct glob *glob, const char *at, bool component_begins)
{
	size_t stars = strspn(at, "*");
	const char *end = at + stars;

	if (stars == 2 && component_begins && strcmp(end, "/") == 0) {
		glob_add(glob, FOLDERS, at); /* any folder, at any depth */
	} else if (stars == 2 && component_begins && (*end == '\0' || *end == '/')) {
		glob_add(glob, *end ? FOLDERS : REST, at);
		return *end ? end + 1 : end;
	}
	glob_add(glob, STAR, at);
	return end;
}

static bool glob_fail(struct glob *glob, const char *why)
{
	glob->why = why;
	return false;
}

/* Handles the character or set at `at`; returns where the next token is, or NULL. */
static const char *glob_single(struct glob *glob, const char *at)
{
	const char *end = at + 1;
	enum kind kind = *at == '?' ? ANY : *at == '[' ? SET : BYTE;

	if (kind == SET) {
		end = set_end(++at);
		if (!end) {
			glob_fail(glob, "a \"[\" needs a \"]\"");
			return NULL;
		}
	} else if (*at == '\\') {
		if (!*++at) {
			glob_fail(glob, "a \"\\\" needs a character after it");
			return NULL;
		}
		end = at + 1;
	}
	glob_add(glob, kind, at);
	return end;
}

static bool glob_read(struct glob *glob, const char *at)
{
	size_t length = strlen(at);
	const char *slash = strchr(at, '/');

	/*
	 * The tokens are not cleared: they are written before they are read, and clearing
	 * them would cost more than a match.
	 */
	glob->count = 0;
	glob->wild = 0;
	glob->folder_only = false;
	glob->why = NULL;
	if (length > GLOB_MAX) {
		return glob_fail(glob, "a pattern must be at most 256 bytes long");
	}
	if (length == 0 || strcmp(at, "/") == 0) {
		return glob_fail(glob, "a pattern must not be empty");
	}
	if (!slash || slash[1] == '\0') {
		glob_add(glob, FOLDERS, at);
		glob->wild = 0; /* the implicit prefix does not count */
	}
	at += *at == '/';
	for (bool begins = true; *at;) {
		const char *end;

		if (*at == '/' && at[1] == '\0') {
			glob->folder_only = true;
			break;
		}
		end = *at == '*' ? glob_stars(glob, at, begins) : glob_single(glob, at);
		if (!end) {
			return false;
		}
		begins = end[-1] == '/';
		at = end;
	}
	if (glob->wild > GLOB_STARS_MAX) {
		return glob_fail(glob, "a pattern must have at most 16 stars");
	}
	return true;
}

bool glob_check(const char *pattern, const char **why)
{
	struct glob glob;

	if (glob_read(&glob, pattern)) {
		return true;
	}
	*why = glob.why;
	return false;
}

/* The states that have been reached, as bits. */
enum { STATE_WORDS = (GLOB_MAX + 2 + 63) / 64 };

struct states {
	uint64_t bits[STATE_WORDS];
};

static void states_add(struct states *states, size_t at)
{
	states->bits[at / 64] |= (uint64_t)1 << at % 64;
}

static bool states_have(const struct states *states, size_t at)
{
	return states->bits[at / 64] >> at % 64 & 1;
}

/* Marks state `at`, and those that follow from it without a character. */
static void glob_reach(const struct glob *glob, struct states *states, size_t at)
{
	states_add(states, at);
	while (at < glob->count &&
		(glob->tokens[at].kind == STAR || glob->tokens[at].kind == FOLDERS)) {
		states_add(states, ++at);
	}
}

static void glob_step(const struct glob *glob, size_t at, char c, struct states *next)
{
	const struct token *token = &glob->tokens[at];

	switch (token->kind) {
	case BYTE:
		if (*token->at == c) {
			glob_reach(glob, next, at + 1);
		}
		break;
	case ANY:
	case SET:
		if (c != '/' && (token->kind == ANY || set_has(token->at, (unsigned char)c))) {
			glob_reach(glob, next, at + 1);
		}
		break;
	case STAR:
		if (c != '/') {
			glob_reach(glob, next, at);
		}
		break;
	case FOLDERS:
		states_add(next, at);
		if (c == '/') {
			glob_reach(glob, next, at);
		}
		break;
	case REST:
		glob_reach(glob, next, at + 1);
		states_add(next, at);
		break;
	}
}

/* Advances all states by one character; false: there is none left. */
static bool glob_advance(
	const struct glob *glob, const struct states *now, char c, struct states *next)
{
	size_t words = glob->count / 64 + 1;
	bool alive = false;

	memset(next->bits, 0, words * sizeof *next->bits);
	for (size_t word = 0; word < words; word++) {
		for (uint64_t bits = now->bits[word]; bits; bits &= bits - 1) {
			size_t at = word * 64 + (size_t)__builtin_ctzll(bits);

			if (at < glob->count) {
				glob_step(glob, at, c, next);
				alive = true;
			}
		}
	}
	return alive;
}

bool glob_matches(const char *pattern, const char *name)
{
	struct states states[2] = {0};
	struct states *now = &states[0], *next = &states[1];
	struct glob glob;

	if (!glob_read(&glob, pattern)) {
		return false;
	}
	glob_reach(&glob, now, 0);
	for (; *name; name++) {
		struct states *before = now;

		if (*name == '/' && states_have(now, glob.count)) {
			return true; /* the pattern matches this folder */
		}
		if (!glob_advance(&glob, now, *name, next)) {
			return false;
		}
		now = next;
		next = before;
	}
	return states_have(now, glob.count) && !glob.folder_only;
}
