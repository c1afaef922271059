/* SPDX-License-Identifier: MIT */
#include "readiness/restart-sample.h"

#include "util/mem.h"

void question_clear(struct question *question)
{
	free(question->file);
	*question = (struct question){0};
}

static enum gate_lore stronger(enum gate_lore a, enum gate_lore b)
{
	return a == GATE_RESTARTS || b == GATE_RESTARTS  ? GATE_RESTARTS
		: a == GATE_UNKNOWN || b == GATE_UNKNOWN ? GATE_UNKNOWN
							 : GATE_STAYS;
}

static void note_suffix(struct question *question, const char suffix[LEARNED_SUFFIX_MAX])
{
	for (size_t i = 0; i < question->suffix_count; i++) {
		if (strcmp(question->suffixes[i], suffix) == 0) {
			return;
		}
	}
	if (question->suffix_count < QUESTION_SUFFIXES_MAX) {
		memcpy(question->suffixes[question->suffix_count++], suffix, LEARNED_SUFFIX_MAX);
	}
}

static void note_file(struct question *question, const char *file)
{
	if (!question->file && !question->several) {
		question->file = mem_strdup(file);
	} else if (!question->file || strcmp(question->file, file) != 0) {
		question->several = true;
		free(mem_steal(question->file));
	}
}

static enum gate_lore ask_file(const struct learned *learned, const char *root, const char *server,
	const char *file, const char *suffix, uint64_t *delay)
{
	enum gate_lore lore = learned_ask(learned, root, server, file, delay);

	if (lore == GATE_UNKNOWN) {
		return learned_ask(learned, root, server, suffix, delay);
	}
	*delay = LEARNED_DELAY_MAX_USEC;
	return lore;
}

enum gate_lore question_add(struct question *question, const struct learned *learned,
	const char *root, const char *server, const struct fileset *files, uint64_t *delay)
{
	enum gate_lore strongest = GATE_STAYS;

	*delay = 0;
	for (size_t i = 0; i < files->kept; i++) {
		const char *file = files->names[i];
		char suffix[LEARNED_SUFFIX_MAX];
		uint64_t own = 0;
		enum gate_lore lore;

		learned_suffix(file, suffix);
		lore = ask_file(learned, root, server, file, suffix, &own);
		*delay = lore == GATE_RESTARTS && own > *delay ? own : *delay;
		strongest = stronger(strongest, lore);
		note_suffix(question, suffix);
		note_file(question, file);
	}
	return strongest;
}

bool question_restarts(const struct question *question, struct learned *learned, const char *root,
	const char *server, uint64_t delay)
{
	enum gate_lore strongest = GATE_STAYS;
	uint64_t unused;
	bool news = false;

	/* Of several kinds of files saved at once, those that are likeliest to have done it did. */
	for (size_t i = 0; i < question->suffix_count; i++) {
		strongest = stronger(strongest,
			learned_ask(learned, root, server, question->suffixes[i], &unused));
	}
	for (size_t i = 0; i < question->suffix_count; i++) {
		const char *suffix = question->suffixes[i];

		if (learned_ask(learned, root, server, suffix, &unused) == strongest) {
			news |= learned_restarts(learned, root, server, suffix, delay);
		}
	}
	if (question->file) {
		news |= learned_restarts(learned, root, server, question->file, delay);
	}
	return news;
}

/* One file that does nothing says nothing of the others that do, unless they learned it from it. */
static bool file_stays(const struct question *question, struct learned *learned, const char *root,
	const char *server)
{
	const char *file = question->file, *suffix = question->suffixes[0];
	uint64_t unused;
	bool taught = learned_ask(learned, root, server, file, &unused) == GATE_RESTARTS;
	bool news = learned_stays(learned, root, server, file);

	if (taught && learned_ask(learned, root, server, file, &unused) == GATE_STAYS) {
		news |= learned_stays(learned, root, server, suffix);
	}
	return news;
}

bool question_stays(const struct question *question, struct learned *learned, const char *root,
	const char *server)
{
	uint64_t unused;
	bool news = false;

	if (question->file &&
		learned_ask(learned, root, server, question->suffixes[0], &unused) ==
			GATE_RESTARTS) {
		return file_stays(question, learned, root, server);
	}
	for (size_t i = 0; i < question->suffix_count; i++) {
		news |= learned_stays(learned, root, server, question->suffixes[i]);
	}
	return news;
}
