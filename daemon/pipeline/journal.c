/* SPDX-License-Identifier: MIT */
#include "pipeline/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

#define LOG_MODULE "journal"
#include "util/log.h"

enum { JOURNAL_BYTES_MAX = JOURNAL_EVENTS_MAX * (3 * PATHNAME_MAX + 32) };

struct journal {
	char *name;
	int fd; /* -1 until an event waits */
	bool failed;
	uint64_t serials[JOURNAL_EVENTS_MAX];
	char *roots[JOURNAL_EVENTS_MAX];
	size_t count;
};

struct journal *journal_new(const char *folder)
{
	struct journal *journal = mem_new(struct journal);

	journal->name = folder ? mem_printf("%s/savecast/waiting", folder) : NULL;
	journal->fd = -1;
	return journal;
}

void journal_free(struct journal *journal)
{
	if (!journal) {
		return;
	}
	while (journal->count) {
		free(journal->roots[--journal->count]);
	}
	if (journal->fd >= 0) {
		close(journal->fd);
	}
	free(journal->name);
	free(journal);
}

void journal_read(struct journal *journal, journal_waited_fn *told, void *userdata)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	size_t length;

	if (!journal->name || file_read_own(journal->name, JOURNAL_BYTES_MAX, &text, &length) < 0) {
		return;
	}
	if (truncate(journal->name, 0) < 0) {
		log_warning("%s: %s", journal->name, strerror(errno));
	}
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		_cleanup_free_ char *root = NULL;
		const char *why;
		char *end;
		uint64_t serial = strtoull(line, &end, 10);

		/* A line that was cut off, or that another program wrote, is skipped. */
		if (serial && *end == ' ' && rest &&
			pathname_from_text(end + 1, &root, &why) == 0) {
			told(serial, root, userdata);
		}
	}
}

static bool journal_open(struct journal *journal)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	if (journal->fd < 0 && journal->name && !journal->failed && mounts_ready(journal->name)) {
		journal->fd = open(journal->name, flags, 0600);
		if (journal->fd < 0) {
			journal->failed = true;
			log_warning("%s: %s: saves that wait are lost if savecastd is killed",
				journal->name, strerror(errno));
		}
	}
	return journal->fd >= 0;
}

static void journal_write(struct journal *journal)
{
	_cleanup_free_ char *text = mem_strdup("");
	size_t length;

	if (!journal_open(journal)) {
		return;
	}
	for (size_t i = 0; i < journal->count; i++) {
		_cleanup_free_ char *root = pathname_to_text(journal->roots[i]);
		char *longer = mem_printf(
			"%s%llu %s\n", text, (unsigned long long)journal->serials[i], root);

		free(text);
		text = longer;
	}
	length = strlen(text);
	if (pwrite(journal->fd, text, length, 0) != (ssize_t)length ||
		ftruncate(journal->fd, (off_t)length) < 0) {
		log_warning("%s: %s: saves that wait are lost if savecastd is killed",
			journal->name, strerror(errno));
	}
}

static size_t journal_find(const struct journal *journal, uint64_t serial)
{
	size_t at = 0;

	while (at < journal->count && journal->serials[at] != serial) {
		at++;
	}
	return at;
}

static size_t journal_find_root(const struct journal *journal, const char *root)
{
	size_t at = 0;

	while (at < journal->count && strcmp(journal->roots[at], root) != 0) {
		at++;
	}
	return at;
}

void journal_wait(struct journal *journal, const struct event *event)
{
	size_t at, limit = event->root ? JOURNAL_EVENTS_MAX : JOURNAL_EVENTS_MAX / 2;
	const char *root = event->root ? event->root
		: event->files_kept    ? event->files[0]
				       : NULL;

	if (!root || event->closed || journal_find(journal, event->serial) < journal->count) {
		return;
	}
	at = journal->count < limit ? journal->count : journal_find_root(journal, root);
	if (at == journal->count) {
		if (at >= limit) {
			return;
		}
		journal->roots[journal->count++] = mem_strdup(root);
	}
	journal->serials[at] = event->serial;
	journal_write(journal);
}

static void journal_remove(struct journal *journal, size_t at)
{
	free(journal->roots[at]);
	journal->count--;
	journal->serials[at] = journal->serials[journal->count];
	journal->roots[at] = journal->roots[journal->count];
	journal_write(journal);
}

void journal_step(struct journal *journal, const struct event *event, const struct step *step)
{
	size_t at;

	if (!step->in_tab && (step->kind == STEP_HELD || step->kind == STEP_WAITING)) {
		journal_wait(journal, event);
		return;
	}
	at = journal->count ? journal_find(journal, event->serial) : 0;
	if (at < journal->count && (event->closed || step->kind == STEP_CAST)) {
		journal_remove(journal, at);
	}
}
