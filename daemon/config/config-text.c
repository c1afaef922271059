/* SPDX-License-Identifier: MIT */
#include "config/config-text.h"

#include <errno.h>
#include <stdarg.h>

#include "config/config-file.h"
#include "project/finder.h"
#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"
#include "util/utf8.h"

#define LOG_MODULE "config"
#include "util/log.h"

void config_text_init(struct config_text *text, const char *file, bool is_users)
{
	*text = (struct config_text){.file = mem_strdup(file), .is_users = is_users};
}

char *config_entry_rule(const struct config_entry *entry)
{
	return mem_printf("%s = %s", setting_key(entry->setting), entry->value ? entry->value : "");
}

static void entries_clear(struct config_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		free(text->entries[i].root);
		free(text->entries[i].value);
	}
	free(text->entries);
	text->entries = NULL;
	text->count = 0;
}

static void problems_clear(struct config_text *text)
{
	for (size_t i = 0; i < text->problem_count; i++) {
		free(text->problems[i]);
	}
	text->problem_count = 0;
}

static bool has_problem(const struct config_text *text, const char *problem)
{
	for (size_t i = 0; i < text->problem_count; i++) {
		if (strcmp(text->problems[i], problem) == 0) {
			return true;
		}
	}
	return false;
}

/* Replaces the list of problems, and logs those that were not in the old list. */
static void problems_replace(struct config_text *text, struct config_text *fresh)
{
	for (size_t i = 0; i < fresh->problem_count; i++) {
		if (!has_problem(text, fresh->problems[i])) {
			log_warning("%s", fresh->problems[i]);
		}
	}
	problems_clear(text);
	memcpy(text->problems, fresh->problems, sizeof text->problems);
	text->problem_count = fresh->problem_count;
}

void config_text_clear(struct config_text *text)
{
	entries_clear(text);
	problems_clear(text);
	free(text->file);
}

static void add_problem(struct config_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_problem(struct config_text *text, const char *format, ...)
{
	_cleanup_free_ char *problem = NULL;
	_cleanup_free_ char *line = NULL;
	va_list args;

	if (text->problem_count == CONFIG_PROBLEMS_MAX) {
		return;
	}
	va_start(args, format);
	problem = mem_vprintf(format, args);
	va_end(args);
	line = text->problem_count + 1 < CONFIG_PROBLEMS_MAX
		? mem_printf("%s: %s", text->file, problem)
		: mem_printf("%s: has more mistakes than are shown", text->file);
	text->problems[text->problem_count++] = utf8_dup(line);
}

struct reading {
	struct config_text *text;
	const struct setting_place *place;
	struct project_settings scratch; /* the values so far, for all projects or for one root: */
	char *root;
};

/* The limits for the number of values apply to each root separately. */
static struct project_settings *scratch_of(struct reading *reading, const char *root)
{
	if (!root != !reading->root || (root && strcmp(root, reading->root) != 0)) {
		project_settings_clear(&reading->scratch);
		reading->scratch = (struct project_settings){0};
		free(reading->root);
		reading->root = root ? mem_strdup(root) : NULL;
	}
	return &reading->scratch;
}

/* "savecast.KEY" or "savecast.ROOT.KEY". Returns the beginning of the key, or NULL. */
static const char *key_split(const char *name, char **section)
{
	static const char prefix[] = "savecast.";
	const char *rest = name + strlen(prefix);
	const char *dot;

	if (strncmp(name, prefix, strlen(prefix)) != 0) {
		return NULL;
	}
	dot = strrchr(rest, '.');
	*section = dot ? mem_strndup(rest, (size_t)(dot - rest)) : NULL;
	return dot ? dot + 1 : rest;
}

/* A section's name as a root; NULL and why if it is not a root. */
static char *section_root(const char *section, const char *home, const char **why)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *path = strncmp(section, "~/", 2) == 0 && home
		? mem_printf("%s/%s", home, section + 2)
		: mem_strdup(section);

	return pathname_from_text(path, &name, why) < 0 ? NULL : finder_resolve(name);
}

/* Takes ownership of the root. */
static void add_entry(
	struct reading *reading, const struct setting *setting, char *root, const char *value)
{
	struct config_text *text = reading->text;
	unsigned refused = mounts_refused();

	text->entries = mem_resize(text->entries, text->count + 1, sizeof *text->entries);
	text->entries[text->count++] = (struct config_entry){
		.root = root,
		.setting = setting,
		.value = value ? mem_strdup(value) : NULL,
		.outside = !text->is_users && setting_is_outside(setting, value, reading->place),
	};
	text->undecided |= mounts_refused() != refused;
}

