/* SPDX-License-Identifier: MIT */
#include "readiness/restart-sample.h"

#include "util/mem.h"

void restart_sample_clear(struct restart_sample *sample)
{
	free(sample->file);
	*sample = (struct restart_sample){0};
}

static enum restart_prediction stronger(enum restart_prediction a, enum restart_prediction b)
{
	return a == RESTART_EXPECTED || b == RESTART_EXPECTED  ? RESTART_EXPECTED
		: a == RESTART_UNKNOWN || b == RESTART_UNKNOWN ? RESTART_UNKNOWN
							       : RESTART_NONE;
}

static void note_suffix(
	struct restart_sample *sample, const char suffix[RESTART_HISTORY_SUFFIX_MAX])
{
	for (size_t i = 0; i < sample->suffix_count; i++) {
		if (strcmp(sample->suffixes[i], suffix) == 0) {
			return;
		}
	}
	if (sample->suffix_count < RESTART_SAMPLE_SUFFIXES_MAX) {
		memcpy(sample->suffixes[sample->suffix_count++], suffix,
			RESTART_HISTORY_SUFFIX_MAX);
	}
}

static void note_file(struct restart_sample *sample, const char *file)
{
	if (!sample->file && !sample->several) {
		sample->file = mem_strdup(file);
	} else if (!sample->file || strcmp(sample->file, file) != 0) {
		sample->several = true;
		free(mem_steal(sample->file));
	}
}

static enum restart_prediction ask_file(const struct restart_history *history, const char *root,
	const char *server, const char *file, const char *suffix, uint64_t *delay)
{
	enum restart_prediction prediction =
		restart_history_predict(history, root, server, file, delay);

	if (prediction == RESTART_UNKNOWN) {
		return restart_history_predict(history, root, server, suffix, delay);
	}
	*delay = RESTART_HISTORY_DELAY_MAX_USEC;
	return prediction;
}

enum restart_prediction restart_sample_add(struct restart_sample *sample,
	const struct restart_history *history, const char *root, const char *server,
	const struct fileset *files, uint64_t *delay)
{
	enum restart_prediction strongest = RESTART_NONE;

	*delay = 0;
	for (size_t i = 0; i < files->kept; i++) {
		const char *file = files->names[i];
		char suffix[RESTART_HISTORY_SUFFIX_MAX];
		uint64_t own = 0;
		enum restart_prediction prediction;

		restart_history_suffix(file, suffix);
		prediction = ask_file(history, root, server, file, suffix, &own);
		*delay = prediction == RESTART_EXPECTED && own > *delay ? own : *delay;
		strongest = stronger(strongest, prediction);
		note_suffix(sample, suffix);
		note_file(sample, file);
	}
	return strongest;
}

bool restart_sample_add_restart(const struct restart_sample *sample,
	struct restart_history *history, const char *root, const char *server, uint64_t delay)
{
	enum restart_prediction strongest = RESTART_NONE;
	uint64_t unused;
	bool news = false;

	/*
	 * If several kinds of files were saved at once, the restart is attributed to the
	 * likeliest kinds.
	 */
	for (size_t i = 0; i < sample->suffix_count; i++) {
		strongest = stronger(strongest,
			restart_history_predict(
				history, root, server, sample->suffixes[i], &unused));
	}
	for (size_t i = 0; i < sample->suffix_count; i++) {
		const char *suffix = sample->suffixes[i];

		if (restart_history_predict(history, root, server, suffix, &unused) == strongest) {
			news |= restart_history_add_restart(history, root, server, suffix, delay);
		}
	}
	if (sample->file) {
		news |= restart_history_add_restart(history, root, server, sample->file, delay);
	}
	return news;
}

/*
 * A file that restarts nothing proves nothing about others of its kind, unless the lesson
 * came from that file.
 */
static bool file_stays(const struct restart_sample *sample, struct restart_history *history,
	const char *root, const char *server)
{
	const char *file = sample->file, *suffix = sample->suffixes[0];
	uint64_t unused;
	bool taught =
		restart_history_predict(history, root, server, file, &unused) == RESTART_EXPECTED;
	bool news = restart_history_add_none(history, root, server, file);

	if (taught &&
		restart_history_predict(history, root, server, file, &unused) == RESTART_NONE) {
		news |= restart_history_add_none(history, root, server, suffix);
	}
	return news;
}

bool restart_sample_add_none(const struct restart_sample *sample, struct restart_history *history,
	const char *root, const char *server)
{
	uint64_t unused;
	bool news = false;

	if (sample->file &&
		restart_history_predict(history, root, server, sample->suffixes[0], &unused) ==
			RESTART_EXPECTED) {
		return file_stays(sample, history, root, server);
	}
	for (size_t i = 0; i < sample->suffix_count; i++) {
		news |= restart_history_add_none(history, root, server, sample->suffixes[i]);
	}
	return news;
}
