/* SPDX-License-Identifier: MIT */
#include "pipeline/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/journal-text.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"
#include "util/pathname.h"

#define LOG_MODULE "journal"
#include "util/log.h"

/*
 * A line: two numbers and a name, of which each byte may take three. The file has at most two times
 * JOURNAL_EVENTS_MAX events.
 */
enum {
	JOURNAL_LINE_MAX = 3 * PATHNAME_MAX + 64,
	JOURNAL_BYTES_MAX = 2 * JOURNAL_EVENTS_MAX *
		(2 * JOURNAL_LINE_MAX + 3 * JOURNAL_NAMES_MAX + 64 * LEDGER_FILES_MAX),
};

struct journal {
	struct loop *loop;
	char *name;
	int fd; /* -1 until an event waits */
	bool failed;
	bool unread; /* not read yet, perhaps because its mount does not answer: writing it would destroy its contents */
	bool storing; /* a worker writes it */
	bool changed; /* it is to be written (again) after that */
	struct journal_entries waiting;
	struct journal_entries owed; /* events of the previous daemon, at most one of each root */
	size_t length; /* of the file */
};

struct journal *journal_new(struct loop *loop, const char *folder)
{
	struct journal *journal = mem_new(struct journal);

	journal->loop = loop;
	journal->name = folder ? mem_printf("%s/savecast/waiting", folder) : NULL;
	journal->fd = -1;
	journal->unread = true;
	return journal;
}

void journal_free(struct journal *journal)
{
	if (!journal) {
		return;
	}
	journal_entries_clear(&journal->waiting);
	journal_entries_clear(&journal->owed);
	if (journal->fd >= 0) {
		close(journal->fd);
	}
	free(journal->name);
	free(journal);
}

/* Returns the entry, NULL if it is not kept. Takes ownership of its contents. */
static struct journal_entry *journal_owe(struct journal *journal, struct journal_entry *entry)
{
	struct journal_entries *owed = &journal->owed;

	if (owed->count < JOURNAL_EVENTS_MAX &&
		journal_entries_find_root(owed, entry->root) == owed->count) {
		owed->items[owed->count] = *entry;
		return &owed->items[owed->count++];
	}
	journal_entry_clear(entry);
	return NULL;
}

/* `last` is the entry of the lines before this one, NULL if it is not kept. Returns that of this line. */
static struct journal_entry *journal_take_line(
	struct journal *journal, char *line, struct journal_entry *last)
{
	struct journal_entry entry = {0};

	if (!*line) {
		return last;
	}
	if (journal_line_is_file(line)) {
		if (!journal_line_read_file(line, last)) {
			log_warning("%s: a line is damaged: the log of a save that waited when "
				    "savecastd ended lacks the name of a file",
				journal->name);
		}
		return last;
	}
	if (journal_line_read(line, &entry)) {
		return journal_owe(journal, &entry);
	}
	log_error("%s: a line is damaged: a save that waited when savecastd ended is not "
		  "shown: save the file again",
		journal->name);
	return NULL;
}

static void journal_take(struct journal *journal, char *text, size_t length)
{
	struct journal_entry *last = NULL;

	for (size_t at = 0; at < length; at++) {
		char *line = text + at;

		while (at < length && text[at] != '\n') {
			at++;
		}
		text[at] = '\0'; /* there is room after the last one */
		last = journal_take_line(journal, line, last);
	}
	journal->length = length;
}

static void journal_write(struct journal *journal);

bool journal_read(struct journal *journal)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r;

	if (!journal->name) {
		journal->unread = false;
		return true;
	}
	r = mounts_read_own(journal->name, JOURNAL_BYTES_MAX, &text, &length);
	journal->unread = r == -EAGAIN;
	if (journal->unread) {
		return false;
	}
	if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
		log_error("%s: %s: saves that waited when savecastd ended are not shown",
			journal->name, strerror(-r));
	}
	journal_take(journal, text, r < 0 ? 0 : length);
	if (journal->changed) {
		journal_write(journal);
	}
	return true;
}

static void journal_warn(const char *name, int error)
{
	log_warning(
		"%s: %s: saves that wait are lost if savecastd is killed", name, strerror(error));
}

static bool journal_open(struct journal *journal)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

	if (journal->fd < 0 && journal->name && !journal->failed) {
		journal->fd = open(journal->name, flags, 0600);
		if (journal->fd < 0) {
			journal->failed = true;
			journal_warn(journal->name, errno);
		}
	}
	return journal->fd >= 0;
}

