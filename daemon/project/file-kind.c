/* SPDX-License-Identifier: MIT */
#include "project/file-kind.h"

#include <string.h>
#include <strings.h>

#include "util/mem.h"

/* The same rows as in protocol/kinds.json, which the unit test compares. */
static const struct suffix {
	const char *suffix;
	enum file_kind kind;
	bool source;
} suffixes[] = {
	{"css", FILE_KIND_CSS, false},
	{"scss", FILE_KIND_CSS, true},
	{"sass", FILE_KIND_CSS, true},
	{"less", FILE_KIND_CSS, true},
	{"styl", FILE_KIND_CSS, true},
	{"pcss", FILE_KIND_CSS, true},
	{"html", FILE_KIND_PAGE, false},
	{"htm", FILE_KIND_PAGE, false},
	{"xhtml", FILE_KIND_PAGE, false},
	{"jinja", FILE_KIND_PAGE, false},
	{"jinja2", FILE_KIND_PAGE, false},
	{"j2", FILE_KIND_PAGE, false},
	{"erb", FILE_KIND_PAGE, false},
	{"haml", FILE_KIND_PAGE, false},
	{"slim", FILE_KIND_PAGE, false},
	{"ejs", FILE_KIND_PAGE, false},
	{"hbs", FILE_KIND_PAGE, false},
	{"mustache", FILE_KIND_PAGE, false},
	{"liquid", FILE_KIND_PAGE, false},
	{"njk", FILE_KIND_PAGE, false},
	{"pug", FILE_KIND_PAGE, false},
	{"twig", FILE_KIND_PAGE, false},
	{"tmpl", FILE_KIND_PAGE, false},
	{"gohtml", FILE_KIND_PAGE, false},
	{"php", FILE_KIND_PAGE, false},
	{"phtml", FILE_KIND_PAGE, false},
	{"md", FILE_KIND_PAGE, false},
	{"markdown", FILE_KIND_PAGE, false},
	{"png", FILE_KIND_IMAGE, false},
	{"jpg", FILE_KIND_IMAGE, false},
	{"jpeg", FILE_KIND_IMAGE, false},
	{"gif", FILE_KIND_IMAGE, false},
	{"svg", FILE_KIND_IMAGE, false},
	{"webp", FILE_KIND_IMAGE, false},
	{"avif", FILE_KIND_IMAGE, false},
	{"ico", FILE_KIND_IMAGE, false},
	{"bmp", FILE_KIND_IMAGE, false},
	{"apng", FILE_KIND_IMAGE, false},
	{"woff", FILE_KIND_FONT, false},
	{"woff2", FILE_KIND_FONT, false},
	{"ttf", FILE_KIND_FONT, false},
	{"otf", FILE_KIND_FONT, false},
	{"mp4", FILE_KIND_MEDIA, false},
	{"webm", FILE_KIND_MEDIA, false},
	{"ogv", FILE_KIND_MEDIA, false},
	{"mov", FILE_KIND_MEDIA, false},
	{"mp3", FILE_KIND_MEDIA, false},
	{"ogg", FILE_KIND_MEDIA, false},
	{"wav", FILE_KIND_MEDIA, false},
	{"flac", FILE_KIND_MEDIA, false},
	{"vtt", FILE_KIND_MEDIA, false},
	{"js", FILE_KIND_SCRIPT, false},
	{"mjs", FILE_KIND_SCRIPT, false},
	{"cjs", FILE_KIND_SCRIPT, false},
	{"ts", FILE_KIND_SCRIPT, true},
	{"mts", FILE_KIND_SCRIPT, true},
	{"jsx", FILE_KIND_SCRIPT, true},
	{"tsx", FILE_KIND_SCRIPT, true},
	{"cts", FILE_KIND_SCRIPT, true},
	{"coffee", FILE_KIND_SCRIPT, true},
	{"elm", FILE_KIND_SCRIPT, true},
	{"svelte", FILE_KIND_SCRIPT, true},
	{"vue", FILE_KIND_SCRIPT, true},
	{"wasm", FILE_KIND_SCRIPT, false},
	{"json", FILE_KIND_DATA, false},
	{"xml", FILE_KIND_DATA, false},
	{"csv", FILE_KIND_DATA, false},
	{"txt", FILE_KIND_DATA, false},
	{"yaml", FILE_KIND_DATA, false},
	{"yml", FILE_KIND_DATA, false},
	{"toml", FILE_KIND_DATA, false},
};

/* NULL: the suffix is not in the table, or there is none. */
static const struct suffix *suffix_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	const char *end = base + strlen(base);
	const char *dot = memrchr(base, '.', (size_t)(end - base));

	/* A source map, "app.css.map", has the kind of the file that it describes. */
	if (dot && strcasecmp(dot, ".map") == 0) {
		end = dot;
		dot = memrchr(base, '.', (size_t)(end - base));
	}
	/* ".css" is a hidden file without a suffix. */
	for (size_t i = 0; dot && dot != base && i < COUNT_OF(suffixes); i++) {
		size_t length = strlen(suffixes[i].suffix);

		if ((size_t)(end - dot - 1) == length &&
			strncasecmp(dot + 1, suffixes[i].suffix, length) == 0) {
			return &suffixes[i];
		}
	}
	return NULL;
}

enum file_kind file_kind_of(const char *name)
{
	const struct suffix *suffix = suffix_of(name);

	return suffix ? suffix->kind : FILE_KIND_OTHER;
}

bool file_kind_is_source(const char *name)
{
	const struct suffix *suffix = suffix_of(name);

	return suffix && suffix->source;
}

size_t file_kind_suffixes(void)
{
	return COUNT_OF(suffixes);
}

static const struct {
	const char *name, *replaced;
} kinds[] = {
	[FILE_KIND_PAGE] = {"page", NULL},
	[FILE_KIND_CSS] = {"css", "style sheets"},
	[FILE_KIND_IMAGE] = {"image", "images"},
	[FILE_KIND_FONT] = {"font", "fonts"},
	[FILE_KIND_MEDIA] = {"media", "sound or video"},
	[FILE_KIND_SCRIPT] = {"script", NULL},
	[FILE_KIND_DATA] = {"data", NULL},
	[FILE_KIND_OTHER] = {"other", NULL},
};

_Static_assert(COUNT_OF(kinds) == FILE_KINDS, "each kind has a name");

const char *file_kind_name(enum file_kind kind)
{
	return kinds[kind].name;
}

const char *file_kind_replaced(enum file_kind kind)
{
	return kinds[kind].replaced;
}
