/* SPDX-License-Identifier: MIT */
#include "websocket/wire-fields.h"

#include "util/mem.h"

/* The message `problems`: those of a page. */

static const char *const kinds[] = {
	[WIRE_PROBLEM_ERROR] = "error",
	[WIRE_PROBLEM_REJECTION] = "rejection",
	[WIRE_PROBLEM_RESOURCE] = "resource",
	[WIRE_PROBLEM_BLOCKED] = "blocked",
	[WIRE_PROBLEM_DOCUMENT] = "document",
	[WIRE_PROBLEM_CONSOLE] = "console",
};

const char *wire_problem_kind_name(enum wire_problem_kind kind)
{
	return kinds[kind];
}

static int read_optional_text(const struct wire_reader *reader, const char *key, char **text)
{
	return json_object_get(reader->object, key)
		? wire_read_text(reader, key, WIRE_PROBLEM_TEXT_MAX, text)
		: 0;
}

static int read_optional_number(
	const struct wire_reader *reader, const char *key, uint64_t *number)
{
	return json_object_get(reader->object, key) ? wire_read_number(reader, key, number) : 0;
}

static int read_problem(const struct wire_reader *reader, size_t index, void *userdata)
{
	struct wire_problems *problems = userdata;
	struct wire_problem *problem;
	size_t kind = 0;
	int r;

	problems->items = mem_resize(problems->items, index + 1, sizeof *problems->items);
	problems->count = index + 1;
	problem = &problems->items[index];
	*problem = (struct wire_problem){0};
	r = wire_read_word(reader, "kind", kinds, COUNT_OF(kinds), &kind);
	problem->kind = (enum wire_problem_kind)kind;
	if (r == 0) {
		r = wire_read_text(
			reader, "message", WIRE_PROBLEM_TEXT_MAX, &problem->message);
	}
	if (r == 0) {
		r = read_optional_text(reader, "file", &problem->file);
	}
	if (r == 0) {
		r = read_optional_number(reader, "line", &problem->line);
	}
	if (r == 0) {
		r = read_optional_number(reader, "column", &problem->column);
	}
	return r < 0 ? r : read_optional_text(reader, "stack", &problem->stack);
}

int wire_read_problems(const struct wire_reader *reader, struct wire_message *message)
{
	struct wire_problems *problems = &message->problems;
	int r = wire_read_number(reader, "tab", &message->tab);

	problems->known = true;
	if (r == 0) {
		r = read_optional_number(reader, "event", &message->event);
	}
	if (r == 0) {
		r = read_optional_number(reader, "more", &problems->more);
	}
	if (r == 0 && json_object_get(reader->object, "known")) {
		r = wire_read_flag(reader, "known", &problems->known);
	}
	return r < 0 ? r
		     : wire_read_list(reader, WIRE_PROBLEMS_MAX, "problems", read_problem, problems);
}

void wire_problems_clear(struct wire_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->items[i].message);
		free(problems->items[i].file);
		free(problems->items[i].stack);
	}
	free(problems->items);
	*problems = (struct wire_problems){0};
}
