/* SPDX-License-Identifier: MIT */
#include "browser/kind.h"

#include <string.h>
#include <strings.h>

#include "util/mem.h"

static const struct {
	const char *suffix;
	enum wire_kind kind;
} kinds[] = {
	/* What is compiled to a style sheet counts as one: the page finds its output. */
	{"css", WIRE_KIND_CSS},
	{"scss", WIRE_KIND_CSS},
	{"sass", WIRE_KIND_CSS},
	{"less", WIRE_KIND_CSS},
	{"styl", WIRE_KIND_CSS},
	{"pcss", WIRE_KIND_CSS},
	{"html", WIRE_KIND_PAGE},
	{"htm", WIRE_KIND_PAGE},
	{"xhtml", WIRE_KIND_PAGE},
	{"jinja", WIRE_KIND_PAGE},
	{"jinja2", WIRE_KIND_PAGE},
	{"j2", WIRE_KIND_PAGE},
	{"erb", WIRE_KIND_PAGE},
	{"haml", WIRE_KIND_PAGE},
	{"slim", WIRE_KIND_PAGE},
	{"ejs", WIRE_KIND_PAGE},
	{"hbs", WIRE_KIND_PAGE},
	{"mustache", WIRE_KIND_PAGE},
	{"liquid", WIRE_KIND_PAGE},
	{"njk", WIRE_KIND_PAGE},
	{"pug", WIRE_KIND_PAGE},
	{"twig", WIRE_KIND_PAGE},
	{"tmpl", WIRE_KIND_PAGE},
	{"gohtml", WIRE_KIND_PAGE},
	{"php", WIRE_KIND_PAGE},
	{"phtml", WIRE_KIND_PAGE},
	{"md", WIRE_KIND_PAGE},
	{"markdown", WIRE_KIND_PAGE},
	{"png", WIRE_KIND_IMAGE},
	{"jpg", WIRE_KIND_IMAGE},
	{"jpeg", WIRE_KIND_IMAGE},
	{"gif", WIRE_KIND_IMAGE},
	{"svg", WIRE_KIND_IMAGE},
	{"webp", WIRE_KIND_IMAGE},
	{"avif", WIRE_KIND_IMAGE},
	{"ico", WIRE_KIND_IMAGE},
	{"bmp", WIRE_KIND_IMAGE},
	{"apng", WIRE_KIND_IMAGE},
	{"woff", WIRE_KIND_FONT},
	{"woff2", WIRE_KIND_FONT},
	{"ttf", WIRE_KIND_FONT},
	{"otf", WIRE_KIND_FONT},
	{"mp4", WIRE_KIND_MEDIA},
	{"webm", WIRE_KIND_MEDIA},
	{"ogv", WIRE_KIND_MEDIA},
	{"mov", WIRE_KIND_MEDIA},
	{"mp3", WIRE_KIND_MEDIA},
	{"ogg", WIRE_KIND_MEDIA},
	{"wav", WIRE_KIND_MEDIA},
	{"flac", WIRE_KIND_MEDIA},
	{"vtt", WIRE_KIND_MEDIA},
	{"js", WIRE_KIND_SCRIPT},
	{"mjs", WIRE_KIND_SCRIPT},
	{"cjs", WIRE_KIND_SCRIPT},
	{"ts", WIRE_KIND_SCRIPT},
	{"mts", WIRE_KIND_SCRIPT},
	{"jsx", WIRE_KIND_SCRIPT},
	{"tsx", WIRE_KIND_SCRIPT},
	{"wasm", WIRE_KIND_SCRIPT},
	{"json", WIRE_KIND_DATA},
	{"xml", WIRE_KIND_DATA},
	{"csv", WIRE_KIND_DATA},
	{"txt", WIRE_KIND_DATA},
	{"yaml", WIRE_KIND_DATA},
	{"yml", WIRE_KIND_DATA},
	{"toml", WIRE_KIND_DATA},
};

enum wire_kind kind_by_suffix(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	const char *end = base + strlen(base);
	const char *dot = memrchr(base, '.', (size_t)(end - base));

	/* "app.css.map", a build's source map, comes with what it is a map of. */
	if (dot && strcasecmp(dot, ".map") == 0) {
		end = dot;
		dot = memrchr(base, '.', (size_t)(end - base));
	}
	/* ".css" is a hidden file without a suffix. */
	for (size_t i = 0; dot && dot != base && i < COUNT_OF(kinds); i++) {
		size_t length = strlen(kinds[i].suffix);

		if ((size_t)(end - dot - 1) == length &&
			strncasecmp(dot + 1, kinds[i].suffix, length) == 0) {
			return kinds[i].kind;
		}
	}
	return WIRE_KIND_OTHER;
}
