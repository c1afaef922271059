/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/call.h"
#include "cli/text.h"

static void print_rules(const json_t *rules, bool revoked)
{
	const json_t *rule;
	size_t i;

	if (!json_array_size(rules)) {
		puts(revoked ? "nothing in the project's .savecast reaches outside the project"
			     : "nothing to trust: no rule in the project's .savecast waits for it");
		return;
	}
	puts(revoked ? "these rules of .savecast are no longer in effect:"
		     : "these rules of .savecast are in effect from now on:");
	json_array_foreach (rules, i, rule) {
		_cleanup_free_ char *safe = text_safe(json_string_value(rule));

		printf("  %s\n", safe);
	}
}

static enum exit_code trust_run(const struct verb *verb, const struct arguments *args)
{
	struct folder_call call = {.member = "Trust",
		.has_options = true,
		.must_exist = true,
		.option = {.key = "revoke", .type = 'b', .number = args->revoke},
		.key = "rules"};
	json_t *rules = NULL;
	enum exit_code code = call_with_folder(verb, &call, args, &rules);

	if (code == EXIT_CODE_DONE && !args->json) {
		print_rules(rules, args->revoke);
	}
	json_decref(rules);
	return code;
}

const struct verb verb_trust = {
	.name = "trust",
	.synopsis = "[--revoke] [--json] [DIR]",
	.summary = "let the .savecast of a project reach outside it",
	.description =
		"A `.savecast` may come with a repository from other people. Its rules for its own "
		"folder take effect at once. Two kinds of rules reach outside: `url`, which makes "
		"tabs of that URL show the project, and `include` of files outside the project's "
		"root. They take effect only after you have run this for the project that contains "
		"DIR, by default the current folder. You trust the rules that the file has now: "
		"read it first. If a rule is added or changed later, it has no effect until you "
		"trust it, too. Your own settings always take effect, and so does what `savecast "
		"set` writes with `--project`. `savecast status --all` names the rules that have no "
		"effect, `savecast why` the one that would match.\n"
		"\n"
		"With `--revoke`, none of these rules is in effect any more.\n"
		"\n"
		"Prints the rules; with `--json` prints `{\"rules\":[...]}`.\n",
	.examples = "savecast trust",
	.options = "rj",
	.takes = VERB_TAKES_FOLDER,
	.names_max = 1,
	.run = trust_run,
};
