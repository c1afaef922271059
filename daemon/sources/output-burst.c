/* SPDX-License-Identifier: MIT */
#include "sources/output-burst.h"

#include "project/file-kind.h"
#include "util/mem.h"

/* Handles the first file after a pause: it belongs to the same rebuild, or begins the next. */
static void burst_learn(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	uint64_t pause = now_usec - burst->last_usec;
	uint64_t wait = pause + pause / 2;

	if (!burst->rebuild.count) {
		return;
	}
	if (pause < OUTPUT_PAUSE_MAX_USEC && !fileset_has(&burst->rebuild, file)) {
		wait = wait < OUTPUT_PAUSE_MAX_USEC ? wait : OUTPUT_PAUSE_MAX_USEC;
		burst->pause_usec = wait > burst->pause_usec ? wait : burst->pause_usec;
		return;
	}
	burst->usual = burst->rebuild.count;
	burst->pause_usec -= burst->pause_usec / 8;
	fileset_clear(&burst->rebuild);
}

static void burst_note_activity(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	if (!burst->files.count && !burst->open_count) {
		burst_learn(burst, file, now_usec);
		burst->first_usec = now_usec;
	}
	burst->last_usec = now_usec;
}

static uint64_t burst_quiet(const struct output_burst *burst)
{
	uint64_t quiet = burst->quiet_usec ? burst->quiet_usec : OUTPUT_QUIET_USEC;
	bool whole = burst->usual && burst->rebuild.count + burst->files.count >= burst->usual;

	return whole || burst->pause_usec < quiet ? quiet : burst->pause_usec;
}

static void burst_miss(struct output_burst *burst, const char *file)
{
	if (file_kind_of(file) == FILE_KIND_PAGE &&
		burst->missing_count < OUTPUT_MISSING_PAGES_MAX) {
		burst->missing[burst->missing_count++] = mem_strdup(file);
	}
}

static void burst_find_missing(struct output_burst *burst, const char *file)
{
	for (size_t i = 0; i < burst->missing_count; i++) {
		if (strcmp(burst->missing[i], file) == 0) {
			free(burst->missing[i]);
			burst->missing[i] = burst->missing[--burst->missing_count];
			return;
		}
	}
}

static size_t burst_find(const struct output_burst *burst, const char *file)
{
	size_t i = 0;

	while (i < burst->open_count && strcmp(burst->open[i], file) != 0) {
		i++;
	}
	return i;
}

static void burst_close(struct output_burst *burst, const char *file)
{
	size_t i = burst_find(burst, file);

	if (i < burst->open_count) {
		free(burst->open[i]);
		burst->open[i] = burst->open[--burst->open_count];
	}
}

void output_burst_begun(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	burst_note_activity(burst, file, now_usec);
	if (burst->open_count < OUTPUT_OPEN_FILES_MAX &&
		burst_find(burst, file) == burst->open_count) {
		burst->open[burst->open_count++] = mem_strdup(file);
	}
}

void output_burst_written(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	burst_note_activity(burst, file, now_usec);
	burst_close(burst, file);
	burst_find_missing(burst, file);
	burst->wrote = true;
	fileset_add(&burst->files, file);
}

void output_burst_gone(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	burst_note_activity(burst, file, now_usec);
	burst_close(burst, file);
	burst_find_missing(burst, file);
	burst_miss(burst, file);
	fileset_add(&burst->files, file);
}

uint64_t output_burst_due(const struct output_burst *burst)
{
	uint64_t quiet = burst->open_count              ? OUTPUT_OPEN_MAX_USEC
		: burst->wrote && !burst->missing_count ? burst_quiet(burst)
							: OUTPUT_GONE_USEC;
	uint64_t due = burst->last_usec + quiet, latest = burst->first_usec + OUTPUT_BURST_MAX_USEC;

	if (!burst->files.count) {
		return CLOCK_NEVER;
	}
	return due < latest ? due : latest;
}

static void burst_forget_open(struct output_burst *burst)
{
	while (burst->open_count) {
		free(burst->open[--burst->open_count]);
	}
}

void output_burst_taken(struct output_burst *burst, uint64_t now_usec)
{
	for (size_t i = 0; i < burst->files.kept; i++) {
		fileset_add(&burst->rebuild, burst->files.names[i]);
	}
	fileset_clear(&burst->files);
	while (burst->missing_count) {
		free(burst->missing[--burst->missing_count]);
	}
	burst->wrote = false;
	burst->first_usec = burst->last_usec;
	if (now_usec >= burst->last_usec + OUTPUT_OPEN_MAX_USEC) {
		burst_forget_open(burst);
	}
}

void output_burst_clear(struct output_burst *burst)
{
	output_burst_taken(burst, burst->last_usec);
	fileset_clear(&burst->rebuild);
	burst_forget_open(burst);
}
