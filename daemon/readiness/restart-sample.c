/* SPDX-License-Identifier: MIT */
#include "readiness/restart-sample.h"

#include "readiness/gate.h"
#include "util/mem.h"

void restart_sample_clear(struct restart_sample *sample)
{
	free(sample->file);
	*sample = (struct restart_sample){0};
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

/* The prediction for the file, or otherwise for its suffix. */
static enum restart_prediction ask_history(const struct restart_history *history,
	const struct restart_subject *subject, const char *file, const char *suffix,
	uint64_t *delay, bool *sure)
{
	enum restart_prediction prediction =
		restart_history_predict(history, subject->root, subject->server, file, delay, sure);

	return prediction != RESTART_UNKNOWN ? prediction
					     : restart_history_predict(history, subject->root,
						       subject->server, suffix, delay, sure);
}

/*
 * True for a program that may watch files of any name, and for an unknown one with code of
 * its language: the watch tells whether the save restarts it.
 */
static bool is_told_by_watch(const struct program_traits *traits, const char *suffix)
{
	return traits->restarts == RESTARTS_ITSELF
		? traits->suffixes[0] == '*' &&
			!(traits->language && program_traits_is_code(traits, suffix))
		: traits->restarts == RESTARTS_UNKNOWN && traits->language &&
			program_traits_is_code(traits, suffix) && !traits->old_suffixes;
}

/*
 * Whether it may look at its files each second. The delays that were seen then say little about the
 * next one, which depends on when between two looks the save comes. The gate's margin is enough for
 * those that look more often.
 */
static bool may_poll(const struct program_traits *traits)
{
	return traits->restarts != RESTARTS_NEVER && traits->notice_usec > GATE_POLL_USEC;
}

bool restart_subject_asks_watches(const struct program_traits *traits, const char *suffix)
{
	return is_told_by_watch(traits, suffix) || may_poll(traits);
}

/* Whatever was seen, the sign may take this long. */
static uint64_t least_delay(const struct restart_subject *subject, bool sure)
{
	if (!sure) {
		return subject->traits->notice_usec;
	}
	return may_poll(subject->traits) && !subject->watches ? GATE_POLL_USEC : 0;
}

static enum restart_prediction predict(const struct restart_history *history,
	const struct restart_subject *subject, const char *file, const char *suffix,
	uint64_t *delay)
{
	const struct program_traits *traits = subject->traits;
	enum traits_answer answer = program_traits_ask(traits, suffix);
	bool sure = false;
	enum restart_prediction seen = ask_history(history, subject, file, suffix, delay, &sure);

	/* A proven restart in the history overrides the table of programs. */
	if (seen == RESTART_EXPECTED && traits->restarts != RESTARTS_NEVER) {
		uint64_t least = least_delay(subject, sure);

		*delay = *delay < least ? least : *delay;
		return RESTART_EXPECTED;
	}
	if (is_told_by_watch(traits, suffix)) {
		answer = subject->watches ||
				(subject->supervised && traits->restarts == RESTARTS_UNKNOWN)
			? TRAITS_RESTARTS
			: TRAITS_UNKNOWN;
	}
	switch (answer) {
	case TRAITS_RESTARTS:
		/*
		 * A server with a watch on the file is notified of the save at once. One that
		 * starts its workers itself may still ask for the news each second only, as
		 * Werkzeug does.
		 */
		*delay = traits->restarts == RESTARTS_ITSELF || !subject->watches ||
				subject->supervised
			? traits->notice_usec
			: 0;
		return seen == RESTART_NONE ? RESTART_UNKNOWN : RESTART_EXPECTED;
	case TRAITS_OLD:
		*delay = traits->old_usec;
		return RESTART_OLD;
	case TRAITS_STAYS:
		/* If a restart has followed it once, check whether it does again. */
		return seen == RESTART_UNKNOWN &&
				(restart_history_has(history, subject->root, subject->server, file) ||
					restart_history_has(
						history, subject->root, subject->server, suffix))
			? RESTART_UNKNOWN
			: RESTART_NONE;
	case TRAITS_UNKNOWN:
		break;
	}
	return seen;
}

/*
 * How likely a save of such a file has caused a restart. What was learned about a file that is no
 * part of the program does not make it likelier than one that is: it could confirm itself.
 */
enum { LIKELY_MIN = 2, LIKELY_SURE = 3 };

static int likelihood(const struct restart_history *history, const struct restart_subject *subject,
	const char *suffix)
{
	const struct program_traits *traits = subject->traits;
	bool code = traits->language && program_traits_is_code(traits, suffix);
	uint64_t unused;
	bool sure;
	enum restart_prediction seen = restart_history_predict(
		history, subject->root, subject->server, suffix, &unused, &sure);

	if (program_traits_ask(traits, suffix) == TRAITS_RESTARTS ||
		(seen == RESTART_EXPECTED && (code || !traits->language))) {
		return LIKELY_SURE;
	}
	return code ? LIKELY_MIN : seen != RESTART_NONE;
}

enum restart_prediction restart_sample_add(struct restart_sample *sample,
	const struct restart_history *history, const struct restart_subject *subject,
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
		prediction = predict(history, subject, file, suffix, &own);
		if (prediction > strongest) {
			strongest = prediction;
			*delay = 0;
		}
		*delay = prediction == strongest && own > *delay ? own : *delay;
		note_suffix(sample, suffix);
		note_file(sample, file);
		sample->likely |= likelihood(history, subject, suffix) >= LIKELY_MIN;
	}
	return strongest;
}

