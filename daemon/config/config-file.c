/* SPDX-License-Identifier: MIT */
#include "config/config-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>

#include "config/config-line.h"
#include "sources/git/git-library.h"
#include "util/mem.h"

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
	}
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; (text = strchr(text, '\n')); text++) {
		lines++;
	}
	return lines;
}

/* `why` on error. */
static int config_file_bytes(
	int fd, enum config_owner owner, char **text, size_t *length, char **why)
{
	size_t max = owner == CONFIG_USERS ? CONFIG_BYTES_MAX : CONFIG_PROJECT_BYTES_MAX;
	_cleanup_free_ char *bytes = mem_alloc(max + 2);
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		*why = mem_strdup("is not a regular file");
		return -EINVAL;
	}
	if (st.st_uid != geteuid()) {
		*why = mem_printf("belongs to another user (uid %u)", (unsigned)st.st_uid);
		return -EPERM;
	}
	n = read(fd, bytes, max + 1);
	if (n < 0) {
		*why = mem_strdup(strerror(errno));
		return -errno;
	}
	if ((size_t)n > max) {
		*why = mem_printf("is larger than %zu bytes", max);
		return -EFBIG;
	}
	bytes[n] = '\0';
	if (strlen(bytes) != (size_t)n) {
		*why = mem_strdup("contains a NUL byte");
		return -EINVAL;
	}
	if (owner == CONFIG_PROJECTS && count_lines(bytes) > CONFIG_PROJECT_LINES_MAX) {
		*why = mem_printf("has more than %d lines", CONFIG_PROJECT_LINES_MAX);
		return -EFBIG;
	}
	if (strcasestr(bytes, "[include")) {
		*why = mem_strdup("contains \"[include\", which is not followed here");
		return -EINVAL;
	}
	*text = mem_steal(bytes);
	*length = (size_t)n;
	return 0;
}

/* libgit2's error, without its file name, and with our line number. */
static char *config_file_fault(void)
{
	const git_error *error = git_error_last();
	const char *text = error && error->message ? error->message : "cannot be parsed";
	const char *place = strstr(text, "(in /proc/");
	const char *colon = place ? strchr(place, ':') : NULL;
	int length = place ? (int)(place - text) : (int)strlen(text);

	while (length > 0 && text[length - 1] == ' ') {
		length--;
	}
	return colon ? mem_printf("line %d: %.*s", atoi(colon + 1), length, text)
		     : mem_printf("%.*s", length, text);
}

static void config_file_tell(
	git_config_iterator *iterator, const char *text, config_value_fn *told, void *userdata)
{
	git_config_entry *entry;
	struct config_line line;

	config_line_begin(&line, text);
	while (git_config_next(&entry, iterator) == 0) {
		told(entry->name, entry->value, config_line_find(&line, entry->name), userdata);
	}
}

/* libgit2 1.5 reads configuration from files only. */
int config_file_parse(
	const char *text, size_t length, config_value_fn *told, void *userdata, char **why)
{
	_cleanup_(close_fd) int fd = memfd_create("savecast-config", MFD_CLOEXEC);
	char path[64];
	git_config *config = NULL;
	git_config_iterator *iterator = NULL;
	int r;

	if (fd < 0 || write(fd, text, length) != (ssize_t)length) {
		*why = mem_strdup(strerror(errno));
		return -EIO;
	}
	snprintf(path, sizeof path, "/proc/thread-self/fd/%d", fd);
	r = git_config_open_ondisk(&config, path);
	if (r == 0) {
		r = git_config_iterator_new(&iterator, config);
	}
	if (r == 0) {
		config_file_tell(iterator, text, told, userdata);
	} else {
		*why = config_file_fault();
		r = -EINVAL;
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
	return r;
}

int config_file_load(
	const char *name, enum config_owner owner, char **text, size_t *length, char **why)
{
	bool follow = owner == CONFIG_USERS;
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
	_cleanup_(close_fd) int fd = open(name, flags);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		return -ENOENT;
	}
	if (fd < 0) {
		*why = mem_strdup(
			errno == ELOOP && !follow ? "is a symbolic link" : strerror(errno));
		return -errno;
	}
	return config_file_bytes(fd, owner, text, length, why);
}

int config_file_read(const char *name, enum config_owner owner, config_value_fn *told,
	void *userdata, char **why)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	int r = config_file_load(name, owner, &text, &length, why);

	if (r == 0) {
		r = config_file_parse(text, length, told, userdata, why);
	}
	return r < 0 ? r : (int)length;
}
