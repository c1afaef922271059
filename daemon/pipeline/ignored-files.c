/* SPDX-License-Identifier: MIT */
#include "pipeline/ignored-files.h"

#include "util/clock.h"
#include "util/mem.h"

static struct ignored_part *ignored_files_part(
	struct ignored_files *ignored, struct project *project, const char *why)
{
	for (size_t i = ignored->count; i-- > 0;) {
		if (ignored->parts[i].project == project) {
			return &ignored->parts[i];
		}
	}
	ignored->parts = mem_resize(ignored->parts, ignored->count + 1, sizeof *ignored->parts);
	ignored->parts[ignored->count] =
		(struct ignored_part){.project = project, .why = mem_strdup(why)};
	return &ignored->parts[ignored->count++];
}

void ignored_files_add(
	struct ignored_files *ignored, struct project *project, const char *file, const char *why)
{
	struct ignored_part *part = ignored_files_part(ignored, project, why);

	part->count++;
	if (part->kept < LEDGER_FILES_MAX) {
		part->names[part->kept++] = mem_strdup(file);
	}
}

static uint64_t part_tell(struct ignored_part *part, struct ledger *ledger, uint64_t now)
{
	uint64_t serial = ledger_open(
		ledger, EVENT_SAVE, part->project->root, now, clock_usec(CLOCK_REALTIME));

	for (size_t i = 0; i < part->count; i++) {
		/* Files whose names were not kept are only counted. */
		ledger_file(ledger, serial, part->names[i < part->kept ? i : 0]);
	}
	ledger_step(ledger, serial, now, STEP_HEARD, NULL, "%s", "");
	ledger_close(ledger, serial);
	ledger_step(ledger, serial, now, STEP_IGNORED, NULL, "%s", part->why);
	return serial;
}

static void part_clear(struct ignored_part *part)
{
	for (size_t i = 0; i < part->kept; i++) {
		free(part->names[i]);
	}
	free(part->why);
}

void ignored_files_clear(struct ignored_files *ignored)
{
	for (size_t i = 0; i < ignored->count; i++) {
		part_clear(&ignored->parts[i]);
	}
	free(ignored->parts);
	*ignored = (struct ignored_files){0};
}

void ignored_files_forget(struct ignored_files *ignored, const struct project *project)
{
	for (size_t i = 0; i < ignored->count; i++) {
		struct ignored_part *part = &ignored->parts[i];

		if (part->project == project) {
			part_clear(part);
			ignored->count--;
			memmove(part, part + 1, (ignored->count - i) * sizeof *part);
			return;
		}
	}
}

uint64_t ignored_files_report(
	struct ignored_files *ignored, struct ledger *ledger, uint64_t now_usec)
{
	uint64_t first = 0;

	for (size_t i = 0; i < ignored->count; i++) {
		uint64_t serial = part_tell(&ignored->parts[i], ledger, now_usec);

		first = first ? first : serial;
	}
	ignored_files_clear(ignored);
	return first;
}