/* Of the likeliest kind of files in the sample. */
static int likeliest_of(const struct restart_sample *sample, const struct restart_history *history,
	const struct restart_subject *subject)
{
	int likeliest = 0;

	for (size_t i = 0; i < sample->suffix_count; i++) {
		int own = likelihood(history, subject, sample->suffixes[i]);

		likeliest = own > likeliest ? own : likeliest;
	}
	return likeliest;
}

bool restart_sample_add_restart(const struct restart_sample *sample,
	struct restart_history *history, const struct restart_subject *subject, uint64_t delay,
	enum restart_proof proof)
{
	int likeliest = likeliest_of(sample, history, subject);
	bool unlikely = subject->traits->language && likeliest < LIKELY_MIN;
	/* An unlikely cause must be seen again. */
	bool proven = proof != RESTART_BY_USER && !unlikely;
	bool news = false;

	if (unlikely && proof != RESTART_PROVEN) {
		return false;
	}
	/*
	 * If several kinds of files were saved at once, the restart is attributed to the
	 * likeliest kinds.
	 */
	for (size_t i = 0; i < sample->suffix_count; i++) {
		const char *suffix = sample->suffixes[i];

		if (likelihood(history, subject, suffix) == likeliest) {
			news |= restart_history_add_restart(
				history, subject->root, subject->server, suffix, delay, proven);
		}
	}
	if (sample->file) {
		news |= restart_history_add_restart(
			history, subject->root, subject->server, sample->file, delay, proven);
	}
	return news;
}

bool restart_sample_add_none(const struct restart_sample *sample, struct restart_history *history,
	const struct restart_subject *subject)
{
	const char *root = subject->root, *server = subject->server, *file = sample->file;
	uint64_t unused;
	bool sure, taught, news = false;
	bool likely = file &&
		likelihood(history, subject, sample->suffixes[0]) == LIKELY_SURE;

	if (likely || (file && restart_history_has(history, root, server, file))) {
		taught = restart_history_predict(history, root, server, file, &unused, &sure) ==
			RESTART_EXPECTED;
		news = restart_history_add_none(history, root, server, file);
		taught &= restart_history_predict(history, root, server, file, &unused, &sure) !=
			RESTART_EXPECTED;
		/*
		 * If a file of the program restarts nothing, that proves nothing about others
		 * with its suffix, unless the lesson came from this file.
		 */
		if (likely && !taught) {
			return news;
		}
	}
	for (size_t i = 0; i < sample->suffix_count; i++) {
		news |= restart_history_add_none(history, root, server, sample->suffixes[i]);
	}
	return news;
}
