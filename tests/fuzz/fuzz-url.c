/* SPDX-License-Identifier: MIT */

/*
 * A URL and a pattern of URLs, one per line: no crash, no leak, and a refused one changes nothing.
 */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "server/url-pattern.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	char *line = strchr(text, '\n');
	struct url url;
	struct url_pattern pattern;
	const char *why = NULL;
	int r;

	if (line) {
		*line++ = '\0';
	}
	r = url_parse(text, &url, &why);
	assert(r == 0 ? !why || url.kind != URL_OTHER || !url.host : why && !url.host && !url.path);
	if (r == 0 && url.kind == URL_HTTP) {
		assert(url.port && *url.host && url.path[0] == '/');
	}
	why = NULL;
	if (url_pattern_parse(line ? line : text, &pattern, &why) == 0) {
		assert(strlen(pattern.text) <= URL_PATTERN_MAX);
		assert(r < 0 || url.kind == URL_HTTP || !url_pattern_matches(&pattern, &url));
		if (r == 0) {
			url_pattern_matches(&pattern, &url);
		}
		assert(url_pattern_weight(&pattern) > 0);
		url_pattern_clear(&pattern);
	} else {
		assert(why && !pattern.text && !pattern.host);
	}
	url_clear(&url);
	return 0;
}
