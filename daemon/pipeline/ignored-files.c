/* SPDX-License-Identifier: MIT */
#include "pipeline/ignored-files.h"

#include "util/clock.h"
#include "util/mem.h"

static struct passed_part *passed_part(
	struct passed *passed, struct project *project, const char *why)
{
	for (size_t i = passed->count; i-- > 0;) {
		if (passed->parts[i].project == project) {
			return &passed->parts[i];
		}
	}
	passed->parts = mem_resize(passed->parts, passed->count + 1, sizeof *passed->parts);
	passed->parts[passed->count] =
		(struct passed_part){.project = project, .why = mem_strdup(why)};
	return &passed->parts[passed->count++];
}

void passed_add(
	struct passed *passed, struct project *project, const char *file, const char *why)
{
	struct passed_part *part = passed_part(passed, project, why);

	part->count++;
	if (part->kept < LEDGER_FILES_MAX) {
		part->names[part->kept++] = mem_strdup(file);
	}
}

static uint64_t part_tell(struct passed_part *part, struct ledger *ledger, uint64_t now)
{
	uint64_t serial = ledger_open(
		ledger, EVENT_SAVE, part->project->root, now, clock_usec(CLOCK_REALTIME));

	for (size_t i = 0; i < part->count; i++) {
		/* Those beyond are only counted. */
		ledger_file(ledger, serial, part->names[i < part->kept ? i : 0]);
	}
	ledger_step(ledger, serial, now, STEP_HEARD, NULL, "%s", "");
	ledger_close(ledger, serial);
	ledger_step(ledger, serial, now, STEP_IGNORED, NULL, "%s", part->why);
	for (size_t i = 0; i < part->kept; i++) {
		free(part->names[i]);
	}
	free(part->why);
	return serial;
}

uint64_t passed_tell(struct passed *passed, struct ledger *ledger, uint64_t now_usec)
{
	uint64_t first = 0;

	for (size_t i = 0; i < passed->count; i++) {
		uint64_t serial = part_tell(&passed->parts[i], ledger, now_usec);

		first = first ? first : serial;
	}
	free(passed->parts);
	*passed = (struct passed){0};
	return first;
}
