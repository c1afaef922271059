/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"
#include "cli/arguments.h"
#include "cli/call.h"
#include "cli/error.h"
#include "cli/path-argument.h"
#include "cli/socket-unit.h"
#include "cli/text.h"
#include "config/config-file.h"
#include "config/setting.h"

/* The file to change, and the root to which its patterns are relative. */
struct target {
	char *file;
	char *root; /* NULL: the user's own file */
	bool new; /* the file makes its folder a project */
};

static void target_clear(struct target *target)
{
	free(target->file);
	free(target->root);
}

static bool folder_has(const char *folder, const char *name)
{
	_cleanup_free_ char *path =
		mem_printf("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);

	return access(path, F_OK) == 0;
}

/* The root of the project that the daemon says the folder is in; NULL: none, or no daemon. */
static char *ask_root(const char *folder)
{
	_cleanup_free_ char *text = pathname_to_text(folder), *why = NULL, *root = NULL;
	_cleanup_(client_freep) struct client *client = client_new(NULL, NULL, &why);
	json_t *values = NULL;
	const char *wrong;

	if (client &&
		client_call(client,
			&(struct client_method){
				.member = "Explain", .texts = {text}, .has_options = true},
			&values, &why) == CALL_DONE) {
		const json_t *projects = json_object_get(json_array_get(values, 0), "projects");

		if (pathname_from_text(
			    text_of(json_array_get(projects, 0), "root"), &root, &wrong) < 0) {
			root = NULL;
		}
	}
	json_decref(values);
	return mem_steal(root);
}

/*
 * The root of the project that the current folder is in: the nearest folder with a .savecast or a
 * .git, or a tracked folder; if there is none, the current folder, which is then `new`.
 */
static char *project_root(bool *new)
{
	_cleanup_free_ char *here = path_current_folder();
	_cleanup_free_ char *at = here ? mem_strdup(here) : NULL;
	char *tracked;

	*new = false;
	while (at && !folder_has(at, ".savecast") && !folder_has(at, ".git")) {
		char *slash = strrchr(at, '/');

		if (strcmp(at, "/") == 0) {
			tracked = ask_root(here);
			*new = !tracked;
			return tracked ? tracked : mem_steal(here);
		}
		slash[slash == at] = '\0';
	}
	return mem_steal(at);
}

/* Rarely meant to be one project: a .savecast there would make it one. */
static bool is_too_wide(const char *folder)
{
	const char *home = getenv("HOME");
	_cleanup_free_ char *real = home ? realpath(home, NULL) : NULL;

	return strcmp(folder, "/") == 0 || (real && strcmp(folder, real) == 0);
}

static bool target_find(struct target *target, bool project)
{
	_cleanup_free_ char *config = NULL;

	if (project) {
		target->root = project_root(&target->new);
		if (!target->root) {
			error_print("folder: .: it was deleted");
			return false;
		}
		if (target->new &&is_too_wide(target->root)) {
			error_print("folder: %s: is in no project, and a .savecast would make all "
				    "of it "
				    "one; run this in the project's folder",
				target->root);
			return false;
		}
		target->file = mem_printf(
			"%s/.savecast", strcmp(target->root, "/") == 0 ? "" : target->root);
		return true;
	}
	config = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	if (!config) {
		error_print("HOME: is not set: savecast does not know where your settings are");
		return false;
	}
	target->file = mem_printf("%s/savecast/config", config);
	return true;
}

/* Finds a setting by "port" or "savecast.port". */
static const struct setting *find_setting(const struct verb *verb, const char *name)
{
	const char *key = strncmp(name, "savecast.", 9) == 0 ? name + 9 : name;
	const struct setting *setting = setting_find(key);
	_cleanup_free_ char *keys = setting ? NULL : setting_keys();

	if (!setting) {
		arguments_wrong(verb, "%s: there is no such setting; there are: %s", name, keys);
	}
	return setting;
}

/* Whether the setting can have the value in this file; prints why not. */
static bool check_value(
	const struct setting *setting, const char *value, const struct target *target)
{
	struct project_settings project = {.gitignored = false};
	struct daemon_settings daemon = {.port = 0};
	struct setting_place place = {
		.root = target->root ? target->root : "/", .home = getenv("HOME")};
	const char *why;
	bool right = setting_take(setting,
		setting_is_daemons(setting) ? (void *)&daemon : (void *)&project, value, &place,
		&why);

	if (!right) {
		error_print("savecast.%s: %s: must be %s%s%s", setting_key(setting), value,
			setting_allowed(setting), why ? ": " : "", why ? why : "");
	}
	project_settings_clear(&project);
	return right;
}

static void ignore_value(const char *key, const char *value, unsigned line, void *userdata)
{
}

/* Whether the daemon can read the file; otherwise the change would have no effect. */
static bool check_file(const struct target *target)
{
	_cleanup_free_ char *why = NULL;
	int r = config_file_read(target->file, target->root ? CONFIG_PROJECTS : CONFIG_USERS,
		ignore_value, NULL, &why);

	if (r < 0 && r != -ENOENT) {
		error_print("%s: %s: correct this first", target->file, why);
		return false;
	}
	return true;
}

static enum exit_code change(
	const struct setting *setting, const struct arguments *args, const struct target *target)
{
	_cleanup_free_ char *key = mem_printf("savecast.%s", setting_key(setting));
	_cleanup_free_ char *file = text_home(target->file, getenv("HOME"));
	_cleanup_free_ char *why = NULL;
	const char *value = args->name_count > 1 ? args->names[1] : NULL;
	enum config_change what = args->unset ? CONFIG_UNSET
		: setting_is_list(setting)    ? CONFIG_ADD
					      : CONFIG_SET;
	_cleanup_free_ char *shown = value ? text_safe(value) : NULL;
	int r = config_write(target->file, key, what, value, &why);

	if (r < 0) {
		error_print("%s", why);
		return EXIT_CODE_REFUSED;
	}
	printf("%s: %s%s%s%s\n", file, key, shown ? " = " : "", shown ? shown : "",
		r == 0                ? (args->unset ? ": removed" : "")
			: args->unset ? ": was not set"
				      : ": was set already");
	if (target->new &&r == 0 && !args->unset) {
		puts("Its folder is a project now, because it has a .savecast.");
	}
	return EXIT_CODE_DONE;
}

/* Changes the port of the systemd unit, too; reminds the user of the port in the extension. */
static enum exit_code follow_port(const struct arguments *args)
{
	struct daemon_settings defaults = {.port = 0};
	unsigned port;

	daemon_settings_init(&defaults);
	port = args->unset ? defaults.port : (unsigned)strtoul(args->names[1], NULL, 10);
	if (socket_unit_set_port((uint16_t)port, defaults.port) < 0) {
		return EXIT_CODE_REFUSED;
	}
	printf("Set port %u in the settings of the browser extension, too.\n", port);
	return EXIT_CODE_DONE;
}

static char *resolve(const char *name)
{
	return realpath(name, NULL);
}

/*
 * A rule that reaches outside the project takes effect only if the user trusts it. Writing it with
 * this command trusts it. The other rules of the file stay as they are.
 */
static enum exit_code trust_value(
	const struct setting *setting, const char *value, const struct target *target)
{
	struct setting_place place = {
		.root = target->root, .home = getenv("HOME"), .resolve = resolve};
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *root = NULL, *rule = NULL;
	json_t *values = NULL;
	enum exit_code code;

	if (!setting_is_outside(setting, value, &place)) {
		return EXIT_CODE_DONE;
	}
	if (!utf8_is_valid(value, strlen(value))) {
		error_print("savecast.%s: %s: reaches outside the project, but is not valid UTF-8, "
			    "so it "
			    "cannot be trusted and has no effect",
			setting_key(setting), value);
		return EXIT_CODE_REFUSED;
	}
	client = call_connect();
	root = pathname_to_text(target->root);
	rule = mem_printf("%s = %s", setting_key(setting), value);
	code = client ? call_daemon(client,
				&(struct client_method){.member = "Trust",
					.texts = {root},
					.has_options = true,
					.options = {{.key = "rule", .type = 's', .text = rule}},
					.option_count = 1},
				&values)
		      : EXIT_CODE_UNREACHABLE;
	json_decref(values);
	if (code != EXIT_CODE_DONE) {
		_cleanup_free_ char *word = pathname_to_word(target->root);

		error_print(
			"savecast.%s: %s: reaches outside the project, so it has no effect until "
			"you run savecast trust %s",
			setting_key(setting), value, word);
	}
	return code;
}

static enum exit_code set_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(target_clear) struct target target = {.new = false};
	const struct setting *setting = find_setting(verb, args->names[0]);
	enum exit_code code;

	if (!setting) {
		return EXIT_CODE_USAGE;
	}
	if (args->name_count < 2 && !args->unset) {
		return arguments_wrong(verb, "savecast.%s: the value is missing: it must be %s",
			setting_key(setting), setting_allowed(setting));
	}
	if (args->project && setting_is_daemons(setting)) {
		return arguments_wrong(verb,
			"savecast.%s: is not a setting of a project: leave out "
			"--project",
			setting_key(setting));
	}
	if (!target_find(&target, args->project)) {
		return EXIT_CODE_REFUSED;
	}
	if (!args->unset && !check_value(setting, args->names[1], &target)) {
		return EXIT_CODE_USAGE;
	}
	if (!check_file(&target)) {
		return EXIT_CODE_REFUSED;
	}
	code = change(setting, args, &target);
	if (code == EXIT_CODE_DONE && setting_is_daemons(setting)) {
		code = follow_port(args);
	}
	if (code == EXIT_CODE_DONE && target.root && !args->unset) {
		code = trust_value(setting, args->names[1], &target);
	}
	return code;
}