/* Takes ownership of the text. If it has more than `used` bytes, these are empty lines. */
static void journal_write_here(struct journal *journal, char *text, size_t used)
{
	_cleanup_free_ char *owned = text;
	size_t length = strlen(owned);

	if (journal_open(journal) &&
		(pwrite(journal->fd, owned, length, 0) != (ssize_t)length ||
			(length > used && ftruncate(journal->fd, (off_t)used) < 0))) {
		journal_warn(journal->name, errno);
	}
}

/* To write the file on a mount that may not answer. */
struct journal_job {
	struct journal *journal;
	char *name, *text;
	int error;
};

static void job_work(void *userdata)
{
	struct journal_job *job = userdata;

	job->error = file_replace(job->name, job->text, strlen(job->text));
}

static void job_done(void *userdata)
{
	struct journal_job *job = userdata;

	if (job->error < 0) {
		journal_warn(job->name, -job->error);
	}
	job->journal->storing = false;
	if (job->journal->changed) {
		journal_write(job->journal);
	}
	free(job->name);
	free(job->text);
	free(job);
}

static void journal_write_job(struct journal *journal, char *text)
{
	struct journal_job *job = mem_new(struct journal_job);

	*job = (struct journal_job){journal, mem_strdup(journal->name), text, -EAGAIN};
	journal->storing = true;
	mounts_look(journal->loop, job->name, job_work, job_done, job);
}

static void journal_write(struct journal *journal)
{
	size_t length, used;
	char *text;
	FILE *to;

	journal->changed = true;
	if (!journal->name || journal->unread || journal->storing) {
		return;
	}
	journal->changed = false;
	to = open_memstream(&text, &length);
	journal_entries_write(&journal->waiting, to);
	journal_entries_write(&journal->owed, to);
	fflush(to);
	used = length;
	/* If it becomes shorter and the daemon is killed now, the rest consists of empty lines. */
	for (size_t i = used; i < journal->length; i++) {
		fputc('\n', to);
	}
	fclose(to);
	journal->length = used;
	if (mounts_is_remote(journal->name)) {
		journal_write_job(journal, text);
	} else {
		journal_write_here(journal, text, used);
	}
}

/* The entry for an event that has none yet; `waiting.count` if there is no room. */
static size_t journal_place(struct journal *journal, const struct event *event, const char *root)
{
	size_t limit = event->root ? JOURNAL_EVENTS_MAX : JOURNAL_EVENTS_MAX / 2;
	struct journal_entries *waiting = &journal->waiting;

	if (waiting->count >= limit) {
		return journal_entries_find_root(waiting, root);
	}
	waiting->items[waiting->count] = (struct journal_entry){.root = mem_strdup(root)};
	return waiting->count++;
}

void journal_wait(struct journal *journal, const struct event *event)
{
	struct journal_entries *waiting = &journal->waiting;
	const char *root = event->root ? event->root : event->files_kept ? event->files[0] : NULL;
	size_t at;

	if (!root || event->closed) {
		return;
	}
	at = journal_entries_find(waiting, event->serial);
	if (at < waiting->count && waiting->items[at].file_count == event->file_count) {
		return;
	}
	at = at < waiting->count ? at : journal_place(journal, event, root);
	if (at == waiting->count) {
		return;
	}
	waiting->items[at].serial = event->serial;
	journal_entry_take_files(&waiting->items[at], event);
	journal_write(journal);
}

void journal_step(struct journal *journal, const struct event *event, const struct step *step)
{
	struct journal_entries *waiting = &journal->waiting;
	size_t at;

	if (!step->in_tab && (step->kind == STEP_HELD || step->kind == STEP_WAITING)) {
		journal_wait(journal, event);
		return;
	}
	if (step->kind == STEP_JOINED &&
		journal_entries_find(waiting, event->serial) < waiting->count) {
		journal_wait(journal, event);
		return;
	}
	at = waiting->count ? journal_entries_find(waiting, event->serial) : 0;
	if (at < waiting->count && (event->closed || step->kind == STEP_CAST)) {
		journal_entries_remove(waiting, at);
		journal_write(journal);
	}
}

bool journal_owes(const struct journal *journal)
{
	return journal->owed.count > 0;
}

void journal_each_owed(struct journal *journal, journal_owed_fn *told, void *userdata)
{
	for (size_t i = 0; i < journal->owed.count; i++) {
		told(&journal->owed.items[i], userdata);
	}
}

void journal_settle(struct journal *journal, journal_done_fn *done, void *userdata)
{
	size_t before = journal->owed.count;

	for (size_t i = before; i-- > 0;) {
		if (done(&journal->owed.items[i], userdata)) {
			journal_entries_remove(&journal->owed, i);
		}
	}
	if (journal->owed.count < before) {
		journal_write(journal);
	}
}
