/* SPDX-License-Identifier: MIT */
#include "util/pathname.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "util/mem.h"
#include "util/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes the path of a file: URI in place; `why` on error. */
static int uri_decode(char *path, const char **why)
{
	char *out = path;

	for (const char *in = path; *in; in++) {
		if (*in == '?' || *in == '#') {
			*why = "a file: URI must have no query or fragment; write %3F or %23";
			return -EINVAL;
		}
		if (*in != '%') {
			*out++ = *in;
			continue;
		}
		int high = hex_digit(in[1]);
		int low = high < 0 ? -1 : hex_digit(in[2]);

		if (low < 0) {
			*why = "% must be followed by two hex digits";
			return -EINVAL;
		}
		if (high == 0 && low == 0) {
			*why = "a file name cannot contain %00";
			return -EINVAL;
		}
		*out++ = (char)(high << 4 | low);
		in += 2;
	}
	*out = '\0';
	return 0;
}

static int uri_path(const char *uri, char **path, const char **why)
{
	const char *at = uri + strlen("file:");

	if (strncmp(at, "//", 2) == 0) {
		at += 2;
		if (strncasecmp(at, "localhost/", 10) == 0) {
			at += strlen("localhost");
		}
		if (*at != '/') {
			*why = "a file: URI names a file on this machine: file:///PATH";
			return -EINVAL;
		}
	}
	*path = mem_strdup(at);
	return uri_decode(*path, why);
}

static int path_check(char *path, const char **why)
{
	size_t length = strlen(path), depth = 0;

	if (path[0] != '/') {
		*why = length ? "must be an absolute path or a file: URI" : "must not be empty";
		return -EINVAL;
	}
	while (length > 1 && path[length - 1] == '/') {
		path[--length] = '\0';
	}
	if (length > PATHNAME_MAX) {
		*why = "must be at most 4095 bytes long";
		return -ENAMETOOLONG;
	}
	for (const char *at = path; length > 1 && *at; at += strcspn(at, "/")) {
		size_t n = strcspn(++at, "/");

		if (n == 0 || (n <= 2 && strspn(at, ".") >= n)) {
			*why = "must contain no empty, \".\" or \"..\" component";
			return -EINVAL;
		}
		if (++depth > PATHNAME_DEPTH_MAX) {
			*why = "must have at most 256 components";
			return -ENAMETOOLONG;
		}
	}
	return 0;
}

int pathname_from_text(const char *text, char **name, const char **why)
{
	_cleanup_free_ char *path = NULL;
	int r = 0;

	if (strncasecmp(text, "file:", 5) == 0) {
		r = uri_path(text, &path, why);
	} else {
		/* Copies no more of a huge text than is needed to see that it is too long. */
		path = mem_strndup(text, PATHNAME_MAX + 2);
	}
	if (r == 0) {
		r = path_check(path, why);
	}
	if (r == 0) {
		*name = mem_steal(path);
	}
	return r;
}

char *pathname_to_uri(const char *name)
{
	static const char hex[] = "0123456789ABCDEF";
	char *uri = mem_alloc(strlen("file://") + 3 * strlen(name) + 1);
	char *out = stpcpy(uri, "file://");

	for (const unsigned char *in = (const unsigned char *)name; *in; in++) {
		if (*in < 0x80 && (isalnum(*in) || strchr("/-._~", *in))) {
			*out++ = (char)*in;
		} else {
			*out++ = '%';
			*out++ = hex[*in >> 4];
			*out++ = hex[*in & 15];
		}
	}
	*out = '\0';
	return uri;
}

char *pathname_to_text(const char *name)
{
	return utf8_is_valid(name, strlen(name)) ? mem_strdup(name) : pathname_to_uri(name);
}

char *pathname_to_word(const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "/._-+:@%,";
	char *text = pathname_to_text(name), *word, *out;

	if (strspn(text, plain) == strlen(text)) {
		return text;
	}
	word = out = mem_alloc(4 * strlen(text) + 3);
	*out++ = '\'';
	for (const char *at = text; *at; at++) {
		out = *at == '\'' ? stpcpy(out, "'\\''") : (*out = *at, out + 1);
	}
	*out++ = '\'';
	*out = '\0';
	free(text);
	return word;
}

char *pathname_label(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash && slash[1] ? slash + 1 : name;

	return utf8_dup(last);
}

bool pathname_is_below(const char *name, const char *root)
{
	size_t length = strlen(root);

	if (length == 1) {
		return true; /* the root folder */
	}
	return strncmp(name, root, length) == 0 && (name[length] == '\0' || name[length] == '/');
}