const struct verb verb_set = {
	.name = "set",
	.synopsis = "[--project] NAME VALUE\n[--project] --unset NAME [VALUE]",
	.summary = "change a setting",
	.description =
		"Checks the setting NAME and its VALUE and writes them to your settings, "
		"`~/.config/savecast/config`, or, with `--project`, to the file `.savecast` in the "
		"root of the current folder's project: the nearest folder above it with a "
		"`.savecast` or a `.git`, or a tracked one; otherwise the folder itself, which "
		"becomes a project. Creates the file and its folder. NAME is a key of "
		"`savecast-config`(5), with or without `savecast.` in "
		"front. The daemon reads the change by itself.\n"
		"\n"
		"If the setting can be given several times, VALUE is added to its values; "
		"otherwise VALUE replaces the old one. `--unset` removes VALUE, or without VALUE "
		"the setting.\n"
		"\n"
		"`savecast set port` also moves savecast.socket to that port and restarts it if it "
		"is active; while it is, systemd opens the port instead of the daemon.\n"
		"\n"
		"With `--project`, a `url`, or an `include` of files outside the project, takes "
		"effect at once: writing it trusts it, as `savecast trust` does.\n"
		"\n"
		"Prints the file and what is in it now.\n",
	.examples = "savecast set port 7300\n"
		    "savecast set --project ignore '/docs/'\n"
		    "savecast set --unset port",
	.options = "pu",
	.takes = VERB_TAKES_SETTING,
	.names_min = 1,
	.names_max = 2,
	.run = set_run,
};