static void take(const char *name, const char *value, unsigned number, void *userdata)
{
	struct reading *reading = userdata;
	struct config_text *text = reading->text;
	_cleanup_free_ char *section = NULL, *root = NULL, *keys = NULL, *line = NULL;
	const char *key = key_split(name, &section);
	const struct setting *setting = key ? setting_find(key) : NULL;
	struct daemon_settings daemon = {0};
	const char *shown = value ? value : "";
	const char *why = NULL;

	/* These are settings of the command line, see cli/forward-config.h. */
	if (text->is_users && strncmp(name, "forward.", 8) == 0) {
		return;
	}
	line = number ? mem_printf("line %u: ", number) : mem_strdup("");
	if (!setting) {
		keys = setting_keys();
		add_problem(text, "%s%.200s: there is no such setting; the settings are savecast.%s", line,
			name, keys);
		return;
	}
	if (!text->is_users && (section || setting_is_daemons(setting))) {
		add_problem(text, "%s%.200s: %.200s: can only be set in the user's own file", line,
			name, shown);
		return;
	}
	if (section) {
		root = section_root(section, reading->place->home, &why);
	}
	if (section && !root) {
		add_problem(text, "%ssavecast \"%.200s\": %s", line, section, why);
	} else if (section && setting_is_daemons(setting)) {
		add_problem(text, "%s%.200s: %.200s: can only be set for all projects", line, name,
			shown);
	} else if (!setting_take(setting,
			   setting_is_daemons(setting) ? (void *)&daemon
						       : scratch_of(reading, root),
			   value, reading->place, &why)) {
		add_problem(text, "%s%.200s: %.200s: must be %s%s%s; it is ignored", line, name,
			shown, setting_allowed(setting), why ? ": " : "", why ? why : "");
	} else {
		add_entry(reading, setting, mem_steal(root), value);
	}
}

/* The file may be on a mount that does not answer; see mounts_try(). */
struct loading {
	enum config_owner owner;
	char *name, *text, *why;
	size_t length;
	int result;
};

static void loading_work(void *data)
{
	struct loading *loading = data;

	loading->result = config_file_load(loading->name, loading->owner, &loading->text,
		&loading->length, &loading->why);
}

static void loading_drop(void *data)
{
	struct loading *loading = data;

	free(loading->name);
	free(loading->text);
	free(loading->why);
	free(loading);
}

/* As config_file_read(); -EAGAIN: the mount does not answer. */
static int read_file(struct reading *reading, char **why)
{
	static const struct mount_try what = {.work = loading_work, .drop = loading_drop};
	const struct config_text *text = reading->text;
	struct loading *loading = mem_new(struct loading);
	int r;

	loading->owner = text->is_users ? CONFIG_USERS : CONFIG_PROJECTS;
	loading->name = mem_strdup(text->file);
	loading = text->is_users ? mounts_try_own(text->file, &what, loading)
				 : mounts_try(text->file, &what, loading);
	if (!loading) {
		return -EAGAIN;
	}
	r = loading->result;
	if (r == 0) {
		r = config_file_parse(loading->text, loading->length, take, reading, why);
	} else {
		*why = mem_steal(loading->why);
	}
	r = r < 0 ? r : (int)loading->length;
	loading_drop(loading);
	return r;
}

void config_text_waits(struct config_text *text)
{
	struct config_text fresh = {.file = text->file, .is_users = text->is_users};

	add_problem(&fresh, "its file system does not answer: %s until it does",
		text->count ? "the previous settings stay in use" : "the defaults are used");
	problems_replace(text, &fresh);
}

enum config_found config_text_read(
	struct config_text *text, const struct setting_place *place, bool stays_so)
{
	struct config_text fresh = {.file = text->file, .is_users = text->is_users};
	struct reading reading = {.text = &fresh, .place = place};
	_cleanup_free_ char *why = NULL;
	int r = read_file(&reading, &why);

	enum config_found found = r == -ENOENT ? CONFIG_GONE
		: r == -EAGAIN		       ? CONFIG_WAITS
		: r == 0		       ? CONFIG_EMPTY
					       : CONFIG_THERE;

	project_settings_clear(&reading.scratch);
	free(reading.root);
	if (found == CONFIG_WAITS || (found != CONFIG_THERE && !stays_so)) {
		return found;
	}
	if (r < 0 && r != -ENOENT) {
		add_problem(&fresh, "%s; %s", why,
			text->count ? "the previous settings stay in use" : "it is ignored");
	}
	problems_replace(text, &fresh);
	if (r >= 0 || r == -ENOENT) {
		entries_clear(text);
		text->undecided = fresh.undecided;
		text->entries = fresh.entries;
		text->count = fresh.count;
	}
	return found;
}

void config_text_apply(const struct config_text *text, const char *root, bool daemons,
	void *settings, const struct setting_place *place)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct config_entry *entry = &text->entries[i];
		const char *why;

		if (!entry->withheld && setting_is_daemons(entry->setting) == daemons &&
			!entry->root == !root && (!root || strcmp(entry->root, root) == 0)) {
			/*
			 * This fails only if several files together exceed a limit: each file's own
			 * values were checked when it was read.
			 */
			setting_take(entry->setting, settings, entry->value, place, &why);
		}
	}
}
