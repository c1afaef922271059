/* SPDX-License-Identifier: MIT */
#include "sources/output-burst.h"

#include "util/mem.h"

static void burst_stir(struct output_burst *burst, uint64_t now_usec)
{
	if (!burst->files.count && !burst->open_count) {
		burst->first_usec = now_usec;
	}
	burst->last_usec = now_usec;
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
	burst_stir(burst, now_usec);
	if (burst->open_count < OUTPUT_OPEN_FILES_MAX &&
		burst_find(burst, file) == burst->open_count) {
		burst->open[burst->open_count++] = mem_strdup(file);
	}
}

void output_burst_written(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	burst_stir(burst, now_usec);
	burst_close(burst, file);
	burst->wrote = true;
	fileset_add(&burst->files, file);
}

void output_burst_gone(struct output_burst *burst, const char *file, uint64_t now_usec)
{
	burst_stir(burst, now_usec);
	burst_close(burst, file);
	fileset_add(&burst->files, file);
}

uint64_t output_burst_due(const struct output_burst *burst)
{
	uint64_t quiet = burst->open_count ? OUTPUT_OPEN_MAX_USEC
		: burst->wrote             ? OUTPUT_QUIET_USEC
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
	fileset_clear(&burst->files);
	burst->wrote = false;
	burst->first_usec = burst->last_usec;
	if (now_usec >= burst->last_usec + OUTPUT_OPEN_MAX_USEC) {
		burst_forget_open(burst);
	}
}

void output_burst_clear(struct output_burst *burst)
{
	output_burst_taken(burst, burst->last_usec);
	burst_forget_open(burst);
}
